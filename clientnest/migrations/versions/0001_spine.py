"""The spine: operational tables, two roles, forced row-level security, and the warehouse's schemas."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


ROLES = """
do $$
declare role_name text;
begin
    foreach role_name in array array['nest_app', 'nest_system'] loop
        if not exists (select from pg_roles where rolname = role_name) then
            begin
                execute format('create role %I nologin nobypassrls', role_name);
            exception when duplicate_object or unique_violation then
                raise notice 'role % was made by another start', role_name;
            end;
        end if;
        execute format('grant %I to current_user', role_name);
    end loop;
end $$
"""

FUNCTIONS = """
create function app.current_workspace() returns uuid language sql stable
    return nullif(current_setting('nest.workspace_id', true), '')::uuid;

create function app.current_member() returns uuid language sql stable
    return nullif(current_setting('nest.user_id', true), '')::uuid;

-- Put a table with a workspace_id under forced row-level security; safe to repeat.
create function app.secure(target regclass) returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('drop policy if exists of_workspace on %s', target);
    execute format('drop policy if exists of_system on %s', target);
    execute format(
        'create policy of_workspace on %s to nest_app using (workspace_id = (select app.current_workspace())) '
        'with check (workspace_id = (select app.current_workspace()))', target);
    execute format('create policy of_system on %s to nest_system using (true) with check (true)', target);
end $$;
"""

WORKSPACE_TABLES = (
    "accounts",
    "events",
    "file_imports",
    "media",
    "memberships",
    "oauth_states",
    "reports",
    "account_tokens",
    "loads",
    "posts",
    "publications",
    "attempts",
)

# A person reads their own memberships, and the workspaces and organizations that these lead to, before a
# workspace is chosen. Users are looked up by address before anybody is known.
PEOPLE = """
create policy of_member on app.memberships for select to nest_app
    using (user_id = (select app.current_member()));

alter table app.workspaces enable row level security;
alter table app.workspaces force row level security;
create policy of_workspace on app.workspaces to nest_app
    using (id = (select app.current_workspace())) with check (id = (select app.current_workspace()));
create policy of_member on app.workspaces for select to nest_app
    using (id in (select workspace_id from app.memberships where user_id = (select app.current_member())));
create policy of_system on app.workspaces to nest_system using (true) with check (true);

alter table app.organizations enable row level security;
alter table app.organizations force row level security;
create policy of_workspace on app.organizations for select to nest_app
    using (id in (select organization_id from app.workspaces));
create policy founded on app.organizations for insert to nest_app with check (true);
create policy of_system on app.organizations to nest_system using (true) with check (true);
"""

WAREHOUSE = """
create schema raw authorization nest_system;
create schema staging authorization nest_system;
create schema intermediate authorization nest_system;
create schema marts authorization nest_system;
create schema scoring authorization nest_system;
create schema dagster;

create table raw.quarantine (
    id bigint generated always as identity primary key,
    workspace_id uuid not null references app.workspaces (id) on delete cascade,
    account_id uuid references app.accounts (id) on delete cascade,
    source text not null,
    load_id uuid not null,
    lake_path text not null,
    lake_page int not null,
    lake_record int not null,
    reason text not null,
    record text not null,
    quarantined_at timestamptz not null default now()
);
create index ix_quarantine_workspace_id_quarantined_at on raw.quarantine (workspace_id, quarantined_at desc);
select app.secure('raw.quarantine');
alter table raw.quarantine owner to nest_system;
grant select on raw.quarantine to nest_app;

create table scoring.post_scores (
    workspace_id uuid not null references app.workspaces (id) on delete cascade,
    post_key text not null,
    account_id uuid not null references app.accounts (id) on delete cascade,
    score double precision not null check (score between 0 and 100),
    basis text not null,
    n int not null,
    median double precision,
    scored_at timestamptz not null,
    primary key (workspace_id, post_key)
);
select app.secure('scoring.post_scores');
alter table scoring.post_scores owner to nest_system;

grant usage on schema app, raw, marts to nest_app;
grant usage on schema app to nest_system;
grant select, insert, update, delete on all tables in schema app to nest_app, nest_system;
revoke all on app.alembic_version from nest_app, nest_system;
grant select on app.alembic_version to nest_app, nest_system;
"""


def upgrade() -> None:
    op.execute(ROLES)
    op.execute(FUNCTIONS)
    op.create_table(
        "organizations",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        schema="app",
    )
    op.create_table(
        "users",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        schema="app",
    )
    op.create_table(
        "worker_heartbeats",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker_heartbeats")),
        schema="app",
    )
    op.create_table(
        "workspaces",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["app.organizations.id"], name=op.f("fk_workspaces_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
        schema="app",
    )
    op.create_table(
        "accounts",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("picture_url", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("source in ('api', 'file')", name=op.f("ck_accounts_source")),
        sa.CheckConstraint(
            "status in ('connected', 'reconnect_needed', 'disconnected', 'imported')", name=op.f("ck_accounts_status")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_accounts_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint(
            "workspace_id", "platform", "external_id", name=op.f("uq_accounts_workspace_id_platform_external_id")
        ),
        schema="app",
    )
    op.create_index(op.f("ix_accounts_workspace_id"), "accounts", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_events_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        schema="app",
    )
    op.create_index(op.f("ix_events_occurred_at"), "events", ["occurred_at"], unique=False, schema="app")
    op.create_index(op.f("ix_events_workspace_id"), "events", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "file_imports",
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("understood", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("lake_path", sa.Text(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_file_imports_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_imports")),
        sa.UniqueConstraint(
            "workspace_id", "sha256", "report", name=op.f("uq_file_imports_workspace_id_sha256_report")
        ),
        schema="app",
    )
    op.create_index(op.f("ix_file_imports_workspace_id"), "file_imports", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "media",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_media_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("workspace_id", "sha256", name=op.f("uq_media_workspace_id_sha256")),
        schema="app",
    )
    op.create_index(op.f("ix_media_workspace_id"), "media", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "memberships",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "role in ('owner', 'admin', 'manager', 'editor', 'analyst', 'client')", name=op.f("ck_memberships_role")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app.users.id"], name=op.f("fk_memberships_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_memberships_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("workspace_id", "user_id", name=op.f("uq_memberships_workspace_id_user_id")),
        schema="app",
    )
    op.create_index(op.f("ix_memberships_user_id"), "memberships", ["user_id"], unique=False, schema="app")
    op.create_index(op.f("ix_memberships_workspace_id"), "memberships", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "oauth_states",
        sa.Column("state_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("verifier", sa.LargeBinary(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app.users.id"], name=op.f("fk_oauth_states_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_oauth_states_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_oauth_states")),
        schema="app",
    )
    op.create_index(op.f("ix_oauth_states_workspace_id"), "oauth_states", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "reports",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_reports_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        schema="app",
    )
    op.create_index(op.f("ix_reports_workspace_id"), "reports", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "account_tokens",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("access", sa.LargeBinary(), nullable=False),
        sa.Column("refresh", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refresh_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["app.accounts.id"], name=op.f("fk_account_tokens_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_account_tokens_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_tokens")),
        schema="app",
    )
    op.create_index(
        op.f("ix_account_tokens_workspace_id"), "account_tokens", ["workspace_id"], unique=False, schema="app"
    )
    op.create_table(
        "loads",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("lake_path", sa.Text(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("status in ('running', 'done', 'failed')", name=op.f("ck_loads_status")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["app.accounts.id"], name=op.f("fk_loads_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_loads_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loads")),
        schema="app",
    )
    op.create_index(
        "ix_loads_account_resource", "loads", ["account_id", "resource", "created_at"], unique=False, schema="app"
    )
    op.create_index(op.f("ix_loads_workspace_id"), "loads", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "posts",
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("media_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["app.users.id"], name=op.f("fk_posts_author_id")),
        sa.ForeignKeyConstraint(["media_id"], ["app.media.id"], name=op.f("fk_posts_media_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_posts_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        schema="app",
    )
    op.create_index(op.f("ix_posts_workspace_id"), "posts", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "publications",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scheduled_zone", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("permalink", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status in ('scheduled', 'publishing', 'published', 'failed', 'needs_person', 'cancelled')",
            name=op.f("ck_publications_status"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["app.accounts.id"], name=op.f("fk_publications_account_id")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["app.posts.id"], name=op.f("fk_publications_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_publications_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("post_id", "account_id", name=op.f("uq_publications_post_id_account_id")),
        schema="app",
    )
    op.create_index(op.f("ix_publications_account_id"), "publications", ["account_id"], unique=False, schema="app")
    op.create_index(
        "ix_publications_due",
        "publications",
        ["due_at"],
        unique=False,
        schema="app",
        postgresql_where=sa.text("status in ('scheduled', 'publishing')"),
    )
    op.create_index(
        "ix_publications_unnamed",
        "publications",
        ["due_at"],
        unique=False,
        schema="app",
        postgresql_where=sa.text("status = 'published' and external_id is null"),
    )
    op.create_index(op.f("ix_publications_post_id"), "publications", ["post_id"], unique=False, schema="app")
    op.create_index(op.f("ix_publications_workspace_id"), "publications", ["workspace_id"], unique=False, schema="app")
    op.create_table(
        "attempts",
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("payload_sha256", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["app.publications.id"], name=op.f("fk_attempts_publication_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["app.workspaces.id"], name=op.f("fk_attempts_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("publication_id", "number", name=op.f("uq_attempts_publication_id_number")),
        schema="app",
    )
    op.create_index(op.f("ix_attempts_workspace_id"), "attempts", ["workspace_id"], unique=False, schema="app")
    for table in WORKSPACE_TABLES:
        op.execute(f"select app.secure('app.{table}')")
    op.execute(PEOPLE)
    op.execute(WAREHOUSE)


def downgrade() -> None:
    op.execute("drop schema dagster, scoring, marts, intermediate, staging, raw cascade")
    op.execute("drop schema app cascade")
