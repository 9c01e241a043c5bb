{{ config(indexes=[
    {'columns': ['workspace_id', 'post_key'], 'unique': true},
    {'columns': ['workspace_id', 'published_at']},
    {'columns': ['workspace_id', 'account_id', 'published_at']},
]) }}

with publications as (
    select distinct on (account_id, external_id)
        account_id,
        external_id,
        publication_id
    from {{ ref('stg_clientnest__publications') }}
    where external_id is not null
    order by account_id, external_id, published_at desc nulls last, publication_id
)

select
    posts.workspace_id,
    posts.post_key,
    posts.account_id,
    posts.platform,
    posts.account_name,
    posts.external_id,
    posts.kind,
    posts.text,
    posts.title,
    posts.permalink,
    posts.thumbnail_url,
    posts.published_at,
    (posts.published_at at time zone 'UTC')::date as published_date,
    extract(hour from posts.published_at at time zone 'UTC')::int as published_hour,
    extract(isodow from posts.published_at at time zone 'UTC')::int as published_weekday,
    posts.hashtags,
    case
        when publications.publication_id is not null then 'clientnest'
        when posts.source = 'file' then 'file'
        else 'network'
    end as origin,
    publications.publication_id,
    {{ each_metric('posts.{}') }},
    posts.engagements,
    posts.engagement_rate,
    posts.engagement_rate_by,
    posts.observed_at,
    scores.score,
    scores.score_basis,
    scores.score_n,
    posts.source
from {{ ref('int_posts') }} as posts
left join publications using (account_id, external_id)
left join {{ ref('stg_clientnest__post_scores') }} as scores using (workspace_id, post_key)
