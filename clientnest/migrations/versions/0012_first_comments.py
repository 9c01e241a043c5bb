"""The comment that follows a post."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "first_comments",
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status in ('waiting', 'sending', 'posted', 'failed', 'needs_person')",
            name=op.f("ck_first_comments_status"),
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["app.publications.id"],
            name=op.f("fk_first_comments_publication_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_first_comments_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_first_comments")),
        schema="app",
    )
    op.create_index(op.f("ix_first_comments_workspace_id"), "first_comments", ["workspace_id"], schema="app")
    op.create_index(
        "ix_first_comments_open",
        "first_comments",
        ["due_at"],
        schema="app",
        postgresql_where=sa.text("status in ('waiting', 'sending')"),
    )
    op.execute("select app.secure('app.first_comments')")
    op.execute("grant select, insert, update, delete on app.first_comments to nest_app, nest_system")


def downgrade() -> None:
    op.drop_table("first_comments", schema="app")
