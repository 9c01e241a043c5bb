"""Whether a draft can go to an account: every problem at once, from the networks' own limits."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from clientnest.errors import Problem
from clientnest.models import Account
from platforms import PLATFORMS
from platforms.platform import Limit, Platform
from platforms.posting import Outgoing
from publishing.links import is_address, placed

_HASHTAG = re.compile(r"(?<!\w)#\w")
_MENTION = re.compile(r"(?<!\w)@\w")


def problems(
    draft: Outgoing,
    kind: str,
    media_size: int | None,
    accounts: Iterable[Account],
    granted: Mapping[UUID, Sequence[str]],
    addresses: Mapping[UUID, str],
) -> tuple[Problem, ...]:
    """What stands in the way of publishing this, as `kind` (text, image, video), on these accounts.

    `media_size` is in bytes, None where there is no media; `granted` are the scopes of connected accounts by id,
    `addresses` what the link goes out as on each, where that is not as it is written.
    """
    per_account = (
        found
        for account in accounts
        for found in _of_account(
            placed(draft, addresses.get(account.id)), kind, media_size, account, granted.get(account.id, ())
        )
    )
    return (*_of_draft(draft, kind), *per_account)


def _of_draft(draft: Outgoing, kind: str) -> Iterable[Problem]:
    if kind == "text" and not draft.text_with_link.strip():
        yield Problem("text", "Write something, or add a picture or a video.")
    if draft.link is not None and not is_address(draft.link):
        yield Problem("link", "Give a link that starts with https://.")
    for field, value in (("text", draft.text), ("title", draft.title or ""), ("link", draft.link or "")):
        if "\x00" in value:
            yield Problem(field, "Remove the NUL character: no network shows it.")


def _of_account(
    draft: Outgoing, kind: str, media_size: int | None, account: Account, granted: Sequence[str]
) -> Iterable[Problem]:
    sheet = PLATFORMS[account.platform]
    field = f"accounts.{account.id}"
    if account.status != "connected":
        yield Problem(field, f"{account.name} on {sheet.title} is not connected: connect it again.")
    if not sheet.may("publish", granted):
        wanted = ", ".join(scope for scope in sheet.needs["publish"] if scope not in granted)
        yield Problem(field, f"{account.name} did not allow publishing: connect it again and allow {wanted}.")
    if sheet.publish is None or kind not in sheet.kinds:
        offered = ", ".join(sheet.kinds) or "nothing"
        yield Problem(field, f"{sheet.title} takes {offered} through its API, not {kind}.")
        return
    text = draft.text_with_link if kind in sheet.link_in_text else draft.text
    for limit in sheet.limits:
        counted = _counted(limit, sheet, text, draft.title, media_size) if limit.kind in (None, kind) else None
        if counted is not None and counted > limit.maximum:
            of = "" if limit.unit == limit.field else f" of {limit.field.replace('_', ' ')}"
            with_link = " with the link" if limit.field == "text" and text != draft.text else ""
            yield Problem(
                field,
                f"{sheet.title} takes {limit.maximum:,} {limit.unit}{of}; this has {counted:,}{with_link} "
                f"({limit.source}, {limit.as_of:%Y-%m-%d}).",
            )


def _counted(limit: Limit, sheet: Platform, text: str, title: str | None, media_size: int | None) -> int | None:
    """How much of what a limit is about there is; None where a draft does not tell."""
    # A limit in characters means characters, also where the network counts its texts in something else.
    length: Callable[[str], int] = len if limit.unit == "characters" else sheet.text_length
    return {
        "text": length(text),
        "title": length(title) if title is not None else None,
        "hashtags": len(_HASHTAG.findall(text)),
        "mentions": len(_MENTION.findall(text)),
        "media_size": media_size,
    }.get(limit.field)
