"""Posts of one Page with their lifetime figures, cut down to month, weekday and hour (UCI 368)."""

from ingestion.files.report import Column, Report

REPORT = Report(
    name="facebook_insights_posts",
    platform="facebook",
    title="Facebook Page Insights, posts",
    columns=(
        Column("row_id", "row_id", "BIGINT", optional=True),
        Column("Type", "kind", required=True),
        Column("Category", "category", "BIGINT"),
        Column("Post Month", "post_month", "COUNT"),
        Column("Post Weekday", "post_weekday", "COUNT"),
        Column("Post Hour", "post_hour", "COUNT"),
        Column("Paid", "paid", "BOOLEAN"),
        Column("Page total likes", "page_likes", "COUNT"),
        Column("Lifetime Post Total Reach", "reach", "COUNT"),
        Column("Lifetime Post Total Impressions", "impressions", "COUNT"),
        Column("Lifetime Engaged Users", "engaged_users", "COUNT"),
        Column("Lifetime Post Consumers", "consumers", "COUNT"),
        Column("Lifetime Post Consumptions", "consumptions", "COUNT"),
        Column("Lifetime Post Impressions by people who have liked your Page", "impressions_by_fans", "COUNT"),
        Column("Lifetime Post reach by people who like your Page", "reach_by_fans", "COUNT"),
        Column("Lifetime People who have liked your Page and engaged with your post", "engaged_fans", "COUNT"),
        Column("comment", "comments", "COUNT"),
        Column("like", "likes", "COUNT"),
        Column("share", "shares", "COUNT"),
        Column("Total Interactions", "total_interactions", "COUNT"),
    ),
    # The row's number is the file's, not the network's: two exports may both have a row 1.
    identity=(
        "row_id",
        "kind",
        "category",
        "post_month",
        "post_weekday",
        "post_hour",
        "paid",
        "page_likes",
    ),
    metrics=("impressions", "reach", "likes", "comments", "shares", "consumptions"),
    default_account="Facebook Page export",
    notes=("The report gives month, weekday and hour of a post but no date: when it was published stays unknown.",),
)
