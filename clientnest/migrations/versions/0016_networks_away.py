"""Networks that are left alone for a while, told by the worker that found nobody there."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "networks_away",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["worker"], ["app.worker_heartbeats.name"], name=op.f("fk_networks_away_worker"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_networks_away_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_networks_away")),
        schema="app",
    )
    for column in ("worker", "workspace_id"):
        op.create_index(op.f(f"ix_networks_away_{column}"), "networks_away", [column], schema="app")
    op.execute("select app.secure('app.networks_away')")
    op.execute("grant select on app.networks_away to nest_app")
    op.execute("grant select, insert, update, delete on app.networks_away to nest_system")
    # What the installation's registrations meet is everybody's.
    op.execute("create policy of_all on app.networks_away for select to nest_app using (workspace_id is null)")


def downgrade() -> None:
    op.drop_table("networks_away", schema="app")
