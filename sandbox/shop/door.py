"""`POST /shop` and `POST /shoppers`: what is asked of the shop, read; what is wrong with it is told."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.asked import Asked, example, moment, whole
from sandbox.shop.shop import Shop

_EXAMPLE = {
    "server": {"url": "http://127.0.0.1:8700/…", "secret": "…"},
    "stripe": {"url": "http://127.0.0.1:8700/…", "secret": "whsec_…"},
    "paypal": {"url": "http://127.0.0.1:8700/…", "webhook_id": "…"},
    "duplicates": 0.1,
    "shuffled": True,
}
_SHOPPERS = {"until": "2026-11-22T10:00:00Z", "limit": 500}


def _target(*names: str) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        return isinstance(value, dict) and set(value) == {"url", *names} and all(map(_word, value.values()))

    return fits


def _word(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "server": _target("secret"),
    "stripe": _target("secret"),
    "paypal": _target("webhook_id"),
    "duplicates": _share,
    "shuffled": lambda value: isinstance(value, bool),
}


def configure(shop: Shop, given: dict[str, Any]) -> dict[str, Any]:
    """Change the settings and show them. Raises Asked."""
    if unknown := sorted(set(given) - set(_CHECKS)):
        raise Asked(f"unknown: {', '.join(unknown)}; send {example(_EXAMPLE)}")
    for name, value in given.items():
        if value is not None and not _CHECKS[name](value):
            raise Asked(f"{name} cannot be that: send {example({name: _EXAMPLE[name]})}, or null to end it")
    shop.set(given)
    return shown(shop)


def shown(shop: Shop) -> dict[str, Any]:
    """The settings without their secrets."""
    hidden = {name: {"url": value["url"]} for name, value in shop.settings.items() if isinstance(value, dict)}
    return {**shop.settings, **hidden}


async def let_in(shop: Shop, given: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Let people come up to a moment, now without one. Raises Asked."""
    until = moment(given["until"], "until") if given.get("until") is not None else now
    limit = given.get("limit")
    wrong = None
    if unknown := sorted(set(given) - set(_SHOPPERS)):
        wrong = f"unknown: {', '.join(unknown)}"
    elif until > now:
        wrong = f"until is still to come, it is {now.isoformat()}: move the clock"
    elif limit is not None and not whole(limit, 1):
        wrong = "limit is how many may click"
    if wrong is not None:
        raise Asked(f"{wrong}; send {example(_SHOPPERS)}")
    return await shop.let_in(until, limit)
