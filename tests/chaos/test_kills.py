"""A sample of faults: no post goes out twice, and none is forgotten. The whole is `./nest chaos --faults all`."""

from pathlib import Path

from tests.chaos.__main__ import Found, Kept, one_round, parts, told
from tests.chaos.scene import KINDS
from tests.chaos.trials import Tally
from tests.sandbox.stage import running

# The fault, how often at each kind of post, and which.
_SAMPLE = (("F1", 31, KINDS), *((fault, 2, KINDS[:2]) for fault in ("F2", "F3", "F4", "F7", "F9")))


async def test_every_post_ends_once_though_its_workers_are_killed(database: str, tmp_path: Path) -> None:
    log, tallies, secrets = tmp_path / "workers.log", list[Tally](), 0
    with running(seed=5) as stage:
        for number, (fault, many, kinds) in enumerate(_SAMPLE):
            made, scene = await one_round(stage, database, log, fault, f"sample/{number}", many, kinds)
            tallies += made
            secrets += told(log, scene.secrets())
    assert [one.wrong for one in tallies if one.wrong] == []
    assert sum(one.doubles + one.lost for one in tallies) == 0
    assert sum(one.faults for one in tallies if one.fault == "F1") >= 300
    assert [one for one in tallies if one.unknown and one.network in ("instagram", "tiktok", "youtube")] == []
    assert secrets == 0


def test_a_secret_in_a_log_is_found(tmp_path: Path) -> None:
    log = tmp_path / "workers.log"
    log.write_bytes(b"nothing\nAuthorization: Bearer EAAB-7\xff\n")
    assert told(log, ["EAAB-7", "never-told"]) == 1


def test_a_run_that_broke_off_goes_on_from_what_it_kept(tmp_path: Path) -> None:
    file, (first, second) = tmp_path / "kept.jsonl", parts(["F1"], 300)
    found = Found([Tally("F1", "x", "text", faults=24, intents=12)])
    assert Kept(file, 1).of(first) is None
    assert Kept(file, 1).add(first, found) is found
    again = Kept(file, 1)
    assert again.of(first) == found
    assert again.of(second) is None
    assert Kept(file, 2).of(first) is None, "another seed is another run"
