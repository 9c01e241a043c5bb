"""What a list of posts is made of: posts that a network has shown, with their scores, and from the ledger those that
ClientNest publishes and no network has shown yet."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.marts.moment import asked, scores_asked
from clientnest.marts.period import METRICS
from clientnest.marts.rows import modelled

RATES = tuple(f"engagement_rate_by_{base}" for base in ("reach", "impressions", "views", "followers"))

_METRICS = ", ".join(METRICS)
_SCORES_NOW = "select post_key, score, basis as score_basis, n as score_n from scoring.post_scores"
_SCORES_THEN = """
    select * from unnest(cast(:score_keys as text[]), cast(:score_values as double precision[]),
        cast(:score_bases as text[]), cast(:score_ns as int[])) as told (post_key, score, score_basis, score_n)
"""
_SHOWN = f"""
    select post_key, account_id, platform, account_name, external_id, kind, text, title, permalink, thumbnail_url,
        published_at, null::timestamptz as scheduled_at, published_at as shown_at, hashtags, origin,
        cast(publication_id as text) as publication_id, campaign_id, {_METRICS}, engagements, engagement_rate,
        engagement_rate_by, {", ".join(RATES)}, engagement_rate_version, why_unknown, observed_at, confirmed_at,
        deleted_at, score, score_basis, score_n, source, 'published' as status, null::text as problem
    from marts.posts left join ({{scores}}) scores using (post_key)
"""
_NO_FIGURES = ", ".join(
    [
        *(f"null::bigint as {metric}" for metric in (*METRICS, "engagements")),
        "null::double precision as engagement_rate, null::text as engagement_rate_by",
        *(f"null::double precision as {rate}" for rate in RATES),
        "null::int as engagement_rate_version, null::jsonb as why_unknown, null::timestamptz as observed_at",
        "null::timestamptz as confirmed_at, null::timestamptz as deleted_at, null::double precision as score",
        "null::text as score_basis, null::int as score_n",
    ]
)
_LEDGER = f"""
    select cast(pub.id as text) as post_key, pub.account_id, a.platform, a.name as account_name, pub.external_id,
        case when m.content_type like 'image/%' then 'image' when m.content_type like 'video/%' then 'video'
            when p.link is not null then 'link' else 'text' end as kind,
        p.text, p.title, pub.permalink, null::text as thumbnail_url, pub.published_at, pub.scheduled_at,
        coalesce(pub.published_at, pub.scheduled_at) as shown_at, cast('{{}}' as text[]) as hashtags,
        'clientnest' as origin, cast(pub.id as text) as publication_id, p.campaign_id, {_NO_FIGURES}, 'api' as source,
        pub.status, pub.problem
    from (select * from app.publications where scheduled_at is not null) pub
    join app.posts p on p.id = pub.post_id
    join app.accounts a on a.id = pub.account_id
    left join app.media m on m.id = cast(p.media->0->>'media_id' as uuid)
"""
_NOT_SHOWN_YET = """
    not exists (select from marts.posts s where cast(s.publication_id as text) = cast(pub.id as text))
        and not exists (select from marts.posts s
            where s.account_id = pub.account_id and s.external_id = pub.external_id)
"""
# The ledger keeps no history: of the past it tells what had been published, which never changes again.
_PUBLISHED_BY_THEN = """
    pub.status = 'published' and pub.published_at <= app.known_at() and pub.created_at <= app.recorded_at()
"""


async def listed(session: AsyncSession) -> tuple[str, dict[str, Any]]:
    """A query for all posts and its parameters; before the first modelling the ledger is all there is."""
    if asked(session).is_past:
        shown, parameters = _SHOWN.format(scores=_SCORES_THEN), _scores(session)
        return f"{shown} union all {_LEDGER} where {_NOT_SHOWN_YET} and {_PUBLISHED_BY_THEN}", parameters
    if await modelled(session):
        return f"{_SHOWN.format(scores=_SCORES_NOW)} union all {_LEDGER} where {_NOT_SHOWN_YET}", {}
    return _LEDGER, {}


def _scores(session: AsyncSession) -> dict[str, list[Any]]:
    scores = scores_asked(session)
    return {
        "score_keys": [score.post_key for score in scores],
        "score_values": [score.score for score in scores],
        "score_bases": [score.basis for score in scores],
        "score_ns": [score.n for score in scores],
    }
