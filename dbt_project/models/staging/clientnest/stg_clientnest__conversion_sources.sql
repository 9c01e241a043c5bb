with source as (
    select * from {{ source('earnings', 'conversion_sources') }}
),

renamed as (
    select
        -- ids
        workspace_id,
        id as source_id,

        -- strings
        kind,
        name,

        -- timestamps
        created_at,
        last_received_at
    from source
)

select * from renamed
