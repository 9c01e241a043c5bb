"""Media know their size and length, what came in, and what people call them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("source_sha256", sa.Text()),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("seconds", sa.Float()),
        sa.Column("codec", sa.Text()),
        sa.Column("has_audio", sa.Boolean()),
        sa.Column("thumbnail", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("name", sa.Text()),
        sa.Column("alt_text", sa.Text()),
        sa.Column("tags", sa.ARRAY(sa.Text()), nullable=False, server_default="{}"),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
    ]


def upgrade() -> None:
    for column in _columns():
        op.add_column("media", column, schema="app")
    # A video may be larger than 2 GiB.
    op.alter_column("media", "size", type_=sa.BigInteger(), schema="app")
    op.create_index("ix_media_source", "media", ["workspace_id", "source_sha256"], schema="app")


def downgrade() -> None:
    op.drop_index("ix_media_source", "media", schema="app")
    op.alter_column("media", "size", type_=sa.Integer(), schema="app")
    for column in reversed(_columns()):
        op.drop_column("media", column.name, schema="app")
