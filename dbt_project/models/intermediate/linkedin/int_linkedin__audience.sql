with facets as (
    {{ newest('stg_linkedin__demographics', ['account_id', 'facet', 'value']) }}
)

select
    workspace_id,
    account_id,
    case facet
        when 'GeoCountry' then 'country'
        when 'Geo' then 'city'
        when 'Industry' then 'industry'
        when 'Function' then 'function'
        when 'Seniority' then 'seniority'
        when 'StaffCountRange' then 'staff_count_range'
    end as dimension,
    value,
    (organic_followers + coalesce(paid_followers, 0))::double precision as amount,
    'followers' as unit,
    observed_at
from facets
where facet in ('GeoCountry', 'Geo', 'Industry', 'Function', 'Seniority', 'StaffCountRange')
