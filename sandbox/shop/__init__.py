"""A brand's web shop, and the people who follow the links of posts to it."""

from sandbox.shop.journeys import journeys

__all__ = ["journeys"]
