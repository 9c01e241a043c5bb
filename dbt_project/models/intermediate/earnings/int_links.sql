{{ config(materialized=stored(), indexes=[{'columns': ['link_id']}]) }}

select
    links.workspace_id,
    links.link_id,
    links.publication_id,
    coalesce(links.campaign_id, written.campaign_id) as campaign_id,
    publications.account_id,
    accounts.platform,
    case when publications.external_id is not null then {{ post_key('publications.') }} end as post_key,
    links.slug is not null as is_short,
    {{ utm_in('links.target') }} as utm,
    links.created_at
from {{ ref('stg_clientnest__links') }} as links
left join {{ ref('stg_clientnest__publications') }} as publications using (workspace_id, publication_id)
left join {{ ref('stg_clientnest__posts') }} as written using (workspace_id, post_id)
left join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
where {{ told('links.created_at') }}
