"""Comments that were written through the networks, as the ledger tells them; what people write is `remarks`.

How a network shows, hides and numbers comments is its own folder's; here is that each was written, and once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.clock import Clock
from sandbox.journal import Journal


@dataclass(slots=True)
class Comment:
    """`on` is the post, `answers` the comment that it replies to."""

    network: str
    external_id: str
    account_id: str
    on: str
    answers: str | None
    text: str
    created_at: datetime


class Comments:
    """Everything written, in the order in which it came."""

    def __init__(self, clock: Clock, journal: Journal) -> None:
        self._clock, self._journal = clock, journal
        self._written: dict[tuple[str, str], Comment] = {}
        # When each was taken away, and whether the answers to it went too.
        self._removed: dict[tuple[str, str], tuple[datetime, bool]] = {}

    def write(
        self, network: str, external_id: str, account_id: str, *, on: str, text: str, answers: str | None = None
    ) -> None:
        """A comment made now."""
        entry = {"network": network, "external_id": external_id, "account_id": account_id, "on": on, "text": text}
        self._keep("commented", **entry, answers=answers, at=self._clock.now().isoformat())

    def edit(self, network: str, external_id: str, text: str) -> None:
        """Another text for a comment."""
        self._keep("comment_edited", network=network, external_id=external_id, text=text)

    def remove(self, network: str, external_id: str, *, with_answers: bool = True) -> None:
        """Take a comment away, whoever wrote it."""
        at = self._clock.now().isoformat()
        self._keep("comment_removed", network=network, external_id=external_id, at=at, with_answers=with_answers)

    def standing(self, network: str, at: datetime) -> list[Comment]:
        """Those of a network that were there at a moment, oldest first."""
        gone = {key: with_answers for key, (since, with_answers) in self._removed.items() if since <= at}
        return [
            one
            for key, one in self._written.items()
            if key[0] == network
            and one.created_at <= at
            and key not in gone
            and not gone.get((network, one.answers or ""), False)
        ]

    def _keep(self, kind: str, **entry: Any) -> None:
        self._journal.append(kind, **entry)
        self.replay({"kind": kind, **entry})

    def replay(self, entry: dict[str, Any]) -> None:
        """One line of the journal."""
        key = (entry["network"], entry["external_id"])
        match entry["kind"]:
            case "commented":
                at = datetime.fromisoformat(entry["at"])
                self._written[key] = Comment(
                    *key, entry["account_id"], entry["on"], entry["answers"], entry["text"], at
                )
            case "comment_edited":
                if key in self._written:
                    self._written[key].text = entry["text"]
            case "comment_removed":
                self._removed[key] = datetime.fromisoformat(entry["at"]), entry["with_answers"]
