{{ config(
    kept('due_posts', indexes=[{'columns': ['workspace_id', 'post_key'], 'unique': true}])
) }}
{{ config(enabled=not past()) }}

{# On which day a post with hashtags came out, so that the day can be found when the post has changed. #}
-- depends_on: {{ ref('int_hashtag_days_due') }}
select
    posts.workspace_id,
    posts.account_id,
    posts.post_key,
    posts.published_date
from {{ ref('posts') }} as posts
inner join {{ ref('int_posts_due') }} using (workspace_id, post_key)
where posts.published_date is not null and cardinality(posts.hashtags) > 0
