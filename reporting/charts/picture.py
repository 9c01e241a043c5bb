"""A chart as SVG, with Nest Sans and nothing from the machine or the network."""

import functools

import altair as alt
import vl_convert

from reporting.charts.fonts import FOLDER


@functools.cache
def _register_fonts() -> None:
    vl_convert.register_font_directory(str(FOLDER))


def svg(chart: alt.LayerChart) -> str:
    """Same chart, same text."""
    _register_fonts()
    return str(vl_convert.vegalite_to_svg(chart.to_dict()))
