with source as (
    select * from {{ source('raw', 'touched') }}
),

renamed as (
    select
        -- ids
        workspace_id,
        account_id,
        external_id,

        -- numerics
        touches,
        modelled
    from source
)

select * from renamed
