"""Measure speed beside a peer or a floor: ingest, publish, replay, warehouse and others."""

import subprocess
import sys

import typer

from clientnest.errors import Invalid
from clientnest.settings import ROOT


def command(
    context: typer.Context,
    name: str = typer.Argument(help="The bench: a file of benchmarks/."),
) -> None:
    folder = ROOT / "benchmarks"
    names = sorted(path.stem for path in folder.glob("*.py") if "__main__" in path.read_text())
    if name not in names:
        raise Invalid(f"There is no bench {name}: take one of {', '.join(names)}.")
    done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *context.args], cwd=ROOT, check=False)
    raise typer.Exit(done.returncode)
