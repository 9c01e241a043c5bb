with source as (
    select * from {{ source('app', 'parked_metrics') }}
),

renamed as (
    select
        -- ids
        workspace_id,
        account_id,

        -- strings
        resource,
        metric,
        reason,

        -- timestamps
        since,
        until
    from source
)

select * from renamed
