with facets as (
    {{ newest('stg_linkedin__demographics', ['account_id', 'facet', 'value', 'observed_at']) }}
),

names as (
    {{ newest('stg_linkedin__demographics_names', ['account_id', 'entity', 'entity_number']) }}
),

counted as (
    select
        *,
        case facet
            when 'GeoCountry' then 'country'
            when 'Geo' then 'city'
            when 'Industry' then 'industry'
            when 'Function' then 'function'
            when 'Seniority' then 'seniority'
            when 'StaffCountRange' then 'staff_count_range'
        end as dimension
    from facets
)

select
    counted.workspace_id,
    counted.account_id,
    counted.dimension,
    counted.value,
    -- A group is told by its URN, such as urn:li:industry:4, and its name in another answer.
    coalesce(names.name, counted.value) as name,
    (counted.organic_followers + coalesce(counted.paid_followers, 0))::double precision as amount,
    'followers' as unit,
    counted.observed_at
from counted
left join names
on
    counted.account_id = names.account_id
    and counted.value = 'urn:li:' || names.entity || ':' || names.entity_number
where counted.dimension is not null
