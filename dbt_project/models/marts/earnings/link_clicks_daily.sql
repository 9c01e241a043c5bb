{{ config(indexes=[{'columns': ['workspace_id', 'link_id', 'as_of_date'], 'unique': true}]) }}

select
    clicks.workspace_id,
    clicks.link_id,
    links.post_key,
    links.account_id,
    links.platform,
    links.campaign_id,
    (clicks.clicked_at at time zone 'UTC')::date as as_of_date,
    count(*) filter (where clicks.bot is null) as clicks,
    count(distinct clicks.visitor) filter (where clicks.bot is null) as visitors,
    count(*) filter (where clicks.bot is not null) as bot_clicks
from {{ ref('stg_clientnest__link_clicks') }} as clicks
inner join {{ ref('int_links') }} as links using (workspace_id, link_id)
where {{ told('clicks.received_at', 'clicks.clicked_at') }}
group by 1, 2, 3, 4, 5, 6, 7
