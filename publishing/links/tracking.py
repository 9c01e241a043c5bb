"""How the link of a post is tracked: UTM parameters with variables, and a short link where one is wanted."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from clientnest.errors import Problem
from clientnest.settings import settings

PARAMETERS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id")
VARIABLES = ("platform", "campaign", "account", "post", "publication")
DEFAULTS: Mapping[str, str] = {
    "utm_source": "{platform}",
    "utm_medium": "social",
    "utm_campaign": "{campaign}",
    "utm_content": "{publication}",
}
_LONGEST = 200
_VARIABLE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Tracking:
    """`utm` by parameter, beside the defaults and in their place; an empty one leaves its parameter out."""

    utm: Mapping[str, str] = field(default_factory=dict)
    short: bool = False

    @property
    def kept(self) -> dict[str, Any]:
        """As it stands in the database."""
        return {"utm": {**DEFAULTS, **self.utm}, "short": self.short}


def problems(tracking: Tracking) -> Iterable[Problem]:
    """What must be corrected before a link can be tracked so."""
    for name, value in tracking.utm.items():
        where = f"tracking.utm.{name}"
        if name not in PARAMETERS:
            yield Problem(where, f"Choose from {', '.join(PARAMETERS)}.")
        if len(value) > _LONGEST or not value.isprintable():
            yield Problem(where, f"Give up to {_LONGEST} characters that can be printed.")
        for unknown in sorted(set(_VARIABLE.findall(value)) - set(VARIABLES)):
            known = ", ".join(f"{{{variable}}}" for variable in VARIABLES)
            yield Problem(where, f"There is no variable {{{unknown}}}: choose from {known}.")
    if tracking.short and settings().public_url is None:
        yield Problem("tracking.short", "Short links need an address of ours: have NEST_PUBLIC_URL set.")


def parameters(tracking: Tracking, values: Mapping[str, str]) -> dict[str, str]:
    """The UTM parameters with their variables filled in; what comes out empty is left out."""
    filled = {
        name: _VARIABLE.sub(lambda found: values.get(found[1], ""), text)
        for name, text in {**DEFAULTS, **tracking.utm}.items()
    }
    return {name: value for name, value in filled.items() if value}


def slug(name: str) -> str:
    """A name as it stands in an address: small letters and digits of any script, joined by hyphens."""
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFKC", name).casefold()).strip("-")
