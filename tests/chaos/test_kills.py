"""A sample of kills: no post goes out twice, and none is forgotten. The whole is `./nest chaos`."""

from pathlib import Path

from tests.chaos.__main__ import one_round, told
from tests.chaos.scene import KINDS
from tests.sandbox.stage import running


async def test_every_post_ends_once_though_its_workers_are_killed(database: str, tmp_path: Path) -> None:
    fault, many = "F1", 2
    log = tmp_path / "workers.log"
    with running(seed=5) as stage:
        tallies, scene = await one_round(stage, database, log, fault, f"sample/{fault}", many)
    assert [one.wrong for one in tallies] == [[] for _ in tallies]
    assert sum(one.doubles + one.lost for one in tallies) == 0
    assert sum(one.faults for one in tallies) >= 0.9 * many * len(KINDS)
    assert [one.network for one in tallies if one.unknown and one.network in ("instagram", "tiktok", "youtube")] == []
    assert told(log, scene.secrets()) == 0
