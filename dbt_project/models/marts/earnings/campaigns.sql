{{ config(indexes=[{'columns': ['workspace_id', 'campaign_id'], 'unique': true}]) }}

with sums as (
    select
        workspace_id,
        belongs.campaign_id,
        count(*) as posts,
        min(posts.published_at) as first_post_at,
        max(posts.published_at) as last_post_at,
        {{ each_metric('sum(posts.{})::bigint') }},
        {{ each_metric('count(posts.{})', '_known') }},
        sum(posts.engagements)::bigint as engagements,
        count(posts.engagements) as engagements_known
    from {{ ref('posts') }} as posts
    inner join {{ ref('int_post_campaigns') }} as belongs using (workspace_id, post_key)
    group by workspace_id, belongs.campaign_id
),

links as (
    select
        workspace_id,
        campaign_id,
        count(*) as links
    from {{ ref('int_links') }}
    where campaign_id is not null
    group by workspace_id, campaign_id
),

spent as (
    select
        workspace_id,
        campaign_id,
        count(*) as costs,
        case when count(*) = count(cost) then sum(cost) end as cost
    from {{ ref('costs') }}
    where campaign_id is not null
    group by workspace_id, campaign_id
)

select
    campaigns.workspace_id,
    campaigns.campaign_id,
    campaigns.name,
    campaigns.starts_on,
    campaigns.ends_on,
    campaigns.budget,
    campaigns.currency as budget_currency,
    coalesce(sums.posts, 0) as posts,
    coalesce(links.links, 0) as links,
    sums.first_post_at,
    sums.last_post_at,
    {{ each_metric('sums.{}') }},
    {{ each_metric('coalesce(sums.{}_known, 0)', '_known') }},
    sums.engagements,
    coalesce(sums.engagements_known, 0) as engagements_known,
    coalesce(spent.costs, 0) as costs,
    spent.cost,
    workspaces.currency as cost_currency
from {{ ref('stg_clientnest__campaigns') }} as campaigns
inner join {{ ref('stg_clientnest__workspaces') }} as workspaces using (workspace_id)
left join sums using (workspace_id, campaign_id)
left join links using (workspace_id, campaign_id)
left join spent using (workspace_id, campaign_id)
where {{ told('campaigns.created_at') }}
