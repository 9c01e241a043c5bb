{#
    What the parameters of an address lead to. Links that share all four lead to their post where they agree on one,
    to their campaign where they agree on that; `utm_campaign` alone leads to the campaign that all its links are of.
#}
with whole as (
    select
        workspace_id,
        utm,
        case
            when count(distinct coalesce(publication_id, link_id)) = 1
                then (array_agg(link_id order by created_at, link_id))[1]
        end as link_id,
        case
            when count(distinct coalesce(campaign_id::text, '')) = 1 then (array_agg(campaign_id))[1]
        end as campaign_id
    from {{ ref('int_links') }}
    where coalesce(utm[3], utm[4]) is not null
    group by workspace_id, utm
),

campaigns as (
    select
        workspace_id,
        array[null, null, utm[3], null]::bytea[] as utm,
        null::uuid as link_id,
        (array_agg(campaign_id))[1] as campaign_id
    from {{ ref('int_links') }}
    where utm[3] is not null
    group by workspace_id, utm[3]
    having count(distinct campaign_id) = 1 and count(campaign_id) = count(*)
)

select
    whole.workspace_id,
    whole.utm,
    whole.link_id,
    whole.campaign_id,
    true as is_whole
from whole
union all
select
    campaigns.workspace_id,
    campaigns.utm,
    campaigns.link_id,
    campaigns.campaign_id,
    false as is_whole
from campaigns
