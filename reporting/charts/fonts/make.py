"""Makes Nest Sans from the locked package `fontpkg-inter`: `python -m reporting.charts.fonts.make`.

Four static TTFs for charts and PDF, one variable woff2 for pages. Same package, same bytes.
"""

import shutil
from pathlib import Path

import fontpkg_inter
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from reporting.charts.fonts import FAMILY, FOLDER

PAGES = FOLDER.parents[2] / "dashboards" / "static"
WEIGHTS = {"Regular": 400, "Medium": 500, "SemiBold": 600, "Bold": 700}

# Latin, Greek, Cyrillic, punctuation, currency, arrows, mathematics, the triangles of the report.
RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x218, 0x21B),
    (0x2C6, 0x2DD),
    (0x300, 0x308),
    (0x386, 0x3CE),
    (0x400, 0x45F),
    (0x490, 0x493),
    (0x1E9E, 0x1E9E),
    (0x2009, 0x2026),
    (0x202F, 0x203A),
    (0x20AC, 0x20AC),
    (0x20BD, 0x20BD),
    (0x2116, 0x2122),
    (0x2190, 0x2199),
    (0x2212, 0x2212),
    (0x2248, 0x2265),
    (0x25A1, 0x25A1),
    (0x25B2, 0x25BC),
    (0x25CB, 0x25CF),
)
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl"]


def main() -> None:
    """Write the fonts over those that are there."""
    source = Path(fontpkg_inter.ROOT) / "files" / "Inter[opsz,wght].ttf"
    for style, weight in WEIGHTS.items():
        font = instancer.instantiateVariableFont(_cut(source), {"opsz": 14, "wght": weight})
        _rename(font, style, weight)
        font.save(FOLDER / f"NestSans-{style}.ttf")
    pages = instancer.instantiateVariableFont(_cut(source), {"opsz": 14, "wght": (400, 700)})
    _rename(pages, "Regular", 400)
    pages.flavor = "woff2"
    pages.save(PAGES / "NestSans.woff2")
    licence = Path(fontpkg_inter.ROOT) / "LICENSE"
    shutil.copyfile(licence, FOLDER / "LICENSE")
    shutil.copyfile(licence, PAGES / "LICENSE")


def _cut(source: Path) -> TTFont:
    """Digits are swapped in the character map: there a table's canvas, SVG and PDF all find them."""
    # The moment of making would differ each time.
    font = TTFont(source, recalcTimestamp=False)
    tabular = {digit: f"{digit}.tf" for digit in DIGITS}
    for table in font["cmap"].tables:
        table.cmap = {code: tabular.get(glyph, glyph) for code, glyph in table.cmap.items()}
    options = subset.Options(layout_features=FEATURES, hinting=False, notdef_outline=True, name_IDs=["*"])
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    cutter.subset(font)
    return font


def _rename(font: TTFont, style: str, weight: int) -> None:
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    table = font["name"]
    # Copyright and licence stay.
    kept = [record for record in table.names if record.nameID in (0, 13, 14)]
    table.names = kept + [record for record in table.names if record.nameID > 255]
    family, style_of_four = (FAMILY, style) if style in ("Regular", "Bold") else (f"{FAMILY} {style}", "Regular")
    for name_id, value in {
        1: family,
        2: style_of_four,
        3: f"{postscript} from Inter 4.1",
        4: f"{FAMILY} {style}",
        6: postscript,
        16: FAMILY,
        17: style,
    }.items():
        table.setName(value, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight


if __name__ == "__main__":
    main()
