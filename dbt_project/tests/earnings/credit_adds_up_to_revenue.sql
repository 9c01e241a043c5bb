-- Conversions whose credit under a model is not whole, or whose parts are not the revenue to the cent.
with credit as (
    select
        conversion_id,
        model,
        sum(share) as share,
        sum(revenue) as revenue
    from {{ ref('attribution') }}
    group by conversion_id, model
),

models as (
    {{ attribution_models() }}
)

select
    conversions.conversion_id,
    models.model,
    credit.share,
    credit.revenue,
    conversions.revenue as whole
from {{ ref('conversions') }} as conversions
cross join models
left join credit using (conversion_id, model)
where
    credit.share is null
    or abs(credit.share - 1) > 0.000000001
    or credit.revenue is distinct from conversions.revenue
