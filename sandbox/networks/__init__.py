"""Which networks there are, in the order of their ports. One more is one more name here and a folder of that name."""

from importlib import import_module
from types import ModuleType

from sandbox.world.nature import Nature

_NAMES = ("facebook", "instagram", "x", "linkedin", "tiktok", "youtube", "bluesky")

# What each package brings is said in ../README.md, "Adding a network".
NETWORKS: dict[str, ModuleType] = {name: import_module(f"{__name__}.{name}") for name in _NAMES}
NATURES: dict[str, Nature] = {name: import_module(f"{__name__}.{name}.nature").NATURE for name in _NAMES}
