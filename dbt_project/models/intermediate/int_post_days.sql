{# Days of posts of this run as the networks count them: their newest word. #}
select distinct on (workspace_id, post_key, as_of_date) *
from {{ ref('int_post_day_versions') }}
order by workspace_id, post_key, as_of_date, observed_at desc
