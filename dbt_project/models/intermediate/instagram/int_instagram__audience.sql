with groups as (
    {{ newest('stg_instagram__demographics', ['account_id', 'dimension', 'value']) }}
)

select
    workspace_id,
    account_id,
    dimension,
    case
        when dimension <> 'gender' then value
        when value = 'F' then 'female'
        when value = 'M' then 'male'
        else 'unknown'
    end as value,
    amount::double precision as amount,
    'followers' as unit,
    observed_at
from groups
where dimension in ('age', 'gender', 'city', 'country')
