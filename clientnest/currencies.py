"""Which currencies there are: ISO 4217 codes, as the Unicode CLDR lists them for the world's countries."""

import functools

from babel.core import get_global

# Money that ended before the networks began is in no figure of theirs.
_SINCE = 2004


@functools.cache
def currencies() -> frozenset[str]:
    """Codes of all money that was legal tender somewhere since 2004."""
    uses = [use for territory in get_global("territory_currencies").values() for use in territory]
    return frozenset(code for code, _, end, tender in uses if tender and (end is None or end[0] >= _SINCE))
