"""Progress that a person can follow: each step by name, with its time when it is done."""

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.console import Console

_WIDTH = 42


class Steps:
    """A spinner while a step runs on a terminal; one line for each step that is done, everywhere."""

    def __init__(self, console: Console) -> None:
        self.console = console

    @contextlib.contextmanager
    def step(self, name: str, *, keeps_parts: bool = False) -> Iterator[Callable[[str], None]]:
        """`said(text)` names the part that has just been done; with `keeps_parts` each part gets its own line."""
        started = last = time.monotonic()
        detail = ""

        def said(text: str) -> None:
            nonlocal last, detail
            now = time.monotonic()
            if keeps_parts:
                self.console.print(f"    {text:<{_WIDTH - 2}} {now - last:6.1f} s", style="dim", highlight=False)
                last = now
            else:
                detail = text

        with self.console.status(f"{name} …"):
            yield said
        seconds = time.monotonic() - started
        self.console.print(f"[green]✓[/] {name:<{_WIDTH}} {seconds:6.1f} s  [dim]{detail}", highlight=False)
