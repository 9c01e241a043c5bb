"""What the worker asks of the ledger at every claim and at every end has an index."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_publications_live",
        "publications",
        ["account_id", "external_id"],
        schema="app",
        postgresql_where=sa.text("external_id is not null"),
    )
    op.create_index(
        "ix_attempts_open", "attempts", ["publication_id"], schema="app", postgresql_where=sa.text("outcome is null")
    )


def downgrade() -> None:
    op.drop_index("ix_attempts_open", "attempts", schema="app")
    op.drop_index("ix_publications_live", "publications", schema="app")
