{{ config(indexes=[
    {'columns': ['workspace_id', 'cost_id'], 'unique': true},
    {'columns': ['workspace_id', 'incurred_on']},
]) }}

with costs as (
    select
        costs.*,
        workspaces.currency as cost_currency,
        case when costs.external_id is not null then {{ post_key('costs.') }} end as post_key
    from {{ ref('stg_clientnest__costs') }} as costs
    inner join {{ ref('stg_clientnest__workspaces') }} as workspaces using (workspace_id)
    where {{ told('costs.created_at', 'costs.incurred_on') }}
)

select
    costs.workspace_id,
    costs.cost_id,
    costs.kind,
    costs.incurred_on,
    coalesce(costs.until, costs.incurred_on) as until,
    costs.post_key,
    costs.account_id,
    accounts.platform,
    coalesce(costs.campaign_id, posts.campaign_id) as campaign_id,
    costs.amount,
    costs.currency,
    {{ exchanged('costs.amount', 'costs.currency', 'costs.cost_currency', 'costs.incurred_on') }} as cost,
    costs.cost_currency,
    costs.hours,
    costs.hourly_rate,
    costs.impressions as ad_impressions,
    costs.clicks as ad_clicks,
    costs.conversions as ad_conversions,
    costs.note,
    costs.created_at
from costs
left join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
left join {{ ref('int_post_campaigns') }} as posts using (workspace_id, post_key)
