"""Which version of the Graph serves a call: the one that it asks for while that lives, else the oldest that does."""

from collections.abc import Collection

from sandbox.networks.meta.errors import GraphError

_LIVE = ("v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0")


def serving(asked: str | None, ended: Collection[str]) -> str:
    """`ended` are versions that died besides those of the past. Raises GraphError for one that never was."""
    if asked and _number(asked) > _number(_LIVE[-1]):
        raise GraphError(f"Unknown path components: /{asked}", 2500)
    live = [version for version in _LIVE if version not in ended] or [_LIVE[-1]]
    return asked if asked in live else live[0]


def _number(version: str) -> float:
    return float(version[1:])
