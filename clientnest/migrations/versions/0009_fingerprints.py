"""A load remembers what was said, so that the same words the next time need no comparing."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("loads", sa.Column("fingerprint", sa.Text()), schema="app")


def downgrade() -> None:
    op.drop_column("loads", "fingerprint", schema="app")
