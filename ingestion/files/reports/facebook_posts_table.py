"""Posts of many Pages with reactions of each kind, comments and shares."""

from ingestion.files.report import Column, Report

REPORT = Report(
    name="facebook_posts_table",
    platform="facebook",
    title="Facebook posts of many Pages",
    columns=(
        Column("page", "page", required=True),
        Column("type", "kind", required=True),
        Column("published", "published_at", "TIMESTAMPTZ", required=True),
        Column("message", "text"),
        Column("link_name", "title"),
        Column("num_reactions", "reactions", "COUNT"),
        Column("num_comments", "comments", "COUNT"),
        Column("num_shares", "shares", "COUNT"),
        Column("num_likes", "likes", "COUNT"),
        Column("num_loves", "loves", "COUNT"),
        Column("num_wows", "wows", "COUNT"),
        Column("num_hahas", "hahas", "COUNT"),
        Column("num_sads", "sads", "COUNT"),
        Column("num_angrys", "angrys", "COUNT"),
    ),
    identity=("kind", "published_at", "text", "title"),
    metrics=("reactions", "likes", "comments", "shares"),
    default_account="Facebook Page",
    account="page",
    notes=("Times name no zone and are read as UTC.",),
)
