"""A world from a seed: the same brands, posts and engagement every time, and what happens to it afterwards."""

from sandbox.world.model import Account, App, Media, Post
from sandbox.world.world import World

__all__ = ["Account", "App", "Media", "Post", "World"]
