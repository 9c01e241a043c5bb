"""The finding says what the figures say."""

from datetime import date
from typing import Any

import pytest

from api.analytics.finding import finding
from api.analytics.schemas import Headline, Network
from clientnest.marts import Period

PERIOD = Period(date(2026, 10, 26), date(2026, 11, 22))


def _figure(value: int | None = None, previous: int | None = None) -> dict[str, Any]:
    return {
        "value": value,
        "previous": previous,
        "status": "not_yet" if value is None else "observed",
        "observed_at": None,
        "settled": True,
        "left_out": [],
        "daily": [],
    }


def _headline(**given: dict[str, Any]) -> Headline:
    rate = {"engagement_rate": {**_figure(), "denominators": []}}
    return Headline.model_validate({**dict.fromkeys(Headline.model_fields, _figure()), **rate, **given})


def _network(title: str, engagements: int | None) -> Network:
    unknown = dict.fromkeys(("followers", "followers_previous", "previous", "observed_at", "settled_to"))
    told = {"platform": title.lower(), "title": title, "colors": ("#000000", "#FFFFFF"), "accounts": 1, "posts": 1}
    return Network.model_validate({**unknown, **told, "engagements": engagements, "unsupported": [], "left_out": []})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Nothing is known yet of the 28 days to 22 Nov 2026."),
        ({"posts": _figure(0)}, "No posts were published in the 28 days to 22 Nov 2026."),
        (
            {"posts": _figure(0), "followers": _figure(1234)},
            "No posts were published in the 28 days to 22 Nov 2026. Followers stand at 1,234.",
        ),
        (
            {"posts": _figure(1)},
            "1 post went out in the 28 days to 22 Nov 2026; the engagements are not known yet.",
        ),
        (
            {"posts": _figure(3), "engagements": _figure(1)},
            "3 posts of the 28 days to 22 Nov 2026 brought 1 engagement.",
        ),
        (
            {"posts": _figure(3), "engagements": _figure(9, 12)},
            "3 posts of the 28 days to 22 Nov 2026 brought 9 engagements, down from 12 in the 28 days before.",
        ),
        (
            {"posts": _figure(3), "engagements": _figure(9, 9)},
            "3 posts of the 28 days to 22 Nov 2026 brought 9 engagements, as many as in the 28 days before.",
        ),
        (
            {"posts": _figure(3), "engagements": _figure(9, 0)},
            "3 posts of the 28 days to 22 Nov 2026 brought 9 engagements, up from 0 in the 28 days before.",
        ),
    ],
)
def test_one_network(given: dict[str, Any], said: str) -> None:
    assert finding(PERIOD, _headline(**given), [_network("X", 9)]) == said


def test_the_strongest_network_is_named_where_there_is_a_choice() -> None:
    headline = _headline(posts=_figure(3), engagements=_figure(5000))
    networks = [_network("X", 1000), _network("TikTok", None), _network("Instagram", 4000)]
    assert finding(PERIOD, headline, networks).endswith(" Instagram brought the most, 4,000.")


def test_a_workspace_without_accounts_is_told_what_to_do() -> None:
    assert finding(PERIOD, _headline(), []).startswith("Connect your first account")
