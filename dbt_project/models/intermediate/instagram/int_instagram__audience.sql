with groups as (
    {{ newest('stg_instagram__demographics', ['account_id', 'dimension', 'value', 'observed_at']) }}
),

named as (
    select
        *,
        case
            when dimension <> 'gender' then value
            when value = 'F' then 'female'
            when value = 'M' then 'male'
            else 'unknown'
        end as name
    from groups
    where dimension in ('age', 'gender', 'city', 'country')
)

select
    workspace_id,
    account_id,
    dimension,
    name as value,
    name,
    amount::double precision as amount,
    'followers' as unit,
    observed_at
from named
