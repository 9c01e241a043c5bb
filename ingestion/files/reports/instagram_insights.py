"""Posts of one professional account with where their impressions came from."""

from ingestion.files.report import Column, Report

REPORT = Report(
    name="instagram_insights",
    platform="instagram",
    title="Instagram Insights, posts",
    columns=(
        Column("Impressions", "impressions", "COUNT"),
        Column("From Home", "impressions_from_home", "COUNT"),
        Column("From Hashtags", "impressions_from_hashtags", "COUNT"),
        Column("From Explore", "impressions_from_explore", "COUNT"),
        Column("From Other", "impressions_from_other", "COUNT"),
        Column("Saves", "saves", "COUNT"),
        Column("Comments", "comments", "COUNT"),
        Column("Shares", "shares", "COUNT"),
        Column("Likes", "likes", "COUNT"),
        Column("Profile Visits", "profile_visits", "COUNT"),
        Column("Follows", "follows", "COUNT"),
        Column("Caption", "text"),
        Column("Hashtags", "hashtags"),
    ),
    identity=("text", "hashtags"),
    metrics=("impressions", "likes", "comments", "shares", "saves"),
    default_account="Instagram export",
    notes=("The report gives no date and no kind of a post: both stay unknown.",),
)
