{# Of the accounts of this run; the mart `audience_daily` keeps all. #}
with audience as (
    {{ stacked(
        [
            'int_instagram__audience',
            'int_linkedin__audience',
            'int_youtube__audience',
        ],
        ['workspace_id', 'account_id', 'dimension', 'value', 'name', 'amount', 'unit', 'observed_at'],
    ) }}
)

select * from audience
