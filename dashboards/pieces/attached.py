"""Pictures and videos of a post that is being written."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from dashboards.client import Refused
from dashboards.pieces import session
from dashboards.pieces.words import plain

FILES = ("jpg", "jpeg", "png", "webp", "gif", "mp4", "mov")


def attached() -> list[dict[str, Any]]:
    """Each as `media_id` and `alt_text`, in the order of the post; uploaded or fetched once."""
    api = session.api()
    files = st.file_uploader(
        "Pictures and videos", FILES, accept_multiple_files=True, key=f"w_uploads_{st.session_state.w_of}"
    )
    address = st.text_input("Or by address", placeholder="https://…", key=f"w_address_{st.session_state.w_of}")
    arrived = [_arrived(file.file_id, partial(api.upload, "/media", file.name, file.getvalue())) for file in files]
    if address:
        arrived.append(_arrived(address, partial(api.post, "/media/from-url", {"url": address})))
    kept = st.session_state.w_kept
    ids = list(dict.fromkeys([*kept, *(media["id"] for media in arrived if media)]))
    if not ids:
        return []
    places = st.grid(3, min_column_width=146)
    return [piece for media_id in ids if (piece := _piece(places, media_id))]


def _arrived(name: str, fetch: Callable[[], Any]) -> dict[str, Any] | None:
    """The medium that a file or an address became; None, said in words, where it was refused."""
    files: dict[str, dict[str, Any]] = st.session_state.w_files
    if name not in files:
        try:
            files[name] = fetch()
        except Refused as refusal:
            st.warning(str(refusal), icon=":material/error:")
            return None
        st.session_state.setdefault(f"w_alt_{files[name]['id']}", files[name]["alt_text"] or "")
    return files[name]


def _piece(places: Any, media_id: str) -> dict[str, Any] | None:
    """One thumbnail with its alt text; None where the author took it out."""
    with places.container(border=True, gap="xsmall"):
        picture(media_id)
        if st.session_state.get(f"w_without_{media_id}"):
            st.toggle("Left out", key=f"w_without_{media_id}")
            return None
        alt = st.text_input("Alt text", key=f"w_alt_{media_id}", placeholder="What is to be seen")
        st.toggle("Leave out", key=f"w_without_{media_id}")
    return {"media_id": media_id, "alt_text": alt.strip() or None}


def picture(media_id: str) -> None:
    """A thumbnail, or what the file is where it has none."""
    thumbnails = st.session_state.setdefault("thumbnails", {})
    if media_id not in thumbnails:
        api = session.api()
        told = api.get(f"/media/{media_id}")
        image = api.download(told["thumbnail_url"]) if told["thumbnail_url"] else None
        thumbnails[media_id] = (image, told["alt_text"] or told["name"] or told["kind"])
    image, said = thumbnails[media_id]
    if image:
        st.image(image, width="stretch")
    else:
        st.markdown(f":material/movie: {plain(said)}")
