"""The words of comments. How many there are is the post's counter; this says who wrote each, when, and what."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.world.chance import draw
from sandbox.world.model import Post

_NAMES = (
    "ingrid.solberg", "matteo_r", "anna.k", "jonas.berg", "leila_m", "tomek", "sofie.h", "noah.w", "yuki", "carla.p",
    "ben_outdoors", "marie.dl", "oskar", "priya.n", "lukas.f", "elena_v",
)  # fmt: skip
_WORDS = (
    "Love this!", "Where can I get one?", "So schön 😍", "This made my morning.", "Magnifique !",
    "Is it back in stock?", "My favourite so far.", "Tusen takk ❤️", "Could you share the recipe?", "素敵ですね",
    "Not sure about the colour.", "Waited for this one.", "Do you ship to Spain?", "👏👏",
    "Saw you at the market on Saturday.", "Hard to beat.",
)  # fmt: skip
_THANKS = ("Thank you!", "Link is in our profile.", "Glad you like it ☺️", "Back on Friday.", "Yes, we do.")


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment. `number` counts from 1 on a post; `answers` is the number of the comment that it replies to."""

    number: int
    author: str
    text: str
    at: datetime
    likes: int
    answers: int | None


def remarks(post: Post, count: int, brand: str) -> list[Remark]:
    """The first `count` comments of a post, oldest first. Every fourth is the brand's reply to the one before."""
    return [_remark(post, number, brand) for number in range(1, count + 1)]


def _remark(post: Post, number: int, brand: str) -> Remark:
    source = draw("remark", post.network, post.external_id, number)
    reply = number % 4 == 0
    # The moment at which the counter of comments comes to this number.
    share = min(number / max(post.final["comments"], 1), 1 - 1e-9)
    hours = post.tau_hours * (-math.log(1 - share)) ** (1 / post.pace)
    at = post.created_at.astimezone(UTC) + timedelta(hours=hours)
    return Remark(
        number=number,
        author=brand if reply else source.choice(_NAMES),
        text=source.choice(_THANKS if reply else _WORDS),
        at=at,
        likes=source.randint(0, 9),
        answers=number - 1 if reply else None,
    )
