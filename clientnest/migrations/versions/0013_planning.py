"""Wishes of drafts, templates, recurring posts and the lines of uploaded plans."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")
_TABLES = ("wishes", "bulk_lines", "templates", "recurrences", "occurrences")


def upgrade() -> None:
    _wishes()
    _bulk_lines()
    _templates()
    _recurrences()
    _occurrences()
    for table in _TABLES:
        if table != "bulk_lines":  # whose key begins with it
            op.create_index(op.f(f"ix_{table}_workspace_id"), table, ["workspace_id"], schema="app")
        op.execute(f"select app.secure('app.{table}')")
        op.execute(f"grant select, insert, update, delete on app.{table} to nest_app, nest_system")


def _wishes() -> None:
    op.create_table(
        "wishes",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("local", sa.DateTime(timezone=False), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        *_of_workspace("wishes"),
        _of_post("wishes", "CASCADE"),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_wishes")),
        schema="app",
    )
    op.create_index("ix_wishes_calendar", "wishes", ["workspace_id", "at"], schema="app")


def _bulk_lines() -> None:
    op.create_table(
        "bulk_lines",
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        *_of_workspace("bulk_lines"),
        _of_post("bulk_lines", "SET NULL"),
        sa.PrimaryKeyConstraint("workspace_id", "file_sha256", "line", name=op.f("pk_bulk_lines")),
        schema="app",
    )
    op.create_index(op.f("ix_bulk_lines_post_id"), "bulk_lines", ["post_id"], schema="app")


def _templates() -> None:
    op.create_table(
        "templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("first_comment", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("options", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        *_of_workspace("templates"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_templates")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_templates_workspace_id_name")),
        schema="app",
    )


def _recurrences() -> None:
    op.create_table(
        "recurrences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=False), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("draft", postgresql.JSONB(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        *_of_workspace("recurrences"),
        sa.CheckConstraint("status in ('active', 'paused', 'ended')", name=op.f("ck_recurrences_status")),
        sa.ForeignKeyConstraint(["author_id"], ["app.users.id"], name=op.f("fk_recurrences_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurrences")),
        schema="app",
    )
    op.create_index(
        "ix_recurrences_active",
        "recurrences",
        ["id"],
        schema="app",
        postgresql_where=sa.text("status = 'active'"),
    )


def _occurrences() -> None:
    op.create_table(
        "occurrences",
        sa.Column("recurrence_id", sa.Uuid(), nullable=False),
        sa.Column("local", sa.DateTime(timezone=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        *_of_workspace("occurrences"),
        _of_post("occurrences", "SET NULL"),
        sa.ForeignKeyConstraint(
            ["recurrence_id"], ["app.recurrences.id"], name=op.f("fk_occurrences_recurrence_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("recurrence_id", "local", name=op.f("pk_occurrences")),
        schema="app",
    )
    op.create_index(op.f("ix_occurrences_post_id"), "occurrences", ["post_id"], schema="app")


def _of_workspace(table: str) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(
        ["workspace_id"], ["app.workspaces.id"], name=op.f(f"fk_{table}_workspace_id"), ondelete="CASCADE"
    )
    return sa.Column("workspace_id", sa.Uuid(), nullable=False), key


def _of_post(table: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["post_id"], ["app.posts.id"], name=op.f(f"fk_{table}_post_id"), ondelete=ondelete)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table, schema="app")
