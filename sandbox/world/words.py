"""What brands write: phrases put together by chance, in several languages."""

import random
from dataclasses import dataclass

from sandbox.world.chance import some, weighted

BRANDS = (
    "Nordlys Coffee", "Vela Outdoor", "Casa Bruma", "Kiefer & Sohn", "Lumen Bikes", "Atelier Rosé", "Tidal Tea",
    "Mora Skincare", "Pixel Pottery", "Grano Bakery",
)  # fmt: skip
RIVALS = ("Sundown Roasters", "Open Range Co.", "Maison Claire", "Holz & Licht", "Swift Wheels")
TAGS = (
    "coffee", "morning", "slowliving", "behindthescenes", "newin", "sustainable", "handmade", "weekend", "recipe",
    "community", "giveaway", "fika", "howto", "design", "travel", "kaffeeliebe", "matin", "localbusiness",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Language:
    """Beginnings, middles and ends that go together in any order; an empty end is none."""

    openings: tuple[str, ...]
    middles: tuple[str, ...]
    closings: tuple[str, ...]


_ENGLISH = _Language(
    (
        "Fresh from the workshop", "Behind the scenes", "Five minutes of calm", "What we learned this week",
        "You asked, we answered", "New in store", "A small story about patience", "Monday needs this",
        "Our favourite corner", "Made by Ingrid & Tomás", "Before the doors open", "Field notes", "One year ago today",
    ),
    (
        "notes of apricot, honey and rain", "the new colours are here", "we repaired forty of them by hand",
        "slow mornings, warm hands", "the team picked their favourites", "from field to shelf in nine days",
        "why we changed our packaging", "ten questions, ten honest answers", "one tip that changes everything",
        "the first batch sold out in a day", "what a good week smells like", "it took us eleven attempts",
        "half the water, twice the care", "this is how it starts",
    ),
    (
        "What do you think?", "Tell us below 👇", "Save this for later.", "Link in bio.", "Only this week.",
        "Thank you for being here ❤️", "Which one is yours?", "✨", "See you on Saturday.", "", "", "",
    ),
)  # fmt: skip
_GERMAN = _Language(
    ("Heute bei uns", "Frisch aus der Werkstatt", "Hinter den Kulissen", "Ihr habt gefragt", "Endlich wieder da"),
    (
        "ein ganzer Tag in dreißig Sekunden", "so wenig Verpackung wie möglich", "vierzig Stück, alle von Hand",
        "unser Lieblingsplatz am Fenster", "warum gute Dinge Zeit brauchen", "drei Fehler, die jeder macht",
    ),
    ("Bis bald!", "Was meint ihr?", "Schreibt es uns 👇", "Nur diese Woche.", "", ""),
)  # fmt: skip
_NORWEGIAN = _Language(
    ("Nyhet i hyllene", "Bak kulissene", "God morgen fra Bergen", "Dere spurte"),
    (
        "før og etter", "en kopp til før regnet", "laget for hånd av Åse og Øyvind", "slik blir det til",
        "ni dager fra åker til hylle", "den beste plassen ved vinduet",
    ),
    ("Velkommen innom!", "Hva synes du?", "Ha en fin helg ☀️", "", ""),
)  # fmt: skip
_FRENCH = _Language(
    ("Ce matin", "À l'atelier", "Vous nous l'avez demandé", "Nouveauté"),
    (
        "la recette complète en trois étapes", "un peu de patience, beaucoup de soin", "tout est fait à la main",
        "pourquoi nous avons changé d'emballage", "notre coin préféré",
    ),
    ("À bientôt 🌿", "Et vous ?", "Dites-nous tout 👇", "", ""),
)  # fmt: skip
_SPANISH = _Language(
    ("Esta semana", "Desde el taller", "Lo habéis pedido", "Buenos días"),
    (
        "diez preguntas, diez respuestas", "así empieza todo", "hecho a mano, pieza por pieza",
        "el rincón que más nos gusta", "mañanas lentas y café caliente",
    ),
    ("¿Y tú?", "¡Hasta el sábado!", "Cuéntanos 👇", "", ""),
)  # fmt: skip
_JAPANESE = _Language(
    ("おはようございます", "新商品のお知らせ", "今日の一枚"),
    ("窓辺の席が空いています", "ひとつずつ手作りです", "秋の新しい色が届きました", "ゆっくりした朝に"),
    ("お待ちしています☕", "またあした。", ""),
)  # fmt: skip
_LANGUAGES: dict[_Language, float] = {_ENGLISH: 60, _GERMAN: 13, _NORWEGIAN: 10, _FRENCH: 8, _SPANISH: 6, _JAPANESE: 3}


def caption(source: random.Random, link: str | None) -> tuple[str, str, tuple[str, ...]]:
    """Text, title and hashtags (lower case, without the sign)."""
    language = weighted(source, _LANGUAGES)
    title = f"{source.choice(language.openings)}: {source.choice(language.middles)}"
    tags = tuple(some(source, TAGS, 4))
    written = " ".join(f"#{tag}" for tag in tags)
    parts = [f"{title}.", source.choice(language.closings), link or "", written]
    return " ".join(part for part in parts if part), title, tags
