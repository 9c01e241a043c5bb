{#
    Every answer about a post that brought news stays a row of its history, at the moment at which it was given: what
    comes later is added, takes no place of another, and makes up no moment at which nobody answered.

    A build asks this of the posts that it made anew, since it wrote no other; `dbt test` asks it of all.
#}
-- depends_on: {{ ref('int_modelled') }}, {{ ref('int_scope') }}
with answers as (
    {{ answers_about_posts() }}
),

news as (
    select
        *,
        lag(row_hash) over (
            partition by model, account_id, external_id
            order by observed_at, loaded_at, lake_page, lake_record
        ) as hash_before
    from answers
    where is_whole
),

kept as (
    select
        account_id,
        external_id,
        observed_at
    from ({{ checked('post_lifetime') }}) as lifetime
    where source = 'api'
),

overwritten as (
    select
        account_id,
        external_id,
        observed_at
    from news
    where row_hash is distinct from hash_before
    except
    select * from kept
),

made_up as (
    select * from kept
    except
    select
        account_id,
        external_id,
        observed_at
    from answers
),

told_twice as (
    select *
    from kept
    group by account_id, external_id, observed_at
    having count(*) > 1
)

select
    'overwritten' as breach,
    *
from overwritten
union all
select
    'made up' as breach,
    *
from made_up
union all
select
    'told twice' as breach,
    *
from told_twice
