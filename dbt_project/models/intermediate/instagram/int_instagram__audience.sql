with groups as (
    {{ newest(ref('stg_instagram__demographics'), ['account_id', 'dimension', 'value']) }}
),

-- Age comes crossed with gender: each is the sum over the other.
halves as (
    select
        workspace_id,
        account_id,
        half.dimension,
        case half.value
            when 'F' then 'female'
            when 'M' then 'male'
            when 'U' then 'unknown'
            else half.value
        end as value,
        groups.amount,
        groups.observed_at
    from groups
    cross join
        lateral unnest(
            string_to_array(groups.dimension, ','), string_to_array(groups.value, ',')
        ) as half (dimension, value)
    where groups.dimension like '%,%'
),

plain as (
    select
        workspace_id,
        account_id,
        dimension,
        value,
        amount,
        observed_at
    from groups
    where dimension not like '%,%'
    union all
    select
        workspace_id,
        account_id,
        dimension,
        value,
        amount,
        observed_at
    from halves
)

select
    workspace_id,
    account_id,
    dimension,
    value,
    sum(amount)::double precision as amount,
    'followers' as unit,
    max(observed_at) as observed_at
from plain
group by workspace_id, account_id, dimension, value
