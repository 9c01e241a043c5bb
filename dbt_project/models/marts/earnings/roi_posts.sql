{{ config(indexes=[{'columns': ['workspace_id', 'post_key', 'model'], 'unique': true}]) }}

{{ returns('post_key') }}
