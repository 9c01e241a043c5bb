"""Templates: words with variables, kept, and posts that begin with them."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboards.client import Refused
from dashboards.pieces import session
from dashboards.pieces.deeds import attempt, do
from dashboards.pieces.words import counted, plain


def templates(_accounts: Mapping[str, dict[str, Any]]) -> None:
    """A card each, by name."""
    items = session.api().get("/templates")
    writes = session.may("posts.write")
    told = counted(len(items), "template") if items else "No template yet"
    st.markdown(rf"**{told}.** Names in braces, such as \{{product\_name\}}, get their values when a post begins.")
    if writes and st.button("Keep a template", type="primary", icon=":material/add:"):
        _written(None)
    for one in items:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"### {plain(one['name'])}")
            st.text(one["text"] or one["title"] or "No text")
            if one["variables"]:
                st.markdown(" ".join(f":gray-badge[{plain(name)}]" for name in one["variables"]))
            if writes:
                with st.container(horizontal=True, gap="small"):
                    _deeds(one)


def _deeds(one: Mapping[str, Any]) -> None:
    with st.popover("Write a post", icon=":material/edit_square:"):
        values = {
            name: st.text_input(name.replace("_", " ").capitalize(), key=f"value_{one['id']}_{name}")
            for name in one["variables"]
        }
        if st.button("Begin a draft", key=f"begin_{one['id']}", disabled=not all(values.values())):
            attempt(lambda: _begun(one["id"], values))
    if st.button("Change", key=f"change_{one['id']}", icon=":material/edit:"):
        _written(one)
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown("Posts that were written from it stay.")
        if st.button("Delete this template", key=f"delete_{one['id']}"):
            do("delete", f"/templates/{one['id']}")


def _begun(template_id: str, values: Mapping[str, str]) -> None:
    """A draft with the values in place, to go on with."""
    api = session.api()
    draft = api.post("/content/create", api.post(f"/templates/{template_id}/fill", {"values": values}))
    st.session_state.pop("w_text", None)
    st.switch_page("app_pages/compose.py", query_params={"post": draft["id"]})


@st.dialog("Template", width="medium")
def _written(one: Mapping[str, Any] | None) -> None:
    """The words of a new one, or of one that is written anew."""
    before: Mapping[str, Any] = one or {"options": {}, "tags": []}
    with st.form("template", border=False):
        words = {
            "name": st.text_input("Name", before.get("name", "")),
            "text": st.text_area("Text", before.get("text", ""), height=140),
            "title": st.text_input("Title", before.get("title") or "") or None,
            "link": st.text_input("Link", before.get("link") or "", placeholder="https://…") or None,
            "first_comment": st.text_area("First comment", before.get("first_comment") or "", height=80) or None,
            "tags": st.multiselect("Tags", before["tags"], before["tags"], accept_new_options=True),
            "options": before["options"],
        }
        kept = st.form_submit_button("Keep", type="primary")
    if kept:
        api = session.api()
        try:
            api.put(f"/templates/{one['id']}", words) if one else api.post("/templates", words)
        except Refused as refusal:
            st.warning(plain(str(refusal)), icon=":material/error:")
        else:
            st.rerun()
