"""What the warehouse needs to be built by parts and asked about the past."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# One row for each post (`external_id`) and each account itself (an empty one) that `raw` holds anything about. A load
# counts `touches` up; modelling sets `modelled` to the count that it saw.
TOUCHED = """
create table raw.touched (
    workspace_id uuid not null references app.workspaces (id) on delete cascade,
    account_id uuid not null references app.accounts (id) on delete cascade,
    external_id text not null,
    touches bigint not null default 1,
    modelled bigint not null default 0,
    primary key (account_id, external_id)
);
create index ix_touched_unmodelled on raw.touched (account_id) where touches > modelled;
select app.secure('raw.touched');
alter table raw.touched owner to nest_system;
"""

# The marts as they were known at a past moment are views over `raw` in schemas of their own. What is asked about is a
# setting of the transaction: the networks' clock, and ours.
KNOWN = """
create schema known authorization nest_system;
create schema known_intermediate authorization nest_system;
create function app.known_at() returns timestamptz language sql stable
    return coalesce(nullif(current_setting('nest.known_at', true), '')::timestamptz, 'infinity');
create function app.recorded_at() returns timestamptz language sql stable
    return coalesce(nullif(current_setting('nest.recorded_at', true), '')::timestamptz, 'infinity');
grant usage on schema known, known_intermediate, staging, intermediate, scoring to nest_app;
grant select on scoring.post_scores to nest_app;
grant select on all tables in schema raw to nest_app;
"""


def upgrade() -> None:
    op.add_column("loads", sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True), schema="app")
    op.add_column("reports", sa.Column("known_at", sa.DateTime(timezone=True), nullable=True), schema="app")
    op.add_column("reports", sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True), schema="app")
    op.add_column(
        "reports", sa.Column("asked", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False), schema="app"
    )
    op.execute(TOUCHED)
    op.execute(KNOWN)


def downgrade() -> None:
    op.execute("drop table raw.touched")
    op.execute("drop schema known_intermediate cascade")
    op.execute("drop schema known cascade")
    op.execute("drop function app.recorded_at()")
    op.execute("drop function app.known_at()")
    for column in ("asked", "recorded_at", "known_at"):
        op.drop_column("reports", column, schema="app")
    op.drop_column("loads", "kept_at", schema="app")
