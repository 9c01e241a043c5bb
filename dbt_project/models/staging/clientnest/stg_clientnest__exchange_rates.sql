with source as (
    select * from {{ source('earnings', 'exchange_rates') }}
),

renamed as (
    select
        -- strings
        currency,
        source,

        -- numerics
        per_euro,

        -- dates
        day
    from source
)

select * from renamed
