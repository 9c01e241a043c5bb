"""What each network lets a product like ours do, read from the data sheets: yes, or why not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from platforms.platform import Platform
from platforms.posting import Kind


@dataclass(frozen=True, slots=True)
class Capability:
    """`name` is its key in `Platform.absent`."""

    name: str
    title: str
    present: Callable[[Platform], bool]

    def why_not(self, sheet: Platform) -> str | None:
        """None where the network has it."""
        return None if self.present(sheet) else sheet.absent.get(self.name, "the network offers none")


def _reads(*names: str) -> Callable[[Platform], bool]:
    return lambda sheet: any(resource.name in names for resource in sheet.resources)


def _has(field: str) -> Callable[[Platform], bool]:
    return lambda sheet: bool(getattr(sheet, field))


def _publishes(kind: str) -> Callable[[Platform], bool]:
    return lambda sheet: sheet.publish is not None and kind in sheet.kinds


_PUBLISHED: Mapping[str, str] = {
    "text": "Publish text",
    "link": "Publish a link with a card",
    "image": "Publish a picture",
    "carousel": "Publish several pictures",
    "video": "Publish a video",
    "reel": "Publish a reel",
    "story": "Publish a story",
    "short": "Publish a short",
    "thread": "Publish a thread",
    "article": "Publish an article",
}

CAPABILITIES: tuple[Capability, ...] = (
    Capability("refresh", "Renew a connection without the person", lambda sheet: "refresh" not in sheet.absent),
    Capability("revoke", "End a connection at the network", _has("revoke")),
    Capability("posts", "Read own posts, wherever they were made", _reads("posts")),
    Capability("post_metrics", "Read figures of posts", _reads("post_metrics")),
    Capability("account_metrics", "Read figures of the account", _reads("account_metrics")),
    Capability("demographics", "Read who follows", _reads("demographics")),
    Capability("comments", "Read comments", _reads("comments")),
    Capability("mentions", "Read mentions", _reads("mentions")),
    Capability("stories", "Read stories before they vanish", _reads("stories")),
    Capability("lookup", "Look up other accounts", _has("lookup")),
    *(Capability(kind, _PUBLISHED[kind], _publishes(kind)) for kind in get_args(Kind)),
    Capability("comment", "Write the first comment", _has("comment")),
    Capability("schedules", "Hand over a post to go live later", _has("schedules")),
    Capability("edit", "Edit a live post", _has("edit")),
    Capability("delete", "Delete a live post", _has("delete")),
    Capability("webhooks", "Be called when something happens", _has("webhooks")),
)
