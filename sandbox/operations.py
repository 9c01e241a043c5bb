"""What a call to a network is called: the names that the control door takes and the log of requests shows."""

from pathlib import Path
from types import ModuleType

from starlette.routing import Match, Route
from starlette.types import Scope

_START, _END = "<!-- operations -->", "<!-- end -->"


def named(package: ModuleType, routes: list[Route], scope: Scope) -> str:
    """The operation of a call by the package itself or by the name of its route; empty for a path of nobody."""
    if hasattr(package, "operation"):
        return str(package.operation(scope["method"], scope["path"]))
    nearly = ""
    for route in routes:
        match, _ = route.matches(scope)
        if match is Match.FULL:
            return route.name
        if match is Match.PARTIAL:
            nearly = nearly or route.name
    return nearly


def table(packages: dict[str, ModuleType]) -> str:
    """The operations of every network, as the README lists them."""
    rows = [
        f"| {name} | {', '.join(f'`{operation}`' for operation in package.OPERATIONS)} |"
        for name, package in packages.items()
    ]
    return "\n".join(["| Network | Operations |", "|---|---|", *rows])


def listed(readme: str, packages: dict[str, ModuleType]) -> str:
    """The README with the table as it is now."""
    before, _, rest = readme.partition(_START)
    _, _, after = rest.partition(_END)
    return f"{before}{_START}\n{table(packages)}\n{_END}{after}"


if __name__ == "__main__":
    from sandbox.networks import NETWORKS

    file = Path(__file__).parent / "README.md"
    file.write_text(listed(file.read_text(), NETWORKS))
