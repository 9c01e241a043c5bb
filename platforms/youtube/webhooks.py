"""What YouTube tells by itself of a channel's videos: WebSub, with a secret that the app's own is turned into.

A body that is not genuine is still answered with 2xx and dropped, as WebSub asks.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from platforms.inbound import Event, Reply, Terms
from platforms.registration import App
from platforms.youtube.client import Client

HUB = "https://pubsubhubbub.appspot.com"
TOPIC = "https://www.youtube.com/feeds/videos.xml?channel_id="
# The hub forgets who does not ask again within this.
LEASE = timedelta(days=10)
# WebSub wants a call with a wrong signature taken and dropped.
TERMS = Terms(forged_status=202, lease=LEASE)
_ATOM = "{http://www.w3.org/2005/Atom}"
_YT = "{http://www.youtube.com/xml/schemas/2015}"
_TOMB = "{http://purl.org/atompub/tombstones/1.0}"


def secret(app: App) -> str:
    """What the hub signs with: derived, so that the app's own secret never leaves."""
    return hmac.new(app.client_secret.encode(), b"websub", hashlib.sha256).hexdigest()


async def subscribe(client: Client, callback_url: str) -> None:
    """Ask the hub to call an address about the channel's videos; to be repeated within the lease."""
    form = {
        "hub.mode": "subscribe",
        "hub.topic": f"{TOPIC}{client.account}",
        "hub.callback": callback_url,
        "hub.verify": "async",
        "hub.secret": secret(client.app),
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
    }
    await client.announce(HUB, "/subscribe", form)


def reply(app: App, query: Mapping[str, str]) -> Reply | None:
    """The challenge, where it is about a feed of YouTube; we never ask to be forgotten."""
    challenge = query.get("hub.challenge")
    if query.get("hub.mode") != "subscribe" or not challenge or _channel(query.get("hub.topic", "")) is None:
        return None
    return Reply(challenge.encode())


def genuine(app: App, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether the hub signed the raw bytes with our secret. It signs no time, so `now` stays unused."""
    expected = "sha1=" + hmac.new(secret(app).encode(), body, hashlib.sha1).hexdigest()
    return hmac.compare_digest(expected.encode(), headers.get("x-hub-signature", "").encode())


def events(body: bytes) -> Sequence[Event]:
    """Videos that are new or were renamed, which the hub does not tell apart, and deleted ones. Raises ValueError."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise ValueError("the feed declares entities")
    try:
        feed = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise ValueError("the body is no XML") from error
    if feed.tag != f"{_ATOM}feed":
        raise ValueError("the body is no Atom feed")
    return [_changed(entry) for entry in feed.iter(f"{_ATOM}entry")] + [
        _deleted(entry) for entry in feed.iter(f"{_TOMB}deleted-entry")
    ]


def _changed(entry: ElementTree.Element) -> Event:
    video, channel = entry.findtext(f"{_YT}videoId"), entry.findtext(f"{_YT}channelId")
    if not video:
        raise ValueError("the entry names no video")
    told = {name: entry.findtext(f"{_ATOM}{name}") for name in ("title", "published", "updated")}
    return Event(
        id=f"{video} {told['updated'] or ''}",
        kind="video",
        account_external_id=channel,
        subject_external_id=video,
        occurred_at=_moment(told["updated"]),
        body={"video_id": video, "channel_id": channel, **told},
    )


def _deleted(entry: ElementTree.Element) -> Event:
    video, when = entry.get("ref", "").removeprefix("yt:video:"), entry.get("when")
    if not video:
        raise ValueError("the entry names no video")
    address = entry.findtext(f"{_TOMB}by/{_ATOM}uri") or entry.findtext(f"{_TOMB}by/{_TOMB}uri") or ""
    channel = address.rpartition("/channel/")[2] or None
    return Event(
        id=f"{video} deleted {when or ''}",
        kind="video.deleted",
        account_external_id=channel,
        subject_external_id=video,
        occurred_at=_moment(when),
        body={"video_id": video, "channel_id": channel, "when": when},
    )


def _moment(text: str | None) -> datetime | None:
    """Raises ValueError."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _channel(topic: str) -> str | None:
    parts = urlsplit(topic)
    feeds = ("/feeds/videos.xml", "/xml/feeds/videos.xml")
    if (parts.scheme, parts.netloc) != ("https", "www.youtube.com") or parts.path not in feeds:
        return None
    return parse_qs(parts.query).get("channel_id", [None])[0]
