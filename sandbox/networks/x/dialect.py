"""The two vocabularies X speaks on the same paths: the older says tweet, the newer post.

What a request names chooses: `tweet.fields` or another word of the older, `post.fields` or another word of the
newer. A request that names neither is answered in the newer, or in the older where the environment says
`SANDBOX_X_WORDS=tweet`; what it did not ask for by name comes by both names.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from starlette.datastructures import QueryParams

_SHARED_POST_FIELDS = frozenset(
    "article attachments card_uri community_id context_annotations conversation_id created_at"
    " display_text_range edit_controls entities geo id lang media_metadata non_public_metrics"
    " organic_metrics possibly_sensitive promoted_metrics public_metrics reply_settings scopes source"
    " suggested_source_links suggested_source_links_with_counts text withheld".split()
)
_SHARED_USER_FIELDS = frozenset(
    "confirmed_email connection_status created_at description entities id is_identity_verified"
    " location name parody profile_banner_url profile_image_url protected public_metrics receives_your_dm"
    " subscription subscription_type url username verified verified_followers_count verified_type"
    " withheld".split()
)
_SHARED_EXPANSIONS = frozenset(
    "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet"
    " attachments.poll_ids author_id entities.mentions.username geo.place_id in_reply_to_user_id".split()
)
MEDIA_FIELDS = frozenset(
    "alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url"
    " promoted_metrics public_metrics type url variants width".split()
)


POLL_FIELDS = frozenset("duration_minutes end_datetime id options voting_status".split())
PLACE_FIELDS = frozenset("contained_within country country_code full_name geo id name place_type".split())


@dataclass(frozen=True)
class Dialect:
    """One vocabulary: the names that differ, and what may be asked for in it."""

    parameter: str
    post: str
    reposts: str
    posts: str
    history: str
    references: str
    pinned: str
    latest: str
    count: str
    total: str
    included: str
    article: str
    problems: str
    post_fields: frozenset[str]
    user_fields: frozenset[str]
    expansions: frozenset[str]
    user_expansions: frozenset[str]

    @property
    def words(self) -> frozenset[str]:
        """Everything that may stand in a list of fields or expansions."""
        return self.post_fields | self.user_fields | self.expansions | self.user_expansions


NEWER = Dialect(
    parameter="post.fields",
    post="post",
    reposts="repost_count",
    posts="post_count",
    history="edit_history_post_ids",
    references="referenced_posts",
    pinned="pinned_post_id",
    latest="most_recent_post_id",
    count="post_count",
    total="total_post_count",
    included="posts",
    article="article_title",
    problems="https://api.x.com/2/problems/",
    post_fields=_SHARED_POST_FIELDS
    | {"article_title", "matched_media_notes", "note_post", "note_request_suggestions", "paid_partnership"},
    user_fields=_SHARED_USER_FIELDS | {"subscribes_to_you"},
    expansions=_SHARED_EXPANSIONS | {"edit_history_post_ids", "referenced_posts", "username"},
    user_expansions=frozenset({"affiliation", "most_recent_post_id", "pinned_post_id"}),
)
OLDER = Dialect(
    parameter="tweet.fields",
    post="tweet",
    reposts="retweet_count",
    posts="tweet_count",
    history="edit_history_tweet_ids",
    references="referenced_tweets",
    pinned="pinned_tweet_id",
    latest="most_recent_tweet_id",
    count="tweet_count",
    total="total_tweet_count",
    included="tweets",
    article="article",
    problems="https://api.twitter.com/2/problems/",
    post_fields=_SHARED_POST_FIELDS
    | {"author_id", "edit_history_tweet_ids", "in_reply_to_user_id", "note_tweet", "referenced_tweets"},
    user_fields=_SHARED_USER_FIELDS | {"affiliation", "most_recent_tweet_id", "pinned_tweet_id"},
    expansions=_SHARED_EXPANSIONS
    | {"edit_history_tweet_ids", "entities.note.mentions.username"}
    | {"referenced_tweets.id", "referenced_tweets.id.attachments.media_keys", "referenced_tweets.id.author_id"},
    user_expansions=frozenset({"affiliation.user_id", "most_recent_tweet_id", "pinned_tweet_id"}),
)
DEFAULT = OLDER if os.environ.get("SANDBOX_X_WORDS") == "tweet" else NEWER
_LISTS = ("expansions", "user.fields")


def dialect_of(query: QueryParams) -> Dialect:
    """The vocabulary that a request asks for: by its field parameter, else by words that only one of them has."""
    return _named(query) or DEFAULT


def names(query: QueryParams, thing: str) -> tuple[str, ...]:
    """What a `thing` of dialects is called, such as `history`: both where a request names no vocabulary.

    Clients of either rely on these without asking for them, and either spec lets the other's name stand beside.
    """
    named = _named(query)
    return tuple(getattr(dialect, thing) for dialect in ((named,) if named else (NEWER, OLDER)))


def _named(query: QueryParams) -> Dialect | None:
    """The vocabulary that a request names, if it names one."""
    for dialect in (NEWER, OLDER):
        if dialect.parameter in query:
            return dialect
    words = {word for name in _LISTS for word in query.get(name, "").split(",")}
    older, newer = words & (OLDER.words - NEWER.words), words & (NEWER.words - OLDER.words)
    if older or newer:
        return OLDER if len(older) > len(newer) else NEWER
    return None
