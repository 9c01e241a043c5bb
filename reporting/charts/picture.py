"""What is printed: charts as SVG and text, with Nest Sans and nothing from the machine or the network."""

import functools
import unicodedata

import altair as alt
import vl_convert
from fontTools.ttLib import TTFont

from reporting.charts.fonts import FOLDER

# Stands for a letter that the font does not have; a pictogram is left out.
NO_LETTER = "□"


def svg(chart: alt.LayerChart) -> str:
    """Same chart, same text."""
    _register_fonts()
    return str(vl_convert.vegalite_to_svg(chart.to_dict()))


def printable(text: str) -> str:
    """The text in one line, with what the font can show."""
    known = "".join(
        letter if ord(letter) in _letters() else NO_LETTER if unicodedata.category(letter)[0] in "LN" else ""
        for letter in " ".join(text.split())
    )
    return " ".join(known.split())


@functools.cache
def _register_fonts() -> None:
    vl_convert.register_font_directory(str(FOLDER))


@functools.cache
def _letters() -> frozenset[int]:
    with TTFont(FOLDER / "NestSans-Regular.ttf") as font:
        return frozenset(font.getBestCmap())
