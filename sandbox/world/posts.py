"""The accounts of a world and everything they posted by themselves, before and after it was made."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from sandbox.world.chance import draw, lognormal, number, weighted
from sandbox.world.effects import Effects, finals
from sandbox.world.model import Account, Media, Post
from sandbox.world.nature import Nature
from sandbox.world.words import BRANDS, RIVALS, caption

PAST_DAYS = 200
FUTURE_DAYS = 400
_ZONE = "Europe/Oslo"
_VIDEO = ("reel", "video", "short")


def make_accounts(seed: int, network: str, nature: Nature, made_on: date, origin: str) -> list[Account]:
    """The brand and one rival."""
    names = (BRANDS[(seed - 1) % len(BRANDS)], RIVALS[(seed - 1) % len(RIVALS)])
    return [_account(seed, network, nature, place, name, made_on, origin) for place, name in enumerate(names)]


def _account(seed: int, network: str, nature: Nature, place: int, name: str, made_on: date, origin: str) -> Account:
    source = draw("account", seed, network, place)
    external_id = nature.account_id(number("account", network, seed, place))
    username = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())
    made = datetime.combine(made_on - timedelta(days=source.randint(900, 2500)), time(9), UTC)
    return Account(
        network=network,
        external_id=external_id,
        name=name,
        username=username,
        created_at=made,
        timezone=_ZONE,
        description=f"{name}: honest things, made with care.",
        picture_url=f"{origin}/pictures/{username}.jpg",
        followers=round(nature.followers * lognormal(source, 0.25)),
        extra=nature.extra(external_id, username),
    )


def history(
    seed: int,
    account: Account,
    nature: Nature,
    effects: Effects,
    made_on: date,
    days: range = range(-PAST_DAYS, FUTURE_DAYS),
) -> Iterator[Post]:
    """Every post that the account makes by itself, or those of some days, counted from that on which it was made."""
    for offset in days:
        day = made_on + timedelta(days=offset)
        source = draw("day", seed, account.network, account.external_id, offset)
        for place in range(_how_many(source.random(), nature.per_day)):
            at = datetime.combine(day, time(source.choice(range(5, 22)), source.choice(range(60))), UTC)
            yield _post(seed, account, nature, effects, at, f"{offset} {place}")


def _how_many(chance: float, per_day: float) -> int:
    whole = int(per_day)
    return whole + (chance < per_day - whole)


def _post(seed: int, account: Account, nature: Nature, effects: Effects, at: datetime, place: str) -> Post:
    key = f"{account.network} {account.external_id} {place}"
    source = draw("text", seed, key)
    kind = weighted(source, nature.kinds)
    link = f"https://shop.example/{account.username}/{source.randint(100, 999)}" if kind == "link" else None
    text, title, hashtags = caption(source, link)
    final, tau, pace = finals(seed, key, account, effects, nature, kind=kind, hashtags=hashtags, at=at)
    external_id = nature.post_id(account.external_id, at, key)
    return Post(
        network=account.network,
        external_id=external_id,
        account_id=account.external_id,
        kind=kind,
        text=text,
        title=title,
        created_at=at,
        permalink=nature.permalink(account.username, external_id),
        hashtags=hashtags,
        link=link,
        media=_media(kind, key),
        duration_s=_duration(source, kind),
        final=final,
        tau_hours=tau,
        pace=pace,
        basket_cents=source.randint(900, 6400),
    )


def _duration(source: random.Random, kind: str) -> int | None:
    if kind not in _VIDEO:
        return None
    return source.randint(60, 900) if kind == "video" else source.randint(8, 59)


def _media(kind: str, key: str) -> list[Media]:
    if kind in ("text", "link"):
        return []
    content_type = "video/mp4" if kind in _VIDEO else "image/jpeg"
    return [Media(content_type, 200_000, f"{key} {n}") for n in range(3 if kind == "carousel" else 1)]
