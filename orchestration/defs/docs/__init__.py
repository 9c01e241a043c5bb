"""The dictionary of the warehouse: what every mart and column means and is made of, as one page without a network."""

import shutil
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource

from clientnest.settings import settings
from orchestration.defs.dbt.project import manifest

PAGE = "static_index.html"


@dg.asset(
    key=["docs", "warehouse"],
    deps=[dg.AssetKey(["marts", name]) for name in ("accounts", "posts", "post_lifetime")],
    group_name="docs",
    kinds={"dbt"},
)
def warehouse(dbt: DbtCliResource) -> dg.MaterializeResult:
    """dbt's own documentation; made anew only where a model changed since."""
    page = settings().dictionary
    is_stale = not is_fresh(page)
    if is_stale:
        target = settings().home / "dbt" / "docs"
        dbt.cli(["docs", "generate", "--static"], target_path=target).wait()
        page.parent.mkdir(parents=True, exist_ok=True)
        unfinished = page.with_suffix(".unfinished")
        shutil.copyfile(target / PAGE, unfinished)
        unfinished.replace(page)
    return dg.MaterializeResult(metadata={"made anew": is_stale, "bytes": page.stat().st_size})


def is_fresh(page: Path) -> bool:
    """Whether the page is younger than every model."""
    return page.exists() and page.stat().st_mtime >= manifest().stat().st_mtime


defs = dg.Definitions(assets=[warehouse])
