"""What a call to a network is called: the names that the control door takes and the log of requests shows."""

from types import ModuleType

from starlette.routing import Match, Route
from starlette.types import Scope


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
