"""What somebody writes: the form of a post, and the draft that it becomes."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.attached import attached, keep
from reporting.charts.tokens import network_title

# Formats that neither the media nor the number of parts tell; which of them a network offers is told by its sheet.
CHOSEN = ("reel", "story", "short", "article", "thread")
# Keys of the form's fields in the session; what belongs to a post by the same name there.
FIELDS = {"text": "w_text", "title": "w_title", "link": "w_link", "first_comment": "w_comment"}
# The first post, whether or not a thread goes on from it.
FIRST = "first"


def begin(post: Mapping[str, Any] | None) -> None:
    """Fill the form from a draft, or empty it, once for each visit."""
    of = post["id"] if post else None
    if "w_text" in st.session_state and st.session_state.get("w_of") == of:
        return
    state, post = st.session_state, post or {}
    state.w_of, state.w_files = of, {}
    for field, key in FIELDS.items():
        state[key] = post.get(field) or ""
    state.w_kept = {}
    keep(FIRST, post.get("media", ()))
    state.w_parts = len(post.get("parts", ()))
    for number, part in enumerate(post.get("parts", ())):
        state[f"w_part_{number}"] = part["text"]
        keep(f"part_{number}", part["media"])
    state.w_tags, state.w_campaign, state.w_format = post.get("tags", []), post.get("campaign_id"), post.get("format")
    state.w_options = post.get("options", {})
    state.w_utm = not post or post.get("tracking") is not None
    state.w_short = bool((post.get("tracking") or {}).get("short"))
    publications = post.get("publications", ())
    state.w_accounts = [one["account_id"] for one in publications]
    state.w_assisted = [one["account_id"] for one in publications if one["assisted"]]
    state.w_variants = {one["account_id"]: one["variant"] for one in publications}
    for account, variant in state.w_variants.items():
        state[f"w_text_{account}"] = variant.get("text", "")


def form(accounts: Mapping[str, dict[str, Any]], networks: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The fields; the body of POST /content/check and /content/create that they make."""
    known = [account for account in st.session_state.w_accounts if account in accounts]
    st.session_state.w_accounts = known
    chosen = st.multiselect(
        "Accounts", list(accounts), format_func=lambda one: account_name(accounts[one]), key="w_accounts"
    )
    st.text_area("Text", height=180, key="w_text")
    media = attached(FIRST)
    with st.expander("Format, title, link and first comment", icon=":material/tune:"):
        _more(chosen, accounts, networks)
    parts = _thread()
    if chosen:
        with st.expander("Different on an account", icon=":material/alt_route:"):
            st.caption("Left empty, the account gets the text above.")
            for account in chosen:
                st.text_area(account_name(accounts[account]), height=90, key=f"w_text_{account}")
            st.session_state.w_assisted = [one for one in st.session_state.w_assisted if one in chosen]
            st.multiselect(
                "Posted by hand",
                chosen,
                format_func=lambda one: account_name(accounts[one]),
                key="w_assisted",
                help="Prepared for a person when it is time; they post it and say so.",
            )
    return _body(chosen, media, parts)


def account_name(account: Mapping[str, Any]) -> str:
    return f"{network_title(account['platform'])} · {account['name']}"


def _more(chosen: list[str], accounts: Mapping[str, dict[str, Any]], networks: Mapping[str, dict[str, Any]]) -> None:
    offered = formats([networks[accounts[one]["platform"]] for one in chosen])
    if st.session_state.w_format not in offered:
        st.session_state.w_format = None
    st.pills("Format", offered, format_func=str.capitalize, key="w_format", help="Without one, what the media say.")
    st.text_input("Title", key="w_title", help="For networks whose posts have one.")
    st.text_input("Link", key="w_link", placeholder="https://…")
    with st.container(horizontal=True):
        st.toggle("Track the link by UTM", key="w_utm")
        st.toggle("Short link that counts clicks", key="w_short", disabled=not st.session_state.w_utm)
    st.text_area("First comment", height=80, key="w_comment")
    api = session.api()
    campaigns = {one["id"]: one["name"] for one in api.get("/campaigns")["items"]}
    tags = [one["tag"] for one in api.get("/content/tags")]
    options = list(dict.fromkeys([*tags, *st.session_state.w_tags]))
    st.multiselect("Tags", options, key="w_tags", accept_new_options=True)
    if st.session_state.w_campaign not in campaigns:
        st.session_state.w_campaign = None
    st.selectbox(
        "Campaign", list(campaigns), index=None, format_func=campaigns.__getitem__, key="w_campaign", placeholder="None"
    )


def formats(networks: list[dict[str, Any]]) -> list[str]:
    """Those that at least one of the networks offers."""
    offered = {one["name"] for network in networks for one in network["capabilities"] if one["available"]}
    return [kind for kind in CHOSEN if kind in offered]


def _thread() -> list[dict[str, Any]]:
    """The further posts of a thread, each with its own media; one that is left empty is none."""
    if st.session_state.w_format == "thread":
        st.session_state.w_parts = max(st.session_state.w_parts, 1)
    parts = []
    for number in range(st.session_state.w_parts):
        with st.container(border=True):
            text = st.text_area(f"Post {number + 2} of the thread", height=120, key=f"w_part_{number}")
            parts.append({"text": text.strip(), "media": attached(f"part_{number}")})
    if parts:
        st.button("Add a post to the thread", icon=":material/add:", type="tertiary", on_click=_longer)
    return [part for part in parts if part["text"] or part["media"]]


def _longer() -> None:
    st.session_state.w_parts += 1


def _body(chosen: list[str], media: list[dict[str, Any]], parts: list[dict[str, Any]]) -> dict[str, Any]:
    state = st.session_state
    body: dict[str, Any] = {field: state[key].strip() or None for field, key in FIELDS.items()}
    return body | {
        "text": state.w_text,
        "account_ids": chosen,
        "media": media,
        "format": state.w_format,
        "parts": parts,
        "options": state.w_options,
        "tags": state.w_tags,
        "campaign_id": state.w_campaign,
        "tracking": {"short": state.w_short} if state.w_utm else None,
        "assisted": state.w_assisted,
        "variants": {account: variant for account in chosen if (variant := _variant(account))},
    }


def _variant(account: str) -> dict[str, Any]:
    """What is written otherwise there; what this form does not show stays as it is."""
    kept: dict[str, Any] = {
        name: value for name, value in st.session_state.w_variants.get(account, {}).items() if name != "text"
    }
    text = st.session_state.get(f"w_text_{account}", "").strip()
    return kept | ({"text": text} if text else {})
