"""Jobs of the queues beside publishing, and which queues stand still."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")
_WAITING = sa.text("state = 'waiting'")
_NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"


def upgrade() -> None:
    _jobs()
    _indexes()
    _pauses()
    for table in ("jobs", "queue_pauses"):
        op.execute(f"select app.secure('app.{table}')")
        op.execute(f"grant select, insert, update, delete on app.{table} to nest_app, nest_system")
    # A workspace is told that a queue stands still for everybody, and cannot change that.
    op.execute("create policy of_all on app.queue_pauses for select to nest_app using (workspace_id is null)")


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=True),
        sa.Column(
            "tenant", sa.Uuid(), sa.Computed(f"coalesce(workspace_id, {_NOBODY})", persisted=True), nullable=False
        ),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("queue", "kind")),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default="0", nullable=False)
            for name in ("attempt", "excused", "crashes")
        ),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('waiting', 'running', 'done', 'parked', 'cancelled')", name=op.f("ck_jobs_state")
        ),
        sa.CheckConstraint("octet_length(payload::text) <= 4096", name=op.f("ck_jobs_payload")),
        _reference("jobs", "workspace_id", "workspaces", "CASCADE"),
        _reference("jobs", "account_id", "accounts", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        schema="app",
    )


def _indexes() -> None:
    waiting: list[str | sa.TextClause] = ["tenant", sa.text("priority desc"), "run_at", "id"]
    op.create_index("ix_jobs_waiting", "jobs", waiting, schema="app", postgresql_where=_WAITING)
    op.create_index("ix_jobs_run_at", "jobs", ["run_at"], schema="app", postgresql_where=_WAITING)
    op.create_index(
        "ix_jobs_running", "jobs", ["leased_until"], schema="app", postgresql_where=sa.text("state = 'running'")
    )
    op.create_index(
        "ix_jobs_ended", "jobs", ["ended_at"], schema="app", postgresql_where=sa.text("ended_at is not null")
    )
    op.create_index("ix_jobs_listed", "jobs", ["workspace_id", "queue", "id"], schema="app")
    op.create_index(op.f("ix_jobs_account_id"), "jobs", ["account_id"], schema="app")
    op.create_index(
        "uq_jobs_key",
        "jobs",
        ["queue", "tenant", "key"],
        unique=True,
        schema="app",
        postgresql_where=sa.text("key is not null and state in ('waiting', 'running')"),
    )
    # Every job is written several times, and its dead rows stand in the way of the next claim.
    op.execute(
        "alter table app.jobs set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,"
        " autovacuum_vacuum_threshold = 500, autovacuum_analyze_scale_factor = 0.05)"
    )


def _pauses() -> None:
    op.create_table(
        "queue_pauses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("paused_by", sa.Uuid(), nullable=True),
        _reference("queue_pauses", "workspace_id", "workspaces", "CASCADE"),
        _reference("queue_pauses", "paused_by", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_pauses")),
        schema="app",
    )
    op.create_index(
        "uq_queue_pauses_queue",
        "queue_pauses",
        ["queue", "workspace_id"],
        unique=True,
        schema="app",
        postgresql_nulls_not_distinct=True,
    )
    op.create_index(op.f("ix_queue_pauses_workspace_id"), "queue_pauses", ["workspace_id"], schema="app")


def _reference(table: str, column: str, to: str, on_delete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"app.{to}.id"], name=name, ondelete=on_delete)


def downgrade() -> None:
    op.drop_table("queue_pauses", schema="app")
    op.drop_table("jobs", schema="app")
