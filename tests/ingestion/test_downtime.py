"""What happened while nobody read, seen at ingestion's door."""

import pytest

from tests.ingestion.conftest import Connect, Query, World
from tests.ingestion.reading import read


@pytest.mark.parametrize("network", ["tiktok", "x"])
def test_what_was_published_while_nobody_read_is_asked_about_however_old_it_is(
    world: World, connect: Connect, query: Query, network: str
) -> None:
    account = connect(network)
    assert read(account, "posts", days=70)["posts"].status == "done"
    unheard = (
        f"select count(*) from raw.{network}_posts where account_id = %s"
        f" and (account_id, external_id) not in (select account_id, external_id from raw.{network}_post_metrics)"
    )
    assert query(unheard, account) > [(40,)]
    assert read(account, "post_metrics", planned=True)["post_metrics"].status == "done"
    assert query(unheard, account) == [(0,)]
    assert read(account, "post_metrics", planned=True)["post_metrics"].posts == 0
