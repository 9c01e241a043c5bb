-- The marts as dbt makes them (columns and types), for tests that fill them by hand. Safe to repeat.
set role nest_system;

create table if not exists marts.accounts (
    workspace_id uuid, account_id uuid, platform text, external_id text, name text, username text, source text,
    status text, followers bigint, following bigint, posts_count bigint, followers_observed_at timestamptz,
    first_post_at timestamptz, last_post_at timestamptz, last_observed_at timestamptz
);
create table if not exists marts.posts (
    workspace_id uuid, post_key text, account_id uuid, platform text, account_name text, external_id text, kind text,
    text text, title text, permalink text, thumbnail_url text, published_at timestamptz, published_date date,
    published_hour int, published_weekday int, hashtags text[], origin text, publication_id uuid,
    impressions bigint, reach bigint, views bigint, reactions bigint, likes bigint, comments bigint, shares bigint,
    saves bigint, clicks bigint, engagements bigint, engagement_rate double precision, engagement_rate_by text,
    observed_at timestamptz, score double precision, score_basis text, score_n int, source text
);
create table if not exists marts.post_observations (
    workspace_id uuid, post_key text, account_id uuid, platform text, external_id text, as_of_date date,
    observed_at timestamptz, impressions bigint, reach bigint, views bigint, reactions bigint, likes bigint,
    comments bigint, shares bigint, saves bigint, clicks bigint, source text, lake_path text, lake_page int,
    lake_record int
);
create table if not exists marts.post_metrics_daily (
    workspace_id uuid, post_key text, account_id uuid, platform text, as_of_date date, interval_start timestamptz,
    interval_end timestamptz, basis text, impressions bigint, reach bigint, views bigint, reactions bigint,
    likes bigint, comments bigint, shares bigint, saves bigint, clicks bigint, is_falling boolean, is_settled boolean,
    observed_at timestamptz
);
create table if not exists marts.account_metrics_daily (
    workspace_id uuid, account_id uuid, platform text, as_of_date date, impressions bigint, reach bigint, views bigint,
    reactions bigint, likes bigint, comments bigint, shares bigint, saves bigint, clicks bigint, engagements bigint,
    profile_visits bigint, followers bigint, followers_gained bigint, followers_lost bigint, posts_published bigint,
    basis text, is_settled boolean, observed_at timestamptz
);
create table if not exists marts.audience (
    workspace_id uuid, account_id uuid, platform text, dimension text, value text, amount double precision, unit text,
    observed_at timestamptz
);
create table if not exists marts.data_freshness (
    workspace_id uuid, account_id uuid, platform text, resource text, last_observed_at timestamptz,
    last_success_at timestamptz, next_expected_at timestamptz, last_status text, settled_to date, written bigint,
    quarantined bigint
);

grant select on all tables in schema marts to nest_app;
reset role;

select app.secure(c.oid::regclass)
from pg_class c where c.relnamespace = 'marts'::regnamespace and c.relkind = 'r' and not c.relrowsecurity;
