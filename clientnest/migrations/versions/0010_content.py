"""Posts of every kind, drafts with variants per account, the moment as it was meant, and reviews."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_STATUSES = "'scheduled', 'publishing', 'published', 'failed', 'needs_person', 'cancelled'"
_LIST = sa.text("'[]'")
_OBJECT = sa.text("'{}'")


def upgrade() -> None:
    _posts()
    _publications()
    _reviews()
    op.add_column("workspaces", sa.Column("approval", sa.Text(), server_default="none", nullable=False), schema="app")
    op.create_check_constraint(
        "ck_workspaces_approval", "workspaces", "approval in ('none', 'internal', 'client')", schema="app"
    )


def _posts() -> None:
    for column in (
        sa.Column("media", postgresql.JSONB(), server_default=_LIST, nullable=False),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("parts", postgresql.JSONB(), server_default=_LIST, nullable=False),
        sa.Column("options", postgresql.JSONB(), server_default=_OBJECT, nullable=False),
        sa.Column("first_comment", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("stage", sa.Text(), server_default="approved", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    ):
        op.add_column("posts", column, schema="app")
    op.execute(
        """
        update app.posts set media = jsonb_build_array(jsonb_build_object('media_id', media_id, 'alt_text', null))
        where media_id is not null
        """
    )
    op.drop_column("posts", "media_id", schema="app")
    op.create_check_constraint("ck_posts_stage", "posts", "stage in ('draft', 'in_review', 'approved')", schema="app")
    op.create_index("ix_posts_library", "posts", ["workspace_id", "created_at", "id"], schema="app")


def _publications() -> None:
    for column in (
        sa.Column("variant", postgresql.JSONB(), server_default=_OBJECT, nullable=False),
        sa.Column("scheduled_local", sa.DateTime(timezone=False), nullable=True),
        sa.Column("assisted", sa.Boolean(), server_default=sa.false(), nullable=False),
    ):
        op.add_column("publications", column, schema="app")
    for moment in ("scheduled_at", "due_at"):
        op.alter_column("publications", moment, nullable=True, schema="app")
    op.drop_constraint("ck_publications_status", "publications", schema="app")
    op.create_check_constraint(
        "ck_publications_status", "publications", f"status in ('draft', {_STATUSES})", schema="app"
    )
    op.create_check_constraint(
        "ck_publications_moment",
        "publications",
        "status in ('draft', 'cancelled') or (scheduled_at is not null and due_at is not null)",
        schema="app",
    )
    op.create_index("ix_publications_calendar", "publications", ["workspace_id", "scheduled_at"], schema="app")


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "action in ('submitted', 'approved', 'returned', 'commented', 'withdrawn', 'edited')",
            name=op.f("ck_reviews_action"),
        ),
        sa.CheckConstraint("side in ('internal', 'client')", name=op.f("ck_reviews_side")),
        sa.ForeignKeyConstraint(["post_id"], ["app.posts.id"], name=op.f("fk_reviews_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["app.users.id"], name=op.f("fk_reviews_person_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_reviews_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        schema="app",
    )
    op.create_index(op.f("ix_reviews_post_id"), "reviews", ["post_id"], schema="app")
    op.create_index(op.f("ix_reviews_workspace_id"), "reviews", ["workspace_id"], schema="app")
    op.execute("select app.secure('app.reviews')")
    op.execute("grant select, insert, update, delete on app.reviews to nest_app, nest_system")


def downgrade() -> None:
    op.drop_column("workspaces", "approval", schema="app")
    op.drop_table("reviews", schema="app")
    op.drop_index("ix_publications_calendar", "publications", schema="app")
    op.drop_constraint("ck_publications_moment", "publications", schema="app")
    op.execute("delete from app.publications where scheduled_at is null or due_at is null")
    op.drop_constraint("ck_publications_status", "publications", schema="app")
    op.create_check_constraint("ck_publications_status", "publications", f"status in ({_STATUSES})", schema="app")
    for moment in ("scheduled_at", "due_at"):
        op.alter_column("publications", moment, nullable=False, schema="app")
    for column in ("assisted", "scheduled_local", "variant"):
        op.drop_column("publications", column, schema="app")
    op.drop_index("ix_posts_library", "posts", schema="app")
    op.add_column("posts", sa.Column("media_id", sa.Uuid(), nullable=True), schema="app")
    op.execute("update app.posts set media_id = (media->0->>'media_id')::uuid")
    for column in ("updated_at", "stage", "tags", "first_comment", "options", "parts", "format", "media"):
        op.drop_column("posts", column, schema="app")
