"""Kill workers and cut their connections while posts go out, and hold every post against the networks' own books."""

import subprocess
import sys

import typer

from clientnest.settings import ROOT


def command(context: typer.Context) -> None:
    done = subprocess.run([sys.executable, "-m", "tests.chaos", *context.args], cwd=ROOT, check=False)
    raise typer.Exit(done.returncode)
