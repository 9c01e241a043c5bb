"""Posts that are made and not live: scheduled for a moment, or unpublished until somebody publishes them."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sandbox.networks.facebook.nature import NATURE, permalink
from sandbox.networks.facebook.nature import post_id as new_id
from sandbox.networks.meta.errors import invalid
from sandbox.networks.meta.graph import Call
from sandbox.world import Account, Media, Post

_SOONEST, _LATEST = timedelta(minutes=10), timedelta(days=30)


@dataclasses.dataclass(slots=True)
class Draft:
    """A post to be; `at` is when it goes live by itself, None for one that waits for somebody."""

    post_id: str
    page_id: str
    kind: str
    text: str
    link: str | None
    media: list[dict[str, Any]]
    made: str
    at: str | None = None
    title: str | None = None

    @property
    def goes_live(self) -> datetime | None:
        return datetime.fromisoformat(self.at) if self.at else None


def moment(call: Call) -> datetime | None:
    """`scheduled_publish_time` of a call, None where it names none. Raises GraphError for one out of bounds."""
    at = call.moment("scheduled_publish_time")
    if at is not None and not call.now + _SOONEST <= at <= call.now + _LATEST:
        raise invalid("The specified scheduled publish time is invalid: 10 minutes to 30 days from now")
    return at


def hold(
    call: Call,
    page: Account,
    *,
    kind: str,
    text: str,
    link: str | None,
    media: list[Media],
    at: datetime | None,
    title: str | None = None,
) -> str:
    """Keep a post until its moment, or for ever; its id."""
    post_id = new_id(page.external_id, call.now, uuid4().hex)
    files = [dataclasses.asdict(one) for one in media]
    made, when = call.now.isoformat(), at.isoformat() if at else None
    draft = Draft(post_id, page.external_id, kind, text, link, files, made, when, title)
    _keep(call, draft)
    if at is not None:
        _live(call, draft, at)
    return post_id


def drafts(call: Call, page_id: str, *, scheduled: bool) -> list[Draft]:
    """Those that are not live yet, the next to go live first; or those without a moment."""
    kept = (call.world.noted("facebook", f"drafts:{page_id}") or {}).values()
    found = [Draft(**one) for one in kept if one]
    if not scheduled:
        return [draft for draft in found if draft.at is None]
    due = [draft for draft in found if draft.goes_live is not None and draft.goes_live > call.now]
    return sorted(due, key=lambda draft: draft.at or "")


def draft(call: Call, post_id: str) -> Draft | None:
    """The draft of an id, until it is live."""
    page_id = post_id.partition("_")[0]
    known = [*drafts(call, page_id, scheduled=True), *drafts(call, page_id, scheduled=False)]
    return next((one for one in known if one.post_id == post_id), None)


def publish(call: Call, found: Draft) -> None:
    """Live at once."""
    _drop(call, found)
    _live(call, found, call.now)


def change(call: Call, found: Draft, text: str | None, at: datetime | None) -> None:
    """Another text, another moment, or both."""
    if found.at is not None or at is not None:
        _drop(call, found)
    changed = dataclasses.replace(
        found, text=found.text if text is None else text, at=at.isoformat() if at else found.at
    )
    _keep(call, changed)
    if changed.goes_live is not None:
        _live(call, changed, changed.goes_live)


def drop(call: Call, found: Draft) -> None:
    """It never goes live."""
    _drop(call, found)


def shown(found: Draft, page: Account) -> Post:
    """A draft as a post without any figures."""
    nature = NATURE
    return Post(
        network="facebook",
        external_id=found.post_id,
        account_id=found.page_id,
        kind=found.kind,
        text=found.text,
        title=found.title,
        created_at=datetime.fromisoformat(found.made),
        permalink=permalink(page.username, found.post_id),
        hashtags=(),
        link=found.link,
        media=[Media(**one) for one in found.media],
        final=dict.fromkeys((nature.exposed, *nature.shares), 0),
    )


def _live(call: Call, found: Draft, at: datetime) -> None:
    call.world.create_post(
        "facebook",
        found.page_id,
        kind=found.kind,
        text=found.text,
        title=found.title,
        link=found.link,
        media=[Media(**one) for one in found.media],
        external_id=found.post_id,
        at=at,
    )


def _keep(call: Call, found: Draft | None, post_id: str = "", page_id: str = "") -> None:
    post_id, page_id = (found.post_id, found.page_id) if found else (post_id, page_id)
    kept = call.world.noted("facebook", f"drafts:{page_id}") or {}
    entry = dataclasses.asdict(found) if found else None
    call.world.note("facebook", f"drafts:{page_id}", {**kept, post_id: entry})


def _drop(call: Call, found: Draft) -> None:
    _keep(call, None, found.post_id, found.page_id)
    if found.at is not None:
        call.world.delete_post("facebook", found.post_id)
