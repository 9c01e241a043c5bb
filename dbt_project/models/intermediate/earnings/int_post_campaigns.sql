{# Which campaign a post belongs to: as its author said, else as its links say. #}
with named as (
    select
        sent.workspace_id,
        {{ post_key('sent.') }} as post_key,
        written.campaign_id,
        1 as place,
        sent.publication_id as said_by
    from {{ ref('stg_clientnest__publications') }} as sent
    inner join {{ ref('stg_clientnest__posts') }} as written using (workspace_id, post_id)
    where sent.external_id is not null
    union all
    select
        workspace_id,
        post_key,
        campaign_id,
        2 as place,
        link_id as said_by
    from {{ ref('int_links') }}
    where post_key is not null
)

select
    workspace_id,
    post_key,
    (array_agg(campaign_id order by place, said_by))[1] as campaign_id
from named
where campaign_id is not null
group by workspace_id, post_key
