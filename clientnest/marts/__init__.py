"""Reading the marts: the only SQL over them outside dbt.

A session that was told a moment by `ask` reads every figure as it was known then; one that was told nothing, now.

Every function takes a session of one unit of work; row-level security makes it see that workspace only. Rows are
dicts named as the columns; unknown stays None. Days are UTC days. A rate is always one sum over another, made here
in SQL with the denominator named beside it, never in Python. Before the first modelling there are no marts: the
functions raise NotReady, except those that say otherwise.

```
moment    Moment and `ask`: as known when
rows      `hold`: marts of the past worked out once for a transaction that reads them often
period    Period and Selection: what is asked about
figures   sums over the posts published in a period, account days, followers
posts     posts one by one, with those that ClientNest published and no network has shown yet
accounts  figures of accounts, audience
insights  formats, hashtags, what is usual, competitors, what compares
changes   what was corrected, the bridge between totals, a report then and now
unknown   why a figure is unknown
whole     marts as a whole, for exports
records   freshness, and what the rooms wrote down about their work: loads, quarantine, imports, reports, worker
```
"""

from clientnest.marts.accounts import account_figures, audience
from clientnest.marts.changes import ChangeFilter, changes, reconciliation, since_then
from clientnest.marts.figures import (
    account_days,
    account_sums,
    follower_days,
    followers,
    history_starts,
    post_sums,
    unknown,
)
from clientnest.marts.insights import Span, benchmarks, comparable, competitors, coverage, decay, formats, hashtags
from clientnest.marts.moment import NOW, Moment, Score, ScoresAsKnown, ask, asked, point
from clientnest.marts.period import METRICS, Period, Selection
from clientnest.marts.posts import SORTS, Cut, PostFilter, observations, post, posts, posts_of
from clientnest.marts.records import (
    PublicationFilter,
    attempts,
    freshness,
    imports,
    loads,
    modelled_at,
    networks_away,
    newest_day,
    newest_moment,
    outstanding,
    place_of,
    publication,
    publication_events,
    publications,
    quarantine,
    report,
    reports,
    resources,
    workers,
)
from clientnest.marts.rows import Row, hold
from clientnest.marts.unknown import PARTS, STATUSES, Status, soonest, why
from clientnest.marts.whole import WIDEST, Column, Mart, Whole, all_marts, whole

__all__ = [
    "METRICS",
    "NOW",
    "PARTS",
    "SORTS",
    "STATUSES",
    "WIDEST",
    "ChangeFilter",
    "Column",
    "Cut",
    "Mart",
    "Moment",
    "Period",
    "PostFilter",
    "PublicationFilter",
    "Row",
    "Score",
    "ScoresAsKnown",
    "Selection",
    "Span",
    "Status",
    "Whole",
    "account_days",
    "account_figures",
    "account_sums",
    "all_marts",
    "ask",
    "asked",
    "attempts",
    "audience",
    "benchmarks",
    "changes",
    "comparable",
    "competitors",
    "coverage",
    "decay",
    "follower_days",
    "followers",
    "formats",
    "freshness",
    "hashtags",
    "history_starts",
    "hold",
    "imports",
    "loads",
    "modelled_at",
    "networks_away",
    "newest_day",
    "newest_moment",
    "observations",
    "outstanding",
    "place_of",
    "point",
    "post",
    "post_sums",
    "posts",
    "posts_of",
    "publication",
    "publication_events",
    "publications",
    "quarantine",
    "reconciliation",
    "report",
    "reports",
    "resources",
    "since_then",
    "soonest",
    "unknown",
    "whole",
    "why",
    "workers",
]
