"""What a network's refusal means, named by what to do next.

PlatformError
├── RateLimited      wait `retry_after`, then the same call may go through
├── Unavailable      the network is unwell; a read may be tried again soon
├── ReconnectNeeded  a person must connect the account again
├── Rejected         the request will never be accepted as it is
└── OutcomeUnknown   the write may have happened: look before doing anything else
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any


class PlatformError(Exception):
    """A call to a network did not give what was asked.

    `evidence` holds what the network said (status, code, message), never a token.
    """

    def __init__(self, message: str, *, evidence: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.evidence = evidence or {}

    def strike(self, secrets: Iterable[str]) -> None:
        """Take out of message and evidence what the network may have echoed of what it was sent."""
        for secret in secrets:
            self.args = tuple(_without(secret, said) for said in self.args)
            self.evidence = _without(secret, self.evidence)


def _without(secret: str, said: Any) -> Any:
    match said:
        case str():
            return said.replace(secret, "***")
        case Mapping():
            return {name: _without(secret, value) for name, value in said.items()}
        case list() | tuple():
            return [_without(secret, value) for value in said]
    return said


class RateLimited(PlatformError):
    """The budget of the account or of the app is spent; nothing was done."""

    def __init__(self, message: str, *, retry_after: timedelta, evidence: dict[str, object] | None = None) -> None:
        super().__init__(message, evidence=evidence)
        self.retry_after = retry_after


class Unavailable(PlatformError):
    """The network did not answer properly and surely did nothing."""


class ReconnectNeeded(PlatformError):
    """The token is expired, revoked or lacks a permission; a person must consent again."""


class Rejected(PlatformError):
    """The network refused the request; sending it again unchanged changes nothing."""


class OutcomeUnknown(PlatformError):
    """The answer to a write was lost: it may be live. Only reading is allowed now."""
