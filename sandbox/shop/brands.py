"""A brand's posts and their people without a world around them, for statistics over many seeds."""

from collections.abc import Mapping
from datetime import date

from sandbox.shop.story import Followed
from sandbox.world.effects import plant
from sandbox.world.nature import Nature
from sandbox.world.posts import history, make_accounts


def brand(seed: int, natures: Mapping[str, Nature], first: date, days: int) -> list[Followed]:
    """Everything that the brand of a seed posts on these networks from a day on, each post with a link to the shop."""
    found = []
    for network, nature in natures.items():
        account = make_accounts(seed, network, nature, first, "")[0]
        effects = plant(seed, account, nature)
        posts = history(seed, account, nature, effects, first, range(days))
        found += [Followed(post, f"https://shop.example/{post.external_id}") for post in posts]
    return found
