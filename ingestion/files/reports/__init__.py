"""The reports that are known, one module each."""

from ingestion.files.report import Report
from ingestion.files.reports import (
    facebook_insights_posts,
    facebook_posts_table,
    instagram_insights,
    youtube_trending,
)

REPORTS: tuple[Report, ...] = (
    facebook_insights_posts.REPORT,
    facebook_posts_table.REPORT,
    instagram_insights.REPORT,
    youtube_trending.REPORT,
)
