"""A brand's web shop, and the people who follow the links of posts to it."""

from sandbox.shop.brands import brand
from sandbox.shop.habits import plant
from sandbox.shop.journeys import journeys
from sandbox.shop.trials import trial

__all__ = ["brand", "journeys", "plant", "trial"]
