{{ config(indexes=[
    {'columns': ['workspace_id', 'touchpoint_id'], 'unique': true},
    {'columns': ['workspace_id', 'touched_date']},
]) }}

select
    workspace_id,
    touchpoint_id,
    kind,
    found_by,
    touched_at,
    (touched_at at time zone 'UTC')::date as touched_date,
    link_id,
    post_key,
    account_id,
    platform,
    campaign_id
from {{ ref('int_touchpoints') }}
