"""Scores of a workspace as they were at a past moment, made anew from its posts as known then; nothing is kept."""

from collections.abc import Sequence
from uuid import UUID

from clientnest.marts import Moment, Score
from scoring import repository
from scoring.content import scores


def scores_as_known(workspace_id: UUID, moment: Moment) -> Sequence[Score]:
    """The score of every post that could be compared then. Raises NotReady where the past cannot be asked about."""
    found = scores(repository.posts_as_known(workspace_id, moment))
    columns = found.select("post_key", "score", "basis", "n")
    return [Score(*row) for row in columns.iter_rows()]
