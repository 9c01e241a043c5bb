"""A workspace may bring its own app at a network; a consent knows which way to connect it goes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "registrations",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_secret", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_registrations_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "platform", name=op.f("pk_registrations")),
        schema="app",
    )
    op.execute("select app.secure('app.registrations')")
    op.execute("grant select, insert, update, delete on app.registrations to nest_app, nest_system")
    # Consents live ten minutes; one under way during the upgrade is started anew.
    op.execute("delete from app.oauth_states")
    op.add_column("oauth_states", sa.Column("login", sa.Text(), nullable=False), schema="app")


def downgrade() -> None:
    op.drop_column("oauth_states", "login", schema="app")
    op.drop_table("registrations", schema="app")
