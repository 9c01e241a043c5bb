"""A file that somebody uploaded, answered so that no browser does anything with it but show it."""

from datetime import timedelta

from fastapi.responses import FileResponse

from publishing.media.library import Stored

_SAFE = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


def answered(stored: Stored, keep: timedelta) -> FileResponse:
    """A picture is shown, everything else is saved; the asker's programs may keep it so long."""
    kind, ending = stored.content_type.split("/")
    return FileResponse(
        stored.path,
        headers={**_SAFE, "Cache-Control": f"private, max-age={int(keep.total_seconds())}"},
        media_type=stored.content_type,
        filename=f"{stored.media_id}.{ending}",
        content_disposition_type="inline" if kind == "image" else "attachment",
    )
