"""What stands in a post is kept with its link; a workspace's visitors are digested with a key of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing wrote links before.
    op.add_column("links", sa.Column("address", sa.Text(), nullable=False), schema="app")
    op.create_table(
        "visitor_keys",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_visitor_keys_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_visitor_keys")),
        schema="app",
    )
    op.execute("select app.secure('app.visitor_keys')")
    op.execute("grant select, insert on app.visitor_keys to nest_app, nest_system")


def downgrade() -> None:
    op.drop_table("visitor_keys", schema="app")
    op.drop_column("links", "address", schema="app")
