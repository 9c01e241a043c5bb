{{ config(indexes=[{'columns': ['workspace_id', 'campaign_id', 'model'], 'unique': true}]) }}

{{ returns('campaign_id') }}
