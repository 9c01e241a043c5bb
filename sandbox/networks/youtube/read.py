"""The read side of the Data API: channels, videos, categories, languages and regions, and what a channel did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from sandbox.networks.youtube import shapes
from sandbox.networks.youtube.buckets import NETWORK
from sandbox.networks.youtube.errors import bad, forbidden, incompatible, invalid, not_found, required
from sandbox.networks.youtube.gate import Call, inner
from sandbox.networks.youtube.listing import MOST, paged, shown, tagged, whole, with_etag
from sandbox.networks.youtube.metadata import CATEGORIES, known_parts
from sandbox.networks.youtube.sheets import Sheets
from sandbox.world import Account, Post

_LANGUAGES = {"en": "English", "de": "German", "nb": "Norwegian", "sv": "Swedish", "fr": "French", "es": "Spanish"}
_REGIONS = {"NO": "Norway", "DE": "Germany", "SE": "Sweden", "GB": "United Kingdom", "US": "United States"}


class Reader:
    """Answers about channels and videos; `sheets` knows what uploads said beyond the world."""

    def __init__(self, sheets: Sheets) -> None:
        self._sheets = sheets

    async def channels(self, call: Call) -> Response:
        """Channels: the own one, or by id, handle or user name."""
        parts, everyone = call.parts(), call.world.accounts(NETWORK)
        filters = [name for name in ("mine", "id", "forHandle", "forUsername") if call.asked(name)]
        if len(filters) != 1:
            raise incompatible(", ".join(filters)) if filters else required("forHandle, forUsername, id, mine")
        match filters[0]:
            case "mine":
                found = [call.account] if call.yes("mine") else []
            case "id":
                found = [account for account in everyone if account.external_id in call.listed("id")]
            case _:
                handle = (call.asked(filters[0]) or "").removeprefix("@").lower()
                found = [account for account in everyone if account.username.lower() == handle]
        kind = "youtube#channelListResponse"
        return paged(call, kind, found, lambda one: shapes.channel(call, one, parts))

    async def update_channel(self, call: Call) -> Response:
        """What a channel says about itself."""
        body, parts = await call.body(), call.parts()
        if body.get("id") != call.account.external_id:
            raise forbidden("The channel cannot be updated.", "youtube.channel")
        if "brandingSettings" not in parts:
            raise bad("channelRequired", "Only brandingSettings can be changed.", "youtube.channel")
        sent = inner(inner(body, "brandingSettings"), "channel")
        kept = {name: str(sent[name]) for name in ("description", "country", "keywords") if sent.get(name)}
        call.world.note(NETWORK, f"branding {call.account.external_id}", kept)
        return shown(call, with_etag(shapes.channel(call, call.account, parts)))

    async def videos(self, call: Call) -> Response:
        """Videos by id (those that are not there are left out), or by what the person thinks of them."""
        parts = known_parts(call.parts())
        filters = [name for name in ("id", "chart", "myRating") if call.asked(name)]
        if len(filters) != 1:
            raise incompatible(", ".join(filters)) if filters else required("chart, id, myRating")
        found = {"id": self._named, "chart": self._popular, "myRating": self._rated}[filters[0]](call)
        if filters == ["id"]:
            return whole(
                call, "youtube#videoListResponse", [shapes.video(call, self._sheets, post, parts) for post in found]
            )
        return paged(
            call, "youtube#videoListResponse", found, lambda post: shapes.video(call, self._sheets, post, parts)
        )

    async def stats(self, call: Call) -> Response:
        """Only the figures of videos by id."""
        parts = call.parts()
        if not call.listed("id"):
            raise required("id")
        items = [shapes.stat(call, self._sheets, post, parts) for post in self._named(call)]
        return whole(call, "youtube#batchGetStatsResponse", items, counted=False)

    async def rating(self, call: Call) -> Response:
        """What the person thinks of some videos."""
        items = [
            {"videoId": one, "rating": (call.world.noted(NETWORK, _rating(call, one)) or {}).get("rating", "none")}
            for one in call.listed("id")
        ]
        return tagged(call, {"kind": "youtube#videoGetRatingResponse", "items": items})

    async def rate(self, call: Call) -> Response:
        """Like a video, dislike it, or neither."""
        rating, video = call.asked("rating"), self.visible(call, call.asked("id") or "")
        if rating not in ("like", "dislike", "none"):
            raise bad("invalidRating", "The request contains an unexpected value for the rating parameter.")
        if video is None:
            raise not_found("video")
        call.world.note(NETWORK, _rating(call, video.external_id), {"rating": rating})
        return Response(status_code=204)

    async def activities(self, call: Call) -> Response:
        """What a channel did; here it only uploads."""
        parts, owner = call.parts(), call.account
        if not call.yes("mine"):
            wanted = call.asked("channelId")
            found = call.world.account(NETWORK, wanted or "")
            if found is None:
                raise required("channelId, mine") if wanted is None else bad("channelNotFound", "No such channel.")
            owner = found
        posts = [post for post in self._sheets.posts(owner.external_id) if self.listed(call, post)]
        return paged(call, "youtube#activityListResponse", posts, lambda post: self._activity(call, owner, post, parts))

    async def categories(self, call: Call) -> Response:
        """Where videos can be put."""
        call.parts()
        if not call.asked("id") and not call.asked("regionCode"):
            raise required("id, regionCode")
        wanted = call.listed("id") or list(CATEGORIES)
        items = [
            _named_thing("videoCategory", one, title=title, assignable=assignable, channelId="UCBR8-60-B28hp2BmDPdntcQ")
            for one, (title, assignable) in CATEGORIES.items()
            if one in wanted
        ]
        return whole(call, "youtube#videoCategoryListResponse", items, counted=False)

    async def languages(self, call: Call) -> Response:
        call.parts()
        items = [_named_thing("i18nLanguage", code, hl=code, name=name) for code, name in _LANGUAGES.items()]
        return whole(call, "youtube#i18nLanguageListResponse", items, counted=False)

    async def regions(self, call: Call) -> Response:
        call.parts()
        items = [_named_thing("i18nRegion", code, gl=code, name=name) for code, name in _REGIONS.items()]
        return whole(call, "youtube#i18nRegionListResponse", items, counted=False)

    def listed(self, call: Call, post: Post) -> bool:
        """Lists show what is public, and to the owner everything."""
        return post.account_id == call.account.external_id or self._sheets.of(post.external_id).privacy == "public"

    def visible(self, call: Call, video_id: str) -> Post | None:
        """A video that the person may watch."""
        post = self._sheets.post(video_id)
        if post is None or post.account_id == call.account.external_id:
            return post
        return post if self._sheets.of(video_id).privacy != "private" else None

    def _named(self, call: Call) -> list[Post]:
        wanted = call.listed("id")
        if len(wanted) > MOST:
            raise invalid("id", ",".join(wanted))
        posts = (self.visible(call, one) for one in dict.fromkeys(wanted))
        return [post for post in posts if post is not None]

    def _popular(self, call: Call) -> list[Post]:
        if call.asked("chart") != "mostPopular":
            raise invalid("chart", call.asked("chart") or "")
        posts = [post for one in call.world.accounts(NETWORK) for post in self._sheets.posts(one.external_id)]
        public = [post for post in posts if self._sheets.of(post.external_id).privacy == "public"]
        return sorted(public, key=lambda post: -self._sheets.counters(post)["views"])

    def _rated(self, call: Call) -> list[Post]:
        posts = [post for one in call.world.accounts(NETWORK) for post in self._sheets.posts(one.external_id)]
        wanted = {"rating": call.asked("myRating")}
        return [post for post in posts if call.world.noted(NETWORK, _rating(call, post.external_id)) == wanted]

    def _activity(self, call: Call, owner: Account, post: Post, parts: set[str]) -> dict[str, Any]:
        known: dict[str, Callable[[], dict[str, Any]]] = {
            "snippet": lambda: {
                "publishedAt": shapes.instant(post.created_at),
                "channelId": owner.external_id,
                "title": shapes.title(post, self._sheets.of(post.external_id)),
                "description": post.text,
                "thumbnails": shapes.video_thumbnails(call, post),
                "channelTitle": owner.name,
                "type": "upload",
            },
            "contentDetails": lambda: {"upload": {"videoId": post.external_id}},
        }
        shown = {name: show() for name, show in known.items() if name in parts}
        return {"kind": "youtube#activity", "id": f"act{post.external_id}"} | shown


def _rating(call: Call, video_id: str) -> str:
    return f"rating {call.account.external_id} {video_id}"


def _named_thing(kind: str, key: str, **snippet: Any) -> dict[str, Any]:
    return {"kind": f"youtube#{kind}", "id": key, "snippet": snippet}
