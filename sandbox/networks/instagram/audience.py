"""Who follows an account: the largest groups of one dimension, or of age and gender together."""

from collections.abc import Mapping
from typing import Any

from sandbox.networks.meta.errors import invalid
from sandbox.networks.meta.graph import Call
from sandbox.world import Account

_FEWEST_FOLLOWERS, _LARGEST_GROUPS = 100, 45
_DIMENSIONS = ("age", "gender", "city", "country")
_TIMEFRAMES = ("this_week", "this_month")


def demographics(call: Call, account: Account) -> dict[str, Any] | None:
    """The groups of a breakdown, largest first; None for an account that few follow. Raises GraphError."""
    if call.text("period", "") != "lifetime" or call.text("metric_type", "") != "total_value":
        raise invalid("Demographics need period=lifetime and metric_type=total_value")
    if call.text("timeframe", "") not in _TIMEFRAMES:
        raise invalid(f"timeframe must be one of the following values: {', '.join(_TIMEFRAMES)}")
    keys = call.words("breakdown")
    people: Mapping[str, Mapping[str, int]] = call.world.demographics(account, call.now)
    groups: dict[tuple[str, ...], int]
    if len(keys) == 1 and keys[0] in _DIMENSIONS:
        groups = {(value,): amount for value, amount in people[keys[0]].items()}
    elif set(keys) == {"age", "gender"} and len(keys) == 2:
        groups = _crossed(people[keys[0]], people[keys[1]])
    else:
        raise invalid("breakdown must be age, gender, city, country or age,gender")
    if call.world.account_counters(account, call.now)["followers"] < _FEWEST_FOLLOWERS:
        return None
    largest = sorted(groups.items(), key=lambda group: -group[1])[:_LARGEST_GROUPS]
    results = [{"dimension_values": list(values), "value": amount} for values, amount in largest if amount]
    return {"dimension_keys": keys, "results": results}


def _crossed(first: Mapping[str, int], second: Mapping[str, int]) -> dict[tuple[str, ...], int]:
    """Two dimensions together. The groups of each value of the first add up to it."""
    groups: dict[tuple[str, ...], int] = {}
    everybody = sum(second.values())
    for one, amount in first.items():
        counted = told = 0
        for other, weight in second.items():
            counted += weight
            # What is due so far less what was told: rounding loses nobody.
            groups[one, other] = amount * counted // everybody - told
            told += groups[one, other]
    return groups
