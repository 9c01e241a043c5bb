{{ config(indexes=[
    {'columns': ['workspace_id', 'publication_id'], 'unique': true},
    {'columns': ['workspace_id', 'scheduled_at']},
]) }}

{# The ledger has no history: of the past it is known what had been asked for by then, and what was out by then. #}
with publications as (
    select
        *,
        {% if past() -%}
        coalesce(published_at <= (select app.known_at()), true) as is_known
        {%- else -%}
        true as is_known
        {%- endif %}
    from {{ ref('stg_clientnest__publications') }}
    {% if past() %}where created_at <= (select app.recorded_at()){% endif %}
)

select
    publications.workspace_id,
    publications.publication_id,
    publications.post_id,
    publications.account_id,
    accounts.platform,
    written.campaign_id,
    written.text,
    written.title,
    case when publications.is_known then publications.status else 'scheduled' end as status,
    publications.scheduled_at,
    publications.scheduled_zone,
    case when publications.is_known then publications.published_at end as published_at,
    case
        when publications.is_known
            then extract(epoch from publications.published_at - publications.scheduled_at)::double precision
    end as lateness_seconds,
    case when publications.is_known then publications.external_id end as external_id,
    case when publications.is_known then publications.permalink end as permalink,
    posts.post_key,
    publications.attempts,
    case when publications.is_known then publications.problem end as problem,
    publications.created_at
from publications
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
inner join {{ ref('stg_clientnest__posts') }} as written using (workspace_id, post_id)
left join {{ ref('posts') }} as posts
on publications.account_id = posts.account_id and publications.external_id = posts.external_id
