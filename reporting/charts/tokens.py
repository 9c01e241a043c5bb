"""Colours and sizes, once for pages, charts and reports."""

from dataclasses import dataclass
from typing import Literal

from platforms import PLATFORMS
from reporting.charts.fonts import FAMILY

Appearance = Literal["light", "dark"]
LABEL_SIZE = 12
NOTE_SIZE = 11


@dataclass(frozen=True, slots=True)
class Theme:
    """Hex colours by what they are for; `font` is the family of every label."""

    appearance: Appearance
    background: str
    surface: str
    text: str
    muted: str
    primary: str
    compare: str
    border: str
    grid: str
    axis: str
    good: str
    bad: str
    attention: str
    font: str = FAMILY

    def network(self, name: str) -> str:
        """The colour of a network's marks; muted for one that this version does not know."""
        sheet = PLATFORMS.get(name)
        return sheet.colors[self.appearance == "dark"] if sheet else self.muted


LIGHT = Theme(
    appearance="light",
    background="#FFFFFF",
    surface="#F5F7F8",
    text="#1A2230",
    muted="#5B6472",
    primary="#0B6E6E",
    compare="#828D9B",
    border="#E1E5EA",
    grid="#E9ECF0",
    axis="#C9D0D8",
    good="#137A4A",
    bad="#B3261E",
    attention="#8F5400",
)
DARK = Theme(
    appearance="dark",
    background="#12161C",
    surface="#1B2129",
    text="#E6EAF0",
    muted="#9AA5B4",
    primary="#35B8B0",
    compare="#768292",
    border="#2C3440",
    grid="#232A34",
    axis="#3A4451",
    good="#4CC38A",
    bad="#FF8A80",
    attention="#F2B24B",
)


def theme(appearance: str | None) -> Theme:
    """The theme of that name; light where the reader's choice is unknown."""
    return DARK if appearance == "dark" else LIGHT


def network_title(name: str) -> str:
    """What the network is called; its own short name where this version does not know it."""
    sheet = PLATFORMS.get(name)
    return sheet.title if sheet else name


def in_order(names: list[str]) -> list[str]:
    """The names in the order in which networks are shown everywhere, unknown ones last."""
    order = list(PLATFORMS)
    return sorted(names, key=lambda name: (order.index(name) if name in order else len(order), name))


def networks() -> list[str]:
    """Every network that this version knows, in order."""
    return list(PLATFORMS)
