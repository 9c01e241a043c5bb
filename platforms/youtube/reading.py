"""Asks YouTube about a channel, its videos, their days, their viewers and what people say under them."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from platforms.calls import batches
from platforms.errors import Rejected
from platforms.platform import Page, PostRef, Window
from platforms.windows import Reach, cut, dates
from platforms.youtube.client import ANALYTICS, PACIFIC, Client

IDS_PER_CALL = 50
VIDEOS_PER_REPORT = 200
# Viewers' groups below a threshold are withheld, so a short span would show nothing.
DEMOGRAPHIC_SPAN = timedelta(days=90)
DAILY = (
    "views",
    "engagedViews",
    "estimatedMinutesWatched",
    "averageViewDuration",
    "averageViewPercentage",
    "likes",
    "dislikes",
    "comments",
    "shares",
    "subscribersGained",
    "subscribersLost",
)
# Reports are of whole Pacific days. YouTube names no longest span: a year is what a table of days holds well.
_YEAR = timedelta(days=366)
REACHES = {
    "reports.query": Reach(longest=_YEAR, zone=PACIFIC),
    # One day's table of videos at a time.
    "reports.query by video": Reach(longest=timedelta(days=1), zone=PACIFIC),
}


async def accounts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The channel as it is now."""
    page, _ = await client.page("/youtube/v3/channels", {"part": "id,snippet,statistics", "id": client.account})
    yield page


async def competitors(client: Client, handles: Sequence[str]) -> AsyncIterator[Page]:
    """Public figures of channels by handle; a handle that nobody has gives an empty page."""
    for handle in handles:
        params = {"part": "id,snippet,statistics", "forHandle": f"@{handle.removeprefix('@')}"}
        page, _ = await client.page("/youtube/v3/channels", params, handle=handle)
        yield page


async def uploaded(client: Client, start: datetime, end: datetime) -> AsyncIterator[tuple[Page, dict[str, Any]]]:
    """The videos of a span, newest first; a page of the uploads list tells only their ids."""
    answer = await client.get("/youtube/v3/channels", {"part": "contentDetails", "id": client.account})
    channels = answer.json().get("items", [])
    if not channels:
        return
    playlist = channels[0]["contentDetails"]["relatedPlaylists"]["uploads"]
    params = {"part": "snippet,contentDetails", "playlistId": playlist, "maxResults": IDS_PER_CALL}
    try:
        async for _, body in client.pages("/youtube/v3/playlistItems", params):
            found = [(item["contentDetails"]["videoId"], _moment(item)) for item in body.get("items", [])]
            ids = [video for video, at in found if at is None or start <= at < end]
            if ids:
                yield await _videos(client, "snippet,contentDetails,status", ids)
            if found and all(at is not None and at < start for _, at in found):
                return
    except Rejected as error:
        # The list of a channel without a video does not exist.
        if error.evidence.get("reason") != "playlistNotFound":
            raise


def _moment(item: dict[str, Any]) -> datetime | None:
    """When a video of the list appeared; None while it is private."""
    published = item["contentDetails"].get("videoPublishedAt")
    return datetime.fromisoformat(published) if published else None


async def _videos(client: Client, part: str, ids: Iterable[str]) -> tuple[Page, dict[str, Any]]:
    return await client.page("/youtube/v3/videos", {"part": part, "id": ",".join(ids), "maxResults": IDS_PER_CALL})


async def posts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Own videos, wherever they were uploaded."""
    async for page, _ in uploaded(client, window.start, window.end):
        yield page


async def post_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Counters so far. A deleted video is absent."""
    for some in batches(posts, IDS_PER_CALL):
        ids = [post.external_id for post in some]
        page, _ = await _videos(client, "statistics", ids)
        yield page.answering(ids)


async def comments(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Threads that were begun in the window under any of the channel's videos, with their replies.

    YouTube has no list of new replies: one to an older thread is not seen.
    """
    params = {
        "part": "snippet,replies",
        "allThreadsRelatedToChannelId": client.account,
        "order": "time",
        "textFormat": "plainText",
        "maxResults": 100,
    }
    async for page, body in client.pages("/youtube/v3/commentThreads", params):
        yield page
        threads = body.get("items", [])
        for thread in threads:
            carried = len(thread.get("replies", {}).get("comments", []))
            if thread["snippet"].get("totalReplyCount", 0) > carried:
                asked = {"part": "snippet", "parentId": thread["id"], "textFormat": "plainText", "maxResults": 100}
                async for replies, _ in client.pages("/youtube/v3/comments", asked):
                    yield replies
        if threads and _begun(threads[-1]) < window.start:
            return


def _begun(thread: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(thread["snippet"]["topLevelComment"]["snippet"]["publishedAt"])


async def daily(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The figures of each video by Pacific day, from its first one. A day without figures is absent.

    YouTube has no table of days by videos. One of videos for a day holds 200 of them, so the last days of all videos
    cost a call each, however many videos there are.
    """
    if not posts:
        return
    born = min(post.published_at for post in posts)
    for span in cut(Window(max(window.start, born), window.end), REACHES["reports.query by video"], client.now):
        alive = [post.external_id for post in posts if post.published_at < span.end]
        first, last = dates(span, PACIFIC)
        for some in batches(alive, VIDEOS_PER_REPORT):
            params = {
                "startDate": first.isoformat(),
                "endDate": last.isoformat(),
                "dimensions": "video",
                "filters": f"video=={','.join(some)}",
                "sort": "-views",
                "maxResults": str(VIDEOS_PER_REPORT),
            }
            for page in await _figures(client, params, as_of_date=first.isoformat()):
                yield page


async def account_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The channel's figures by Pacific day."""
    for span in cut(window, REACHES["reports.query"], client.now):
        first, last = dates(span, PACIFIC)
        params = {"startDate": first.isoformat(), "endDate": last.isoformat(), "dimensions": "day", "sort": "day"}
        for page in await _figures(client, params):
            yield page


async def demographics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Who watched in the last months: countries by views, age groups and genders by share of viewers."""
    end = min(window.end, client.now)
    for span in cut(Window(end - DEMOGRAPHIC_SPAN, end), REACHES["reports.query"], client.now):
        first, last = (day.isoformat() for day in dates(span, PACIFIC))
        for dimension, metric in (
            ("country", "views"),
            ("ageGroup", "viewerPercentage"),
            ("gender", "viewerPercentage"),
        ):
            params = {"startDate": first, "endDate": last, "dimensions": dimension, "sort": f"-{metric}"}
            yield await _report(client, params, [metric], start_date=first, end_date=last)


async def _figures(client: Client, params: dict[str, str], **context: str | None) -> Sequence[Page]:
    """One table of all metrics that YouTube takes: the record of a day must not be torn in two."""

    async def ask(metrics: Sequence[str]) -> Page:
        # What a table is sorted by must be in it.
        sort = params["sort"].lstrip("-")
        kept = params if sort in (*metrics, params["dimensions"]) else {**params, "sort": f"-{metrics[0]}"}
        return await _report(client, kept, metrics, **context)

    pages = await client.parked.ask(DAILY, ask, _names_metric)
    return pages if len(pages) < 2 else await client.parked.ask(DAILY, ask, _names_metric)


def _names_metric(refusal: Rejected) -> bool:
    """Whether one of the metrics asked for may be why."""
    told = str(refusal)
    return refusal.evidence.get("status") == 400 and ("parameters.metrics" in told or "query is not supported" in told)


async def _report(client: Client, params: dict[str, str], metrics: Sequence[str], **context: str | None) -> Page:
    asked = {"ids": "channel==MINE", "metrics": ",".join(metrics), **params}
    page, _ = await client.page("/v2/reports", asked, host=ANALYTICS, **context)
    return page
