"""Bring in exports that were downloaded from the networks; each is recognised by its header."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from clientnest.errors import Invalid, NestError, NotReady
from commands.stack import demo
from commands.stack.installation import Installation, find
from commands.stack.orchestrating import orchestrate
from commands.stack.steps import Steps


def command(
    files: Annotated[list[Path], typer.Argument(help="Exports as they were downloaded; .gz is fine.")],
    account: Annotated[str | None, typer.Option(help="For reports that name no account.")] = None,
    year: Annotated[int | None, typer.Option(help="For reports whose days name no year.")] = None,
    workspace: Annotated[UUID | None, typer.Option(help="Into this workspace; the only one if left out.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what was understood, load nothing.")] = False,
) -> None:
    installation = find()
    if installation is None:
        raise NotReady("There is no installation here: run `./nest up`.")
    installation.enter()
    from ingestion.files import import_file

    chosen = workspace or _workspace(installation)
    console, failed, written = Console(), 0, 0
    for file in files:
        try:
            result = import_file(chosen, file, account_name=account, year=year, dry_run=dry_run)
        except NestError as error:
            failed += 1
            _refused(console, file, error)
            continue
        _show(console, file, result)
        written += result.written or 0
    if written:
        with Steps(console).step("Figures", keeps_parts=True) as said:
            orchestrate(installation, said, "figures")
    if failed:
        raise SystemExit(1)


def _workspace(installation: Installation) -> UUID:
    """The demo's workspace, or the only one there is."""
    with psycopg.connect(installation.database_url()) as connection:
        found = connection.execute(
            "select w.id from app.workspaces w join app.memberships m on m.workspace_id = w.id"
            " join app.users u on u.id = m.user_id order by u.email <> %s limit 2",
            [demo.EMAIL],
        ).fetchall()
    if not found:
        raise NotReady("There is no workspace yet: register through the API or the dashboard first.")
    if len(found) > 1 and installation.kept.seed is None:
        raise NotReady("There are several workspaces: name one with --workspace.")
    return UUID(str(found[0][0]))


def _show(console: Console, file: Path, result: Any) -> None:
    console.print(f"\n[bold]{file.name}[/]", highlight=False)
    for sentence in result.understood:
        console.print(f"  {sentence}", highlight=False, markup=False)
    accounts = ", ".join(result.accounts[:5]) + (
        f" and {len(result.accounts) - 5} more" if len(result.accounts) > 5 else ""
    )
    console.print(f"  Accounts: {accounts}", highlight=False, markup=False)
    table = Table("Metric", "Sum over the file", box=None, pad_edge=False, show_header=True)
    for metric, value in result.sums.items():
        table.add_row(metric, "—" if value is None else f"{value:,}")
    console.print(table)
    if result.written is None:
        console.print(f"  {result.records:,} records, {result.quarantined:,} damaged; nothing loaded (--dry-run).")
    else:
        console.print(
            f"  {result.records:,} records: {result.written:,} written, {result.unchanged:,} already there, "
            f"{result.quarantined:,} in quarantine.",
            highlight=False,
        )
    for broken in result.broken:
        console.print(f"  line {broken.line}: {broken.reason}", style="yellow", highlight=False, markup=False)


def _refused(console: Console, file: Path, error: NestError) -> None:
    console.print(f"\n[bold]{file}[/]\n  [red]{error.message}", highlight=False)
    if isinstance(error, Invalid):
        for problem in error.problems:
            console.print(f"  {problem.field}: {problem.message}", highlight=False, markup=False)
