"""What goes out of a post, as its author meant it and as a network takes it."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from clientnest.models import Media, Post
from platforms.posting import MediaFile, Outgoing
from publishing.media import for_network


def outgoing_of(post: Post, media: Media | None) -> Outgoing:
    """The post; the files of its media are not opened yet."""
    file = MediaFile(media.content_type, Path(), media.source_url or "") if media else None
    return Outgoing(text=post.text, title=post.title, link=post.link, media=(file,) if file else ())


async def equipped(outgoing: Outgoing, media: Media | None, platform: str) -> Outgoing:
    """With its media as the network takes them. Raises Invalid, NotReady."""
    if media is None:
        return outgoing
    return replace(outgoing, media=(await for_network(media, platform, outgoing.kind),))


def fingerprint(outgoing: Outgoing, media: Media | None) -> str:
    """SHA-256 of what goes out, hexadecimal."""
    payload = [outgoing.text, outgoing.title, outgoing.link, media.sha256 if media else None]
    return hashlib.sha256(json.dumps(payload).encode()).hexdigest()
