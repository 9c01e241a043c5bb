"""Whether a draft can go to an account: every problem at once, from the networks' own limits."""

from collections.abc import Iterable

from clientnest.errors import Problem
from clientnest.models import Account
from platforms import PLATFORMS


def problems(text: str, title: str | None, kind: str, accounts: Iterable[Account]) -> tuple[Problem, ...]:
    """What stands in the way of publishing this text, as `kind` (text, image, video), on these accounts."""
    return tuple(problem for account in accounts for problem in _of_account(text, title, kind, account))


def _of_account(text: str, title: str | None, kind: str, account: Account) -> Iterable[Problem]:
    sheet = PLATFORMS[account.platform]
    field = f"accounts.{account.id}"
    if account.status != "connected":
        yield Problem(field, f"{account.name} on {sheet.title} is not connected: connect it again.")
    if sheet.publish is None or kind not in sheet.kinds:
        offered = ", ".join(sheet.kinds) or "nothing"
        yield Problem(field, f"{sheet.title} takes {offered} through its API, not {kind}.")
    for limit in sheet.limits:
        value = {"text": text, "title": title or ""}.get(limit.field)
        if value is None or limit.kind not in (None, kind):
            continue
        counted = sheet.text_length(value)
        if counted > limit.maximum:
            yield Problem(
                field,
                f"{sheet.title} takes {limit.maximum} {limit.unit} of {limit.field}; this has {counted} "
                f"({limit.source}, {limit.as_of:%Y-%m-%d}).",
            )
    if kind == "text" and not text.strip():
        yield Problem("text", "Write something, or add a picture or a video.")
