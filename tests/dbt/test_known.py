"""What was known at a past moment is what a warehouse would say that had only heard until then."""

from datetime import datetime
from typing import Any

import psycopg
import pytest

from tests.dbt.conftest import PROJECT, Dbt, Warehouse, new_warehouse
from tests.dbt.story import STEPS, day, happen, new

MOMENTS = (day(2, 18), day(5), day(20, 18), day(30))
COMPARED = (
    "accounts",
    "posts",
    "post_lifetime",
    "post_metrics_daily",
    "account_metrics_daily",
    "metric_changes",
    "reconciliation",
)
# Of one workspace and not of the other: names of things, and where a line stands.
OWN = ("workspace_id", "account_id", "post_key", "lake_record")
MARTS = sorted(model.stem for model in (PROJECT / "models" / "marts").rglob("*.sql"))


@pytest.fixture(scope="module")
def heard(dbt: Dbt) -> tuple[Warehouse, dict[datetime, Warehouse]]:
    """A workspace that heard the whole story, and one for each moment that heard it only until then."""
    whole = new(new_warehouse(dbt.url))
    parts = {moment: new(new_warehouse(dbt.url)) for moment in MOMENTS}
    for step in range(len(STEPS)):
        happen(whole, step)
        for moment, ours in parts.items():
            happen(ours, step, moment)
    dbt.build()
    dbt.past()
    return whole, parts


def said(
    ours: Warehouse, relation: str, *, known_at: datetime | None = None, workspace: object = None
) -> list[dict[str, Any]]:
    """The rows that people of the workspace see, without what is the workspace's own."""
    with psycopg.connect(ours.url) as connection:
        connection.execute("set role nest_app")
        settings = {
            "enable_nestloop": "off",
            "nest.workspace_id": str(workspace or ""),
            "nest.known_at": str(known_at or ""),
        }
        for name, value in settings.items():
            connection.execute("select set_config(%s, %s, true)", [name, value])
        left_out = "".join(f" - '{name}'" for name in OWN)
        return [
            row for (row,) in connection.execute(f"select to_jsonb(m){left_out} from {relation} m order by 1".encode())
        ]


@pytest.fixture(params=MOMENTS, ids=lambda moment: moment.strftime("%d.%m. %H:%M"))
def moment(request: pytest.FixtureRequest) -> datetime:
    then: datetime = request.param
    return then


@pytest.mark.parametrize("mart", COMPARED)
def test_what_was_known_is_what_would_have_been_said(
    heard: tuple[Warehouse, dict[datetime, Warehouse]], moment: datetime, mart: str
) -> None:
    whole, parts = heard
    then = said(whole, f"known.{mart}", known_at=moment, workspace=whole.workspace_id)
    assert then == said(whole, f"marts.{mart}", workspace=parts[moment].workspace_id)
    assert then or mart == "metric_changes"


def test_nobody_sees_what_another_workspace_knew(heard: tuple[Warehouse, dict[datetime, Warehouse]]) -> None:
    whole, _ = heard
    stranger = new_warehouse(whole.url)
    for mart in MARTS:
        assert said(whole, f"known.{mart}", workspace=None) == [], mart
        seen = said(whole, f"known.{mart}", workspace=stranger.workspace_id)
        assert seen == [] or mart == "workspaces", mart


def test_what_was_recorded_later_is_not_what_a_report_said(heard: tuple[Warehouse, dict[datetime, Warehouse]]) -> None:
    whole, _ = heard
    with psycopg.connect(whole.url) as connection:
        connection.execute("set role nest_app")
        connection.execute("select set_config('nest.workspace_id', %s, true)", [str(whole.workspace_id)])
        connection.execute("select set_config('nest.recorded_at', '2020-01-01', true)")
        assert connection.execute("select count(*) from known.posts").fetchone() == (0,)
