"""Standardized data: the names behind the URNs of facets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from sandbox.networks.linkedin import restli
from sandbox.networks.linkedin.call import Call
from sandbox.networks.linkedin.errors import missing
from sandbox.networks.linkedin.gate import Answer
from sandbox.web import json_response

_NAMES: Mapping[str, Mapping[str, str]] = {
    "industry": {
        "4": "Software Development",
        "27": "Retail",
        "34": "Food and Beverage Services",
        "96": "IT Services and IT Consulting",
    },
    "function": {"8": "Engineering", "15": "Marketing", "25": "Sales"},
    "seniority": {"3": "Entry", "4": "Senior", "6": "Director"},
    "geo": {
        "101165590": "United Kingdom",
        "101282230": "Germany",
        "101355337": "Japan",
        "103644278": "United States",
        "103819153": "Norway",
        "104514075": "Denmark",
        "105015875": "France",
        "105117694": "Sweden",
        "105646813": "Spain",
        "106057199": "Brazil",
    },
}


def one_of(sort: str) -> Answer:
    """The name of one value."""

    async def answer(call: Call) -> Response:
        return json_response(_named(sort, call.key()))

    return answer


def several_of(sort: str) -> Answer:
    """The names of a list of values, or of all of them."""

    async def answer(call: Call) -> Response:
        if "ids" in call.query:
            return json_response(restli.batch(call.ids(), lambda number: _named(sort, str(number))))
        return json_response(call.page([_named(sort, number) for number in _NAMES[sort]], ("locale",)))

    return answer


def _named(sort: str, number: str) -> dict[str, Any]:
    name = _NAMES[sort].get(number)
    if name is None:
        raise missing(f"{sort} {number}")
    known: dict[str, Any] = {"id": int(number), "$URN": f"urn:li:{sort}:{number}"}
    if sort == "geo":
        return known | {"defaultLocalizedName": {"locale": {"country": "US", "language": "en"}, "value": name}}
    return known | {"name": {"localized": {"en_US": name}}}
