"""A sample of every fault: no post goes out twice, and none is forgotten. The whole is `./nest chaos`."""

from pathlib import Path

import pytest

from clientnest.database import libpq_url
from tests.chaos.__main__ import one_round, told
from tests.chaos.scene import KINDS
from tests.publishing.conftest import Desk, stage

__all__ = ["stage"]


@pytest.mark.parametrize(("fault", "many"), [("F1", 30), ("F2", 3), ("F4", 2)])
async def test_every_post_ends_once_whatever_happens_to_workers(
    desk: Desk, tmp_path: Path, fault: str, many: int
) -> None:
    log = tmp_path / "workers.log"
    tallies, scene = await one_round(desk.stage, libpq_url(), log, fault, f"sample/{fault}", many)
    assert [one.wrong for one in tallies] == [[] for _ in tallies]
    assert sum(one.doubles + one.lost for one in tallies) == 0
    assert sum(one.faults for one in tallies) >= 0.9 * many * len(KINDS)
    assert [one.network for one in tallies if one.unknown and one.network in ("instagram", "tiktok", "youtube")] == []
    assert log.read_bytes(), "the workers say what they do"
    assert told(log, scene.secrets()) == 0
