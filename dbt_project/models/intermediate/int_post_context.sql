{#
    What is said of a post beside its own answers, and changes without one: its account's name, what it was sent by,
    when it was asked about, who followed on the day it came out, that it is gone. Of all posts.
#}
with publications as (
    select distinct on (sent.account_id, sent.external_id)
        sent.account_id,
        sent.external_id,
        sent.publication_id,
        written.campaign_id
    from {{ ref('stg_clientnest__publications') }} as sent
    inner join {{ ref('stg_clientnest__posts') }} as written using (workspace_id, post_id)
    where sent.external_id is not null
    order by sent.account_id, sent.external_id, sent.published_at desc nulls last, sent.publication_id
),

readings as (
    select
        account_id,
        external_id,
        max(read_at) as confirmed_at
    from {{ ref('stg_clientnest__post_readings') }}
    where resource <> 'posts' {% if past() %}and read_at <= (select app.recorded_at()){% endif %}
    group by account_id, external_id
)

select
    posts.workspace_id,
    posts.post_key,
    posts.account_id,
    posts.external_id,
    accounts.name as account_name,
    publications.publication_id,
    publications.campaign_id,
    readings.confirmed_at,
    days.followers,
    deletions.deleted_at
from {{ ref('int_posts') }} as posts
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
left join publications
on posts.account_id = publications.account_id and posts.external_id = publications.external_id
left join readings
on posts.account_id = readings.account_id and posts.external_id = readings.external_id
left join {{ ref('int_post_deletions') }} as deletions
on posts.account_id = deletions.account_id and posts.external_id = deletions.external_id
left join {{ ref('account_metrics_daily') }} as days
on
    posts.workspace_id = days.workspace_id
    and posts.account_id = days.account_id
    and {{ network_date('posts.platform', 'posts.published_at') }} = days.as_of_date
