"""Reading the marts: the only SQL over them outside dbt.

Every function takes a session of one unit of work; row-level security makes it see that workspace only. Rows are
dicts named as the columns; unknown stays None. Days are UTC days. A rate is always one sum over another, made here
in SQL with the denominator named beside it, never in Python. Before the first modelling there are no marts: the
functions raise NotReady, except those that say otherwise.

```
period    Period and Selection: what is asked about
figures   sums over the posts published in a period, account days, followers
posts     posts one by one, with those that ClientNest published and no network has shown yet
accounts  figures of accounts, audience
records   freshness, and what the rooms wrote down about their work: loads, quarantine, imports, reports, worker
```
"""

from clientnest.marts.accounts import account_figures, audience
from clientnest.marts.figures import account_days, account_sums, follower_days, followers, history_starts, post_sums
from clientnest.marts.period import METRICS, Period, Selection
from clientnest.marts.posts import SORTS, Cut, PostFilter, observations, post, posts
from clientnest.marts.records import (
    attempts,
    freshness,
    imports,
    loads,
    newest_day,
    publication,
    publications,
    quarantine,
    report,
    reports,
    resources,
    workers,
)
from clientnest.marts.rows import Row

__all__ = [
    "METRICS",
    "SORTS",
    "Cut",
    "Period",
    "PostFilter",
    "Row",
    "Selection",
    "account_days",
    "account_figures",
    "account_sums",
    "attempts",
    "audience",
    "follower_days",
    "followers",
    "freshness",
    "history_starts",
    "imports",
    "loads",
    "newest_day",
    "observations",
    "post",
    "post_sums",
    "posts",
    "publication",
    "publications",
    "quarantine",
    "report",
    "reports",
    "resources",
    "workers",
]
