"""What reading costs and what a network refuses; whom to watch; what networks tell by themselves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_STATUS = "ck_loads_status"
_OF_WORKSPACES = ("post_readings", "parked_metrics", "competitors")


def upgrade() -> None:
    op.drop_constraint(_STATUS, "loads", schema="app")
    op.create_check_constraint(
        op.f(_STATUS), "loads", "status in ('running', 'done', 'failed', 'not_granted')", schema="app"
    )
    op.add_column("loads", sa.Column("cost", JSONB(), server_default=sa.text("'{}'"), nullable=False), schema="app")
    op.add_column("loads", sa.Column("posts", sa.Integer(), server_default=sa.text("0"), nullable=False), schema="app")
    op.add_column("loads", sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True), schema="app")
    _of_account("post_readings", "external_id", sa.Column("read_at", sa.DateTime(timezone=True), nullable=False))
    _of_account(
        "parked_metrics",
        "metric",
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    _competitors()
    for table in _OF_WORKSPACES:
        op.create_index(op.f(f"ix_{table}_workspace_id"), table, ["workspace_id"], schema="app")
        op.execute(f"select app.secure('app.{table}')")
        op.execute(f"grant select, insert, update, delete on app.{table} to nest_app, nest_system")
    _inbound_events()


def _of_account(name: str, key: str, *columns: sa.Column[object]) -> None:
    """A table of things that are known by account, resource and a name of their own."""
    op.create_table(
        name,
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column(key, sa.Text(), nullable=False),
        *columns,
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["app.accounts.id"], name=op.f(f"fk_{name}_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f(f"fk_{name}_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "resource", key, name=op.f(f"pk_{name}")),
        schema="app",
    )


def _competitors() -> None:
    op.create_table(
        "competitors",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_competitors_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competitors")),
        sa.UniqueConstraint(
            "workspace_id", "platform", "handle", name=op.f("uq_competitors_workspace_id_platform_handle")
        ),
        schema="app",
    )


def _inbound_events() -> None:
    op.create_table(
        "inbound_events",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("signed_for", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_external_id", sa.Text(), nullable=True),
        sa.Column("subject_external_id", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_events")),
        sa.UniqueConstraint(
            "platform",
            "event_id",
            "signed_for",
            name=op.f("uq_inbound_events_platform_event_id_signed_for"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.ForeignKeyConstraint(
            ["signed_for"], ["app.workspaces.id"], name=op.f("fk_inbound_events_signed_for"), ondelete="CASCADE"
        ),
        schema="app",
    )
    op.create_index(
        "ix_inbound_events_account", "inbound_events", ["platform", "account_external_id", "received_at"], schema="app"
    )
    op.create_index(op.f("ix_inbound_events_received_at"), "inbound_events", ["received_at"], schema="app")
    # They name accounts of every workspace, so that no workspace may look.
    op.execute("alter table app.inbound_events enable row level security")
    op.execute("alter table app.inbound_events force row level security")
    op.execute("create policy of_system on app.inbound_events to nest_system using (true) with check (true)")
    op.execute("grant select, insert, delete on app.inbound_events to nest_system")


def downgrade() -> None:
    for table in (*_OF_WORKSPACES, "inbound_events"):
        op.drop_table(table, schema="app")
    for column in ("cost", "posts", "retry_at"):
        op.drop_column("loads", column, schema="app")
    op.execute("delete from app.loads where status = 'not_granted'")
    op.drop_constraint(_STATUS, "loads", schema="app")
    op.create_check_constraint(op.f(_STATUS), "loads", "status in ('running', 'done', 'failed')", schema="app")
