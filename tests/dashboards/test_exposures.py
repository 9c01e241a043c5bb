"""What the warehouse says is read by whom: from every mart that is read, dbt's pages lead to who reads it."""

import re

import yaml

from tests.conftest import ROOT

READ = re.compile(r"\b(?:from|join) marts\.([a-z_]+)")
NAMED = re.compile(r"ref\('([a-z_]+)'\)")


def test_every_mart_that_is_read_leads_to_its_readers() -> None:
    told = yaml.safe_load((ROOT / "dbt_project/models/marts/exposures.yml").read_text())["exposures"]
    exposed = {name for exposure in told for of in exposure["depends_on"] for name in NAMED.findall(of)}
    read = {name for path in (ROOT / "clientnest/marts").glob("*.py") for name in READ.findall(path.read_text())}
    assert len(read) > 15
    # Reports and pages name a workspace, which is no figure.
    assert read - exposed - {"workspaces"} == set()
    assert exposed <= {path.stem for path in (ROOT / "dbt_project/models/marts").rglob("*.sql")}
