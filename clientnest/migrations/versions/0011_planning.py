"""Queue slots: the times of a week at which an account likes to post."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "queue_slots",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("local_time", sa.Time(timezone=False), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("weekday between 0 and 6", name=op.f("ck_queue_slots_weekday")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["app.accounts.id"], name=op.f("fk_queue_slots_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_queue_slots_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_slots")),
        sa.UniqueConstraint(
            "account_id",
            "weekday",
            "local_time",
            "zone",
            name=op.f("uq_queue_slots_account_id_weekday_local_time_zone"),
        ),
        schema="app",
    )
    op.create_index(op.f("ix_queue_slots_workspace_id"), "queue_slots", ["workspace_id"], schema="app")
    op.execute("select app.secure('app.queue_slots')")
    op.execute("grant select, insert, update, delete on app.queue_slots to nest_app, nest_system")


def downgrade() -> None:
    op.drop_table("queue_slots", schema="app")
