"""`POST /world`: what may be planted, what each kind needs, and how wrong wishes are answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.asked import Asked, example, known_network, moment, whole
from sandbox.world import World

# Whether a value will do, in a world and a network.
Check = Callable[[World, str, Any], bool]


def _word(world: World, network: str, value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _count(world: World, network: str, value: Any) -> bool:
    return whole(value, 0)


def _delta(world: World, network: str, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _hours(world: World, network: str, value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 24 * 30


def _share(world: World, network: str, value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1


def _account(world: World, network: str, value: Any) -> bool:
    return isinstance(value, str) and world.account(network, value) is not None


def _page(world: World, network: str, value: Any) -> bool:
    return network == "facebook" and _account(world, network, value)


def _post(world: World, network: str, value: Any) -> bool:
    return isinstance(value, str) and world.post(network, value) is not None


def _counter(world: World, network: str, value: Any) -> bool:
    return value in world.natures[network].counters


def _counter_or_followers(world: World, network: str, value: Any) -> bool:
    return value == "followers" or _counter(world, network, value)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of plant needs and may have; of `either` exactly one. `example` goes with `kind` and `network`."""

    does: str
    needs: Mapping[str, Check]
    example: Mapping[str, Any]
    may: Mapping[str, Check] = field(default_factory=dict)
    either: Mapping[str, Check] = field(default_factory=dict)


KINDS: dict[str, Kind] = {
    "metric_dies": Kind(
        "the network refuses a metric, by its name on the wire", {"metric": _word}, {"metric": "post_impressions"}
    ),
    "version_sunset": Kind(
        "the network refuses calls of a version of its API", {"version": _word}, {"version": "202601"}
    ),
    "quota": Kind(
        "so much is left of an allowance (`bucket`, or `*`), for everybody or one account",
        {"bucket": _word, "remaining": _count},
        {"bucket": "*", "remaining": 0},
        may={"account": _account},
    ),
    "correction": Kind(
        "a post's counter was wrong: it becomes `value`, or changes by `delta`; the days before are told anew",
        {"post": _post, "counter": _counter},
        {"post": "123", "counter": "likes", "delta": -3},
        either={"delta": _delta, "value": _count},
    ),
    "counter_falls": Kind(
        "a share of a counter goes, of a post or of all posts (or the `followers`) of an account; earlier days stay",
        {"counter": _counter_or_followers, "share": _share},
        {"post": "123", "counter": "likes", "share": 0.2},
        either={"post": _post, "account": _account},
    ),
    "post_deleted": Kind("a post is taken away at the network", {"post": _post}, {"post": "123"}),
    "token_revoked": Kind(
        "all tokens of an account end; new ones come of a new consent", {"account": _account}, {"account": "123"}
    ),
    "page_merged": Kind(
        "a page of Facebook becomes a part of another one, which goes on under its own id",
        {"account": _page, "into": _page},
        {"account": "123", "into": "456"},
    ),
    "late": Kind("figures of the newest hours are not shown yet", {"hours": _hours}, {"hours": 36}),
}


def plant(world: World, given: dict[str, Any]) -> dict[str, Any]:
    """Plant what was asked for, and show it. Raises Asked."""
    kind = KINDS.get(str(given.get("kind")))
    if kind is None:
        raise Asked(f"kind is one of {', '.join(KINDS)}")
    network = known_network(given.get("network"), world.natures)
    at = moment(given["at"]) if given.get("at") is not None else world.now()
    about = {name: value for name, value in given.items() if name not in ("kind", "network", "at")}
    wrong = _wrong(world, network, kind, about)
    if wrong is None and about.get("counter") == "followers" and "account" not in about:
        wrong = "followers are an account's"
    if wrong is not None:
        wanted = example({"kind": given["kind"], "network": network, **kind.example, "at": "2026-11-22T10:00:00Z"})
        raise Asked(f"{wrong}: send {wanted}; without at it is so from now on")
    return shown(world.plant(given["kind"], network, at, **about))


def _wrong(world: World, network: str, kind: Kind, about: dict[str, Any]) -> str | None:
    checks = {**kind.needs, **kind.may, **kind.either}
    unknown, missing = set(about) - set(checks), set(kind.needs) - set(about)
    if unknown or missing:
        return f"unknown: {', '.join(sorted(unknown))}" if unknown else f"missing: {', '.join(sorted(missing))}"
    if kind.either and len(set(kind.either) & set(about)) != 1:
        return f"one of {', '.join(kind.either)}"
    bad = [name for name, value in about.items() if not checks[name](world, network, value)]
    if "counter" in bad:
        return f"counter is one of {', '.join(world.natures[network].counters)}"
    return f"{bad[0]} cannot be {about[bad[0]]!r}" if bad else None


def shown(planted: dict[str, Any]) -> dict[str, Any]:
    """A plant as JSON."""
    return {**planted, "at": planted["at"].isoformat()}
