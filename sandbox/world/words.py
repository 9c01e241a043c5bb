"""What brands write: phrases put together by chance, in several languages."""

import random

from sandbox.world.chance import some

BRANDS = (
    "Nordlys Coffee", "Vela Outdoor", "Casa Bruma", "Kiefer & Sohn", "Lumen Bikes", "Atelier Rosé", "Tidal Tea",
    "Mora Skincare", "Pixel Pottery", "Grano Bakery",
)  # fmt: skip
RIVALS = ("Sundown Roasters", "Open Range Co.", "Maison Claire", "Holz & Licht", "Swift Wheels")
TAGS = (
    "coffee", "morning", "slowliving", "behindthescenes", "newin", "sustainable", "handmade", "weekend", "recipe",
    "community", "giveaway", "fika", "howto", "design", "travel", "kaffeeliebe", "matin", "localbusiness",
)  # fmt: skip
_OPENINGS = (
    "Fresh from the workshop", "Behind the scenes", "Five minutes of calm", "What we learned this week",
    "You asked, we answered", "New in store", "A small story about patience", "Heute bei uns", "Ce matin",
    "Nyhet i hyllene", "おはようございます", "Monday needs this", "Our favourite corner", "Made by Ingrid & Tomás",
)  # fmt: skip
_MIDDLES = (
    "light roast, notes of apricot and honey", "the new colours are here", "we repaired forty of them by hand",
    "slow mornings, warm hands", "ein ganzer Tag in dreißig Sekunden", "la recette complète en trois étapes",
    "the team picked their favourites", "from field to shelf in nine days", "why we changed our packaging",
    "ten questions, ten honest answers", "før og etter", "one tip that changes everything",
)  # fmt: skip
_CLOSINGS = (
    "What do you think?", "Tell us below 👇", "Save this for later.", "☕✨", "Bis bald!", "À bientôt 🌿",
    "Link in bio.", "Only this week.", "Thank you for being here ❤️", "", "", "Which one is yours?",
)  # fmt: skip


def caption(source: random.Random, link: str | None) -> tuple[str, str, tuple[str, ...]]:
    """Text, title and hashtags (lower case, without the sign)."""
    opening, middle = source.choice(_OPENINGS), source.choice(_MIDDLES)
    tags = tuple(some(source, TAGS, 4))
    written = " ".join(f"#{tag}" for tag in tags)
    parts = [f"{opening}: {middle}.", source.choice(_CLOSINGS), link or "", written]
    return " ".join(part for part in parts if part), f"{opening}: {middle}", tags
