{{ config(
    enabled=not past(),
    materialized='incremental',
    incremental_strategy='anew',
    on_schema_change='fail',
) }}

{#
    The days of publication, per account, that the mart `hashtags_daily` has to say anew: of the posts of this run, as
    they are and as they were when `int_post_tags` was last made. What a build that did not end well left is due again.
#}
-- depends_on: {{ ref('int_posts_due') }}
{%- set before = standing(this, 'intermediate', 'int_post_tags') %}
select
    posts.workspace_id,
    posts.account_id,
    posts.published_date
from {{ ref('posts') }} as posts
{% if is_incremental() and before -%}
inner join {{ ref('int_posts_due') }} using (workspace_id, post_key)
where posts.published_date is not null and cardinality(posts.hashtags) > 0

union

select
    tags.workspace_id,
    tags.account_id,
    tags.published_date
from {{ before }} as tags
inner join {{ ref('int_posts_due') }} using (workspace_id, post_key)

union

select
    workspace_id,
    account_id,
    published_date
from {{ this }}
{%- else -%}
where posts.published_date is not null and cardinality(posts.hashtags) > 0
group by posts.workspace_id, posts.account_id, posts.published_date
{%- endif %}
