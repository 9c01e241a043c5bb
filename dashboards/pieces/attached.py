"""Pictures and videos of a post that is being written."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboards.client import Refused
from dashboards.pieces import session
from dashboards.pieces.words import plain

FILES = ("jpg", "jpeg", "png", "webp", "gif", "mp4", "mov")


def attached(part: str) -> list[dict[str, Any]]:
    """Those of a part, each as `media_id` and `alt_text`, in the order of the post; uploaded or fetched once."""
    api, of = session.api(), f"{part}_{st.session_state.w_of}"
    files = st.file_uploader("Pictures and videos", FILES, accept_multiple_files=True, key=f"w_uploads_{of}")
    address = st.text_input("Or by address", placeholder="https://…", key=f"w_address_{of}")
    arrived = [
        _arrived(part, file.file_id, partial(api.upload, "/media", file.name, file.getvalue())) for file in files
    ]
    if address:
        arrived.append(_arrived(part, address, partial(api.post, "/media/from-url", {"url": address})))
    kept = st.session_state.w_kept.get(part, ())
    ids = list(dict.fromkeys([*kept, *(media["id"] for media in arrived if media)]))
    if not ids:
        return []
    places = st.grid(3, min_column_width=146)
    return [piece for media_id in ids if (piece := _piece(places, part, media_id))]


def keep(part: str, media: Sequence[Mapping[str, Any]]) -> None:
    """Let a part begin with these."""
    st.session_state.w_kept[part] = [piece["media_id"] for piece in media]
    for piece in media:
        st.session_state[f"w_alt_{part}_{piece['media_id']}"] = piece["alt_text"] or ""


def _arrived(part: str, name: str, fetch: Callable[[], Any]) -> dict[str, Any] | None:
    """The medium that a file or an address became; None, said in words, where it was refused."""
    files: dict[str, dict[str, Any]] = st.session_state.w_files
    if name not in files:
        try:
            files[name] = fetch()
        except Refused as refusal:
            st.warning(str(refusal), icon=":material/error:")
            return None
    st.session_state.setdefault(f"w_alt_{part}_{files[name]['id']}", files[name]["alt_text"] or "")
    return files[name]


def _piece(places: Any, part: str, media_id: str) -> dict[str, Any] | None:
    """One thumbnail with its alt text; None where the author took it out."""
    of = f"{part}_{media_id}"
    with places.container(border=True, gap="xsmall"):
        picture(media_id)
        if st.session_state.get(f"w_without_{of}"):
            st.toggle("Left out", key=f"w_without_{of}")
            return None
        alt = st.text_input("Alt text", key=f"w_alt_{of}", placeholder="What is to be seen")
        st.toggle("Leave out", key=f"w_without_{of}")
    return {"media_id": media_id, "alt_text": alt.strip() or None}


def row_of(media: Sequence[Mapping[str, Any]], width: int) -> None:
    """Thumbnails beside each other, each `width` pixels wide."""
    if media:
        row = st.container(horizontal=True, gap="xsmall")
        for piece in media:
            with row.container(width=width):
                picture(piece["media_id"])


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
