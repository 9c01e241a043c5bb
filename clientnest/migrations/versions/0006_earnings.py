"""What posts cost and what they earned."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OF_WORKSPACES = ("campaigns", "conversion_sources", "trials", "conversions", "costs", "visits", "links", "link_clicks")


def upgrade() -> None:
    op.create_table(
        "click_salts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_click_salts")),
        schema="app",
    )
    op.create_table(
        "exchange_rates",
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("per_euro", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("currency", "day", name=op.f("pk_exchange_rates")),
        schema="app",
    )
    op.create_table(
        "campaigns",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("budget", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_campaigns_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_campaigns_workspace_id_name")),
        schema="app",
    )
    op.create_index(op.f("ix_campaigns_workspace_id"), "campaigns", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "conversion_sources",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("is_enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("last_received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind in ('webhook', 'stripe', 'paypal', 'server', 'csv')", name=op.f("ck_conversion_sources_kind")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_conversion_sources_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion_sources")),
        schema="app",
    )
    op.create_index(
        op.f("ix_conversion_sources_workspace_id"), "conversion_sources", ["workspace_id"], unique=False, schema="app"
    )
    op.create_table(
        "trials",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("control", sa.Text(), nullable=False),
        sa.Column("arms", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("outcomes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("lake_path", sa.Text(), nullable=False),
        sa.Column("result", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_trials_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
        schema="app",
    )
    op.create_index(op.f("ix_trials_workspace_id"), "trials", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "conversions",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("visitor", sa.Text(), nullable=True),
        sa.Column("click_id", sa.Uuid(), nullable=True),
        sa.Column("utm_source", sa.Text(), nullable=True),
        sa.Column("utm_medium", sa.Text(), nullable=True),
        sa.Column("utm_campaign", sa.Text(), nullable=True),
        sa.Column("utm_content", sa.Text(), nullable=True),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(amount is null) = (currency is null)", name=op.f("ck_conversions_currency")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["app.conversion_sources.id"], name=op.f("fk_conversions_source_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_conversions_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversions")),
        sa.UniqueConstraint(
            "workspace_id", "source_id", "event_id", name=op.f("uq_conversions_workspace_id_source_id_event_id")
        ),
        schema="app",
    )
    op.create_index(
        "ix_conversions_occurred_at", "conversions", ["workspace_id", "occurred_at"], unique=False, schema="app"
    )
    op.create_index(op.f("ix_conversions_workspace_id"), "conversions", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "costs",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=9, scale=2), nullable=True),
        sa.Column("hourly_rate", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("incurred_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("post_external_id", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("external_key", sa.Text(), nullable=True),
        sa.Column("impressions", sa.Integer(), nullable=True),
        sa.Column("clicks", sa.Integer(), nullable=True),
        sa.Column("conversions", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('production', 'boost', 'ads', 'tools', 'other')", name=op.f("ck_costs_kind")),
        sa.CheckConstraint("(account_id is null) = (post_external_id is null)", name=op.f("ck_costs_post")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["app.accounts.id"], name=op.f("fk_costs_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["app.campaigns.id"], name=op.f("fk_costs_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_costs_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_costs")),
        sa.UniqueConstraint("workspace_id", "external_key", name=op.f("uq_costs_workspace_id_external_key")),
        schema="app",
    )
    op.create_index(op.f("ix_costs_campaign_id"), "costs", ["campaign_id"], unique=False, schema="app")
    op.create_index("ix_costs_incurred_on", "costs", ["workspace_id", "incurred_on"], unique=False, schema="app")
    op.create_index(op.f("ix_costs_workspace_id"), "costs", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "visits",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("click_id", sa.Uuid(), nullable=True),
        sa.Column("utm_source", sa.Text(), nullable=True),
        sa.Column("utm_medium", sa.Text(), nullable=True),
        sa.Column("utm_campaign", sa.Text(), nullable=True),
        sa.Column("utm_content", sa.Text(), nullable=True),
        sa.Column("landing_path", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["app.conversion_sources.id"], name=op.f("fk_visits_source_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_visits_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("workspace_id", "event_id", name=op.f("uq_visits_workspace_id_event_id")),
        schema="app",
    )
    op.create_index(
        "ix_visits_visitor", "visits", ["workspace_id", "visitor", "visited_at"], unique=False, schema="app"
    )
    op.create_index(op.f("ix_visits_workspace_id"), "visits", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "links",
        sa.Column("slug", sa.Text(), nullable=True),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("publication_id", sa.Uuid(), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["app.campaigns.id"], name=op.f("fk_links_campaign_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["app.publications.id"], name=op.f("fk_links_publication_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_links_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("slug", name=op.f("uq_links_slug")),
        schema="app",
    )
    op.create_index(op.f("ix_links_campaign_id"), "links", ["campaign_id"], unique=False, schema="app")
    op.create_index(op.f("ix_links_publication_id"), "links", ["publication_id"], unique=False, schema="app")
    op.create_index(op.f("ix_links_workspace_id"), "links", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "link_clicks",
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("clicked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("bot", sa.Text(), nullable=True),
        sa.Column("referrer_host", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["app.links.id"], name=op.f("fk_link_clicks_link_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_link_clicks_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_clicks")),
        schema="app",
    )
    op.create_index("ix_link_clicks_link", "link_clicks", ["link_id", "clicked_at"], unique=False, schema="app")
    op.create_index(op.f("ix_link_clicks_workspace_id"), "link_clicks", ["workspace_id"], unique=False, schema="app")
    op.add_column("posts", sa.Column("campaign_id", sa.Uuid(), nullable=True), schema="app")
    op.add_column("posts", sa.Column("tracking", postgresql.JSONB(), nullable=True), schema="app")
    op.create_index(op.f("ix_posts_campaign_id"), "posts", ["campaign_id"], unique=False, schema="app")
    op.create_foreign_key(
        op.f("fk_posts_campaign_id"),
        "posts",
        "campaigns",
        ["campaign_id"],
        ["id"],
        source_schema="app",
        referent_schema="app",
        ondelete="SET NULL",
    )
    op.add_column(
        "workspaces", sa.Column("currency", sa.Text(), server_default=sa.text("'EUR'"), nullable=False), schema="app"
    )
    op.add_column(
        "workspaces",
        sa.Column("attribution_days", sa.Integer(), server_default=sa.text("30"), nullable=False),
        schema="app",
    )
    op.add_column(
        "workspaces",
        sa.Column("attribution_half_life_days", sa.Integer(), server_default=sa.text("7"), nullable=False),
        schema="app",
    )
    for table in OF_WORKSPACES:
        op.execute(f"select app.secure('app.{table}')")
        op.execute(f"grant select, insert, update, delete on app.{table} to nest_app, nest_system")
    # Of no workspace: the day's salt is for the system alone, and rates are the same for everybody.
    op.execute("grant select, insert, update, delete on app.click_salts, app.exchange_rates to nest_system")
    op.execute("grant select on app.exchange_rates to nest_app")


def downgrade() -> None:
    op.drop_constraint("fk_posts_campaign_id", "posts", schema="app")
    op.drop_column("posts", "tracking", schema="app")
    op.drop_column("posts", "campaign_id", schema="app")
    for column in ("attribution_half_life_days", "attribution_days", "currency"):
        op.drop_column("workspaces", column, schema="app")
    for table in reversed((*OF_WORKSPACES, "exchange_rates", "click_salts")):
        op.execute(f"drop table app.{table} cascade")
