{# Which campaign a post belongs to, where its links say one. #}
select
    workspace_id,
    post_key,
    (array_agg(campaign_id order by created_at, link_id) filter (where campaign_id is not null))[1] as campaign_id
from {{ ref('int_links') }}
where post_key is not null
group by workspace_id, post_key
