with source as (
    select * from {{ source('scoring', 'post_scores') }}
),

renamed as (
    select
        -- ids
        workspace_id,
        account_id,
        post_key,

        -- strings
        basis as score_basis,

        -- numerics
        score,
        n as score_n,

        -- timestamps
        scored_at
    from source
)

select * from renamed
