{{ config(kept('delete+insert', unique_key=['workspace_id', 'platform'])) }}
{{ config(enabled=not past()) }}

{#
    When posts of a brand on a network were last modelled: scores are relative to these, so a group that has news since
    it was scored is scored anew, whole. Our clock once the posts can be read, which is later than that of the scope.
#}
-- depends_on: {{ ref('int_scope') }}
select
    posts.workspace_id,
    posts.platform,
    clock_timestamp() as modelled_at
from ({{ in_scope('int_posts') }}) as posts
group by posts.workspace_id, posts.platform
