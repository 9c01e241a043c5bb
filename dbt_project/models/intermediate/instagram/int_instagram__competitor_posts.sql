{# The newest media of a competitor as they stood when the competitor was last looked up with them. #}
with answers as (
    {{ observed('stg_instagram__competitors', ['account_id', 'external_id'], of='account') }}
)

select distinct on (answers.account_id, answers.external_id, media.told ->> 'id')
    answers.workspace_id,
    answers.account_id,
    answers.external_id as competitor_id,
    media.told ->> 'id' as external_id,
    (media.told ->> 'timestamp')::timestamptz as published_at,
    (media.told ->> 'like_count')::bigint as likes,
    (media.told ->> 'comments_count')::bigint as comments,
    answers.observed_at
from answers
cross join lateral jsonb_array_elements(answers.media::jsonb) as media (told)
where media.told ->> 'id' is not null
order by
    answers.account_id, answers.external_id, media.told ->> 'id',
    answers.observed_at desc, answers.loaded_at desc, answers.lake_page desc, answers.lake_record desc
