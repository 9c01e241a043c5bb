"""Calls for which no machine-readable document is published, each with the reason and what stands in for one.

A call that is neither in a document nor here is a fault of whoever asked for it.
"""

import re
from dataclasses import dataclass
from typing import Any

from tests.conformance.exchanges import Exchange


@dataclass(frozen=True)
class Unspecified:
    """`calls` is matched with the method, a space and the path."""

    network: str
    calls: re.Pattern[str]
    why: str


def _one(network: str, calls: str, why: str) -> Unspecified:
    return Unspecified(network, re.compile(calls), why)


_V = r"(/v\d+\.\d+)?"
_OAUTH = "sign-in is described in prose; authlib and the networks' own clients go through it (tests/foreign)"
UNSPECIFIED: tuple[Unspecified, ...] = (
    _one("linkedin", r".*", "LinkedIn publishes no document; vectors by hand, linkedin-api-client (tests/foreign)"),
    _one("tiktok", r".*", "TikTok publishes no document; vectors computed by hand from its pages"),
    _one("bluesky", r".*", "lexicons come with the atproto package, whose client checks answers (tests/foreign)"),
    _one("x", r"(GET|POST) (/i|/2)/oauth2/(authorize|token|revoke|invalidate_token)", _OAUTH),
    _one("x", r"POST /oauth2/token", _OAUTH),
    _one("facebook", rf"(GET|POST) {_V}/(dialog/oauth|oauth/access_token|oauth/revoke|debug_token)", _OAUTH),
    _one("instagram", rf"(GET|POST) {_V}/(oauth/authorize|oauth/access_token)", _OAUTH),
    _one("instagram", rf"GET {_V}/(access_token|refresh_access_token)", "its list names no path; the fields are there"),
    _one("facebook", rf"POST {_V}/?", "batches of the Graph are described in prose"),
    _one("facebook", rf"GET {_V}/?", "several nodes at once (`ids`) are described in prose"),
    _one("instagram", rf"GET {_V}/?", "several nodes at once (`ids`) are described in prose"),
    _one("facebook", rf"GET {_V}/ig_hashtag_search", "the lists name edges of nodes, and this has none"),
    _one("facebook", rf"POST {_V}/\d+/advideos", "Meta's own SDK calls the edge `videos` of a page by this name"),
    _one("facebook", rf"(GET|POST) {_V}/(video-upload|ig-api-upload)/.*", "upload hosts are described in prose"),
    _one("instagram", rf"(GET|POST) {_V}/ig-api-upload/.*", "upload hosts are described in prose"),
    _one("youtube", r"(GET|POST) /(o/oauth2/v2/auth|o/oauth2/auth|token|revoke|tokeninfo)", _OAUTH),
    _one("youtube", r"GET /(oauth2/v\d/)?(userinfo|tokeninfo)|GET /v\d/userinfo", _OAUTH),
    _one("youtube", r"PUT /(resumable/)?upload/.*", "the resumable protocol is described in prose"),
    _one("youtube", r"POST /batch(/.*)?", "a batch is multipart/mixed, described in prose"),
    _one("youtube", r"(GET|POST) /(hub|subscribe|feeds/.*|xml/.*)", "WebSub is a W3C recommendation in prose"),
)

# Kinds of nodes that Meta describes in prose and has no list of.
NODES: dict[str, Any] = {
    "IGContainer": {
        "apis": [{"method": "GET", "return": "IGContainer", "params": []}],
        "fields": [
            {"name": name, "type": kind}
            for name, kind in (("status", "string"), ("status_code", "string"), ("video_status", "map"))
        ],
    },
}
# Fields that the lists lack and Meta's pages describe: what `accounts` says of a page and
# `subscribed_apps` of an app.
BEYOND: dict[str, frozenset[str]] = {"Page": frozenset({"tasks"}), "Application": frozenset({"subscribed_fields"})}

# Fields that X's pages describe and its documents lack, by the schema or the field that holds them.
COUNTS: dict[str, tuple[str, ...]] = {
    "non_public_metrics": ("engagements", "impression_count", "url_link_clicks", "user_profile_clicks"),
    "organic_metrics": ("url_link_clicks", "user_profile_clicks"),
}
CREATED = "edit_history_tweet_ids"
# Problems of X that its pages describe and its documents lack, by the last segment of their type.
PROBLEMS = frozenset(
    "about:blank client-forbidden conflict rate-limit-exceeded unsupported-authentication usage-capped".split()
)


def reason(exchange: Exchange) -> str | None:
    """Why a call is in no document, if that is known."""
    call = f"{exchange.method} {exchange.path}"
    return next((one.why for one in UNSPECIFIED if one.network == exchange.network and one.calls.fullmatch(call)), None)
