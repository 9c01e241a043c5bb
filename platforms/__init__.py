"""Which networks exist: one line each, in the order they are shown everywhere."""

from platforms import bluesky, facebook, instagram, linkedin, tiktok, x, youtube
from platforms.platform import Platform

PLATFORMS: dict[str, Platform] = {
    sheet.name: sheet
    for sheet in (
        instagram.PLATFORM,
        facebook.PLATFORM,
        linkedin.PLATFORM,
        youtube.PLATFORM,
        tiktok.PLATFORM,
        x.PLATFORM,
        bluesky.PLATFORM,
    )
}
