with source as (
    select * from {{ source('others', 'competitors') }}
),

renamed as (
    select
        -- ids
        workspace_id,
        id as followed_id,

        -- strings
        platform,
        handle,

        -- timestamps
        created_at
    from source
)

select * from renamed
