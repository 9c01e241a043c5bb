"""The day's trending videos of one country, day after day: a video's lifetime counters as they grew."""

import re

from ingestion.files.report import Column, Report

_REGION = re.compile(r"^([A-Z]{2})videos", re.ASCII)


def _region(filename: str) -> str | None:
    """`GB` of `GBvideos.csv.gz`."""
    found = _REGION.match(filename)
    return found.group(1) if found else None


REPORT = Report(
    name="youtube_trending",
    platform="youtube",
    title="YouTube trending videos by day",
    columns=(
        Column("video_id", "external_id", required=True, pattern=r"[A-Za-z0-9_-]{11}"),
        Column("title", "title"),
        Column("channel_title", "channel_title", required=True),
        Column("category_id", "category_id", "BIGINT"),
        Column("tags", "tags"),
        Column("views", "views", "COUNT"),
        Column("likes", "likes", "COUNT"),
        Column("dislikes", "dislikes", "COUNT"),
        Column("comment_total", "comments", "COUNT"),
        Column("date", "as_of_date", "DAY_MONTH", required=True),
    ),
    identity=("external_id", "as_of_date", "region"),
    metrics=("views", "likes", "dislikes", "comments"),
    default_account="YouTube channel",
    account="channel_title",
    seen_on="as_of_date",
    region=_region,
    notes=(
        "Counters are a video's lifetime figures as seen on that day, at an unknown hour; "
        "when the video was published is unknown.",
    ),
)
