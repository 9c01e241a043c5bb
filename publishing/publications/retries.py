"""What happens after each outcome of an attempt: the one table of retries."""

import random
from dataclasses import dataclass
from datetime import timedelta

from platforms.errors import OutcomeUnknown, PlatformError, RateLimited, ReconnectNeeded, Rejected, Unavailable

# How often an unanswered write is looked for before a person is asked, and how long after it.
LOOKS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
_BACKOFF = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
# A network that stays away or keeps limiting for so many attempts is a matter for a person.
MAX_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Verdict:
    """`retry_in` None ends the publication with `status`."""

    outcome: str
    status: str
    retry_in: timedelta | None = None


def after(error: PlatformError, attempt: int) -> Verdict:
    """The next step after `error` in attempt number `attempt` (from 1)."""
    if isinstance(error, OutcomeUnknown):
        return Verdict("unknown", "publishing", LOOKS[0])
    if isinstance(error, ReconnectNeeded):
        return Verdict("reconnect_needed", "failed")
    if isinstance(error, Rejected):
        return Verdict("rejected", "failed")
    if attempt >= MAX_ATTEMPTS:
        return Verdict("gave_up", "needs_person")
    if isinstance(error, RateLimited):
        return Verdict("rate_limited", "scheduled", error.retry_after)
    if isinstance(error, Unavailable):
        pause = _BACKOFF[min(attempt, len(_BACKOFF)) - 1]
        return Verdict("unavailable", "scheduled", pause * random.uniform(0.8, 1.2))
    raise TypeError(f"no retry rule for {type(error).__name__}") from error


def after_look(looks: int) -> Verdict:
    """The next step when the network was looked through `looks` times and the post was not there."""
    if looks < len(LOOKS):
        return Verdict("not_found", "publishing", LOOKS[looks])
    return Verdict("not_found", "needs_person")
