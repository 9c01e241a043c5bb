{# Viewers of the last 90 days, not followers: YouTube knows no followers' ages. #}
with groups as (
    {{ newest('stg_youtube__demographics', ['account_id', 'dimension', 'value', 'observed_at']) }}
),

named as (
    select
        *,
        case
            when value = 'age65-' then '65+'
            else regexp_replace(value, '^age(?=[0-9])', '')
        end as name
    from groups
    where dimension in ('country', 'ageGroup', 'gender')
)

select
    workspace_id,
    account_id,
    case dimension when 'ageGroup' then 'age' else dimension end as dimension,
    name as value,
    name,
    amount,
    case unit when 'viewerPercentage' then 'percent' else 'views' end as unit,
    observed_at
from named
