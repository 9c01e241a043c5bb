"""What happens after each outcome of an attempt: the one table of retries."""

import random
from dataclasses import dataclass
from datetime import timedelta

from clientnest.errors import Invalid, NestError, NotFound
from platforms.errors import RateLimited, ReconnectNeeded, Rejected, Unavailable

# How often an unanswered write is looked for before a person is asked, and how long after it.
LOOKS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
_BACKOFF = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
# A network that stays away or keeps limiting for so many attempts is a matter for a person.
MAX_FAILURES = 12
# What a network was asked about by its handle so often without an answer is only looked for.
MAX_DOUBTS = 3
# What breaks the worker itself so often is left alone.
MAX_CRASHES = 6
# After so many it is attempted in a process of its own, where it breaks nobody else's.
RISKY = 2
# A network that processes for so long has forgotten the post.
_LONGEST_PROCESSING = timedelta(hours=24)
# A post that is live without an id is looked for as long: moderation takes minutes to hours.
NAMED_WITHIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`retry_in` None ends the publication with `status`."""

    outcome: str
    status: str
    retry_in: timedelta | None = None


def after_send(error: Exception, failures: int, *, in_doubt: bool) -> Verdict:
    """The next step after `error`.

    `failures` is how many attempts before this one found the network away or spent; `in_doubt` says that one of
    them may have been accepted, so that a refusal now is no proof that nothing is live.
    """
    if isinstance(error, (ReconnectNeeded, NotFound)):
        return Verdict("reconnect_needed", "needs_person" if in_doubt else "failed")
    if isinstance(error, (Rejected, Invalid)) and not in_doubt:
        return Verdict("rejected", "failed")
    if isinstance(error, (RateLimited, Unavailable, NestError)):
        return _later(error, failures, "publishing" if in_doubt else "scheduled")
    if failures + 1 >= MAX_FAILURES:
        return Verdict("gave_up", "needs_person")
    # OutcomeUnknown, a refusal in doubt, and whatever nobody foresaw: it may be live.
    return Verdict("unknown", "publishing", LOOKS[0])


def after_look(looks: int) -> Verdict:
    """The next step when the network was looked through `looks` times and the post was not there."""
    if looks < len(LOOKS):
        return Verdict("not_found", "publishing", LOOKS[looks])
    return Verdict("not_found", "needs_person")


def after_failed_look(error: Exception, failures: int) -> Verdict:
    """The next step when the network could not be looked through."""
    if isinstance(error, (ReconnectNeeded, NotFound)):
        return Verdict("reconnect_needed", "needs_person")
    if isinstance(error, Rejected):
        return Verdict("rejected", "needs_person")
    return _later(error, failures, "publishing")


def after_pending(check_after: timedelta, age: timedelta) -> Verdict:
    """The next step while the network works on it, `age` after the first attempt: ever more rarely."""
    if age > _LONGEST_PROCESSING:
        return Verdict("pending", "needs_person")
    return Verdict("pending", "publishing", max(check_after, age / 10))


def after_unnamed(age: timedelta) -> Verdict:
    """When to look again for the id of a post that is live for `age`."""
    return Verdict("not_found", "published", max(timedelta(seconds=5), age / 10))


def _later(error: Exception, failures: int, status: str) -> Verdict:
    if failures + 1 >= MAX_FAILURES:
        return Verdict("gave_up", "needs_person")
    if isinstance(error, RateLimited):
        return Verdict("rate_limited", status, error.retry_after)
    pause = _BACKOFF[min(failures, len(_BACKOFF) - 1)]
    return Verdict("unavailable", status, pause * random.uniform(0.8, 1.2))
