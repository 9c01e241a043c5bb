"""What can be done: functions under names, each with how often, how long and how many at a time."""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

# The ledger of publications is this queue: it has figures and a pause like the others, and no rows among the jobs.
PUBLISHING = "content_publishing"
QUEUES = (
    PUBLISHING,
    "analytics_processing",
    "notification_delivery",
    "file_processing",
    "webhook_processing",
    "ai_processing",
)
_LONGEST_WAIT = timedelta(hours=1)


class Refused(Exception):
    """Trying again would not help: the job is parked with these words, which name no secret."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a function is told. `attempt` is the number of the claim, from 1."""

    id: int
    kind: str
    workspace_id: UUID | None
    account_id: UUID | None
    payload: Mapping[str, Any]
    attempt: int


Work = Callable[[Job], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A function with its policy, which holds across all workers.

    `attempts` until it is parked, an attempt counting from the moment it is claimed; `timeout` in seconds; at most
    `at_once` of the kind, `per_workspace` of one workspace and `per_account` of one account run beside each other.
    `backoff` is the seconds before the second attempt, doubled each time.
    """

    name: str
    queue: str
    work: Work
    attempts: int = 5
    timeout: float = 60
    at_once: int = 20
    per_workspace: int = 5
    per_account: int = 2
    backoff: float = 2
    priority: int = 0

    def wait(self, attempt: int) -> timedelta:
        """How long until the next one, after this many: doubled each time, and anywhere in its upper half."""
        seconds = min(self.backoff * 2 ** (attempt - 1), _LONGEST_WAIT.total_seconds())
        return timedelta(seconds=seconds * random.uniform(0.5, 1))


KINDS: dict[str, Kind] = {}


def kind(name: str, queue: str, **policy: Any) -> Callable[[Work], Work]:
    """Registers the function below it; it may be called again for the same job, and must mind that.

    Raises ValueError for a name that is taken and for a queue that has no jobs.
    """
    if name in KINDS:
        raise ValueError(f"There is a kind {name} already.")
    if queue not in QUEUES or queue == PUBLISHING:
        raise ValueError(f"There is no queue {queue} for jobs.")

    def register(work: Work) -> Work:
        KINDS[name] = Kind(name, queue, work, **policy)
        return work

    return register
