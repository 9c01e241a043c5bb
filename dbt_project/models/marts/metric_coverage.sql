{{ config(kept('due_accounts', indexes=[
    {'columns': ['workspace_id', 'account_id', 'grain', 'metric'], 'unique': true},
])) }}

{#
    From which day to which a figure of an account is known, and on how many of them: whether a period, or the one
    before it, can be spoken of at all. Days of `post` are those of publication; a day without posts is no gap there.
#}
{%- set of_days = metrics() + ['engagements', 'profile_visits', 'followers', 'followers_gained', 'followers_lost'] %}
{%- set of_posts = metrics() + ['engagements', 'posts'] %}
with days as (
    select
        workspace_id,
        account_id,
        platform,
        'account_day' as grain,
        {{ spans(of_days, 'as_of_date') }}
    from {{ ref('account_metrics_daily') }}
    {% if not past() -%}
    where account_id in (select due.account_id from {{ ref('int_accounts_due') }} as due)
    {% endif -%}
    group by workspace_id, account_id, platform
),

days_of_posts as (
    select
        workspace_id,
        account_id,
        platform,
        published_date,
        count(*) as posts,
        {{ each(metrics() + ['engagements'], 'nullif(count({}), 0) as {}') }}
    from {{ ref('posts') }}
    where
        published_date is not null
        {% if not past() -%}
        and account_id in (select due.account_id from {{ ref('int_accounts_due') }} as due)
        {% endif %}
    group by workspace_id, account_id, platform, published_date
),

posts as (
    select
        workspace_id,
        account_id,
        platform,
        'post' as grain,
        {{ spans(of_posts, 'published_date') }}
    from days_of_posts
    group by workspace_id, account_id, platform
),

known as (
    select
        days.workspace_id,
        days.account_id,
        days.platform,
        days.grain,
        told.*
    from days
    cross join lateral (values {{ each(of_days, "('{}', {}_span, {}_days)") }}) as told (metric, span, days_known)

    union all

    select
        posts.workspace_id,
        posts.account_id,
        posts.platform,
        posts.grain,
        told.*
    from posts
    cross join lateral (values {{ each(of_posts, "('{}', {}_span, {}_days)") }}) as told (metric, span, days_known)
)

select
    workspace_id,
    account_id,
    platform,
    grain,
    metric,
    span[1] as first_date,
    span[2] as last_date,
    days_known
from known
where days_known > 0
