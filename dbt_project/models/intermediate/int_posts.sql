{{ config(kept_by_post(indexes=[
    {'columns': ['workspace_id', 'post_key'], 'unique': true},
    {'columns': ['account_id', 'external_id'], 'unique': true},
])) }}

with listed as (
    {{ stacked(
        [
            'int_bluesky__posts',
            'int_facebook__posts',
            'int_instagram__posts',
            'int_linkedin__posts',
            'int_tiktok__posts',
            'int_x__posts',
            'int_youtube__posts',
            'int_files__posts',
        ],
        [
            'workspace_id', 'account_id', 'external_id', 'kind', 'text', 'title', 'permalink', 'thumbnail_url',
            'hashtag_text', 'published_at', 'observed_at',
        ],
    ) }}
),

figures as (
    select distinct on (workspace_id, post_key)
        workspace_id,
        account_id,
        external_id,
        observed_at,
        {{ metric_columns() }}
    from ({{ in_scope('post_lifetime') }}) as observations
    order by workspace_id, post_key, observed_at desc, views desc nulls last, lake_path desc, lake_record desc
),

days as (
    select
        workspace_id,
        account_id,
        external_id,
        max(observed_at) as observed_at
    from {{ ref('int_post_day_versions') }}
    group by workspace_id, account_id, external_id
),

-- A post that was never listed but has figures, if only of a day, is kept: its line may be late or in quarantine.
posts as (
    select
        workspace_id,
        account_id,
        external_id,
        coalesce(listed.kind, 'unknown') as kind,
        listed.text,
        listed.title,
        listed.permalink,
        listed.thumbnail_url,
        coalesce(listed.hashtag_text, listed.text) as hashtag_text,
        listed.published_at,
        coalesce(greatest(listed.observed_at, figures.observed_at), days.observed_at) as observed_at,
        figures.observed_at as figures_observed_at,
        {{ metric_columns() }},
        {{ engagements() }} as engagements
    from listed
    full join figures using (workspace_id, account_id, external_id)
    full join days using (workspace_id, account_id, external_id)
)

select
    posts.workspace_id,
    {{ post_key('posts.') }} as post_key,
    posts.account_id,
    accounts.platform,
    accounts.source,
    posts.external_id,
    posts.kind,
    posts.text,
    posts.title,
    posts.permalink,
    posts.thumbnail_url,
    array(
        select distinct lower(tag[1])
        from regexp_matches(posts.hashtag_text, '#([^\s#.,;:!?(){}<>"''/\[\]…]+)', 'g') as tag
        order by lower(tag[1])
    ) as hashtags,
    posts.published_at,
    posts.observed_at,
    posts.figures_observed_at,
    {{ metric_columns() }},
    posts.engagements
from posts
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
