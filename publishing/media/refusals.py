"""How a file that is no usable medium is refused, wherever it came in."""

from clientnest.errors import Invalid, Problem

FIELD = "media"


def unusable(message: str) -> Invalid:
    """`message` says what is wrong and what to do."""
    return Invalid("The media cannot be used.", (Problem(FIELD, message),))
