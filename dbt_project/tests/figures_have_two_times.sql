{#
    A figure has the day that it is about and the moment at which it was seen, and neither stands for the other: not
    every row of an account is seen at the midnight that its day begins with. What was seen was recorded by our own
    clock besides.
#}
-- depends_on: {{ ref('int_modelled') }}, {{ ref('int_scope') }}
with figures as (
    {{ dated_figures() }}
),

answers as (
    {{ answers_about_posts() }}
)

select
    model,
    account_id
from figures
group by model, account_id
having
    count(as_of_date) < count(*)
    or count(observed_at) < count(*)
    or (count(*) > 1 and bool_and(observed_at = as_of_date::timestamp at time zone 'UTC'))

union all

select
    model,
    account_id
from answers
group by model, account_id
having
    count(observed_at) < count(*)
    or count(loaded_at) < count(*)
    or (count(*) > 1 and bool_and(loaded_at = observed_at))
