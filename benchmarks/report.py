"""How a bench or a sweep tells what it found: a table for people, one JSON object for programs."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import psutil
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Gate:
    """A goal that can be checked: `value` is held against `goal`, such as "ours / dlt default" 12.1 against ">= 10"."""

    gate: str
    value: float
    goal: str

    @property
    def holds(self) -> bool:
        sign, wanted = self.goal.split()
        return {">=": self.value >= float(wanted), "<=": self.value <= float(wanted)}[sign]


@dataclass(frozen=True, slots=True)
class Report:
    """What one run found. Every row has the same names."""

    name: str
    rows: Sequence[Mapping[str, object]]
    gates: Sequence[Gate]

    def show(self, *, as_json: bool) -> None:
        """Print it."""
        if as_json:
            gates = [{**asdict(gate), "holds": gate.holds} for gate in self.gates]
            found = {"name": self.name, "machine": machine(), "rows": self.rows, "gates": gates}
            Console(soft_wrap=True, highlight=False).out(json.dumps(found, default=str))
            return
        console = Console()
        console.print(_table(self.name, self.rows))
        gates = [
            {"gate": one.gate, "value": f"{one.value:,.3g}", "goal": one.goal, "holds": "yes" if one.holds else "NO"}
            for one in self.gates
        ]
        console.print(_table("goals", gates))


def machine() -> dict[str, object]:
    """What it ran on, and how busy that was."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
    }


def _table(title: str, rows: Sequence[Mapping[str, object]]) -> Table:
    names = list(rows[0]) if rows else []
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name, justify="left" if isinstance(rows[0][name], str) else "right")
    for row in rows:
        table.add_row(*(f"{row[name]:,}" if isinstance(row[name], int | float) else str(row[name]) for name in names))
    return table
