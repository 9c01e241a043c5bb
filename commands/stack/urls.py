"""Where a person looks."""

from rich.console import Console

from clientnest.settings import settings
from commands.stack import demo
from commands.stack.installation import Installation


def urls(installation: Installation) -> dict[str, str]:
    """Every address of the installation, by name."""
    chosen = settings()
    found = {
        "dashboard": f"http://127.0.0.1:{chosen.dashboard_port}",
        "api": chosen.api_url,
        "api_docs": f"{chosen.api_url}/docs",
        "dagster": f"http://127.0.0.1:{chosen.dagster_port}",
    }
    if world := installation.world():
        found["sandbox_control"] = world["control"]
    return found


def show(installation: Installation, console: Console) -> None:
    """The addresses, and the demo's sign-in where there is one."""
    found = urls(installation)
    console.print()
    for name, title in (("dashboard", "Dashboard"), ("api_docs", "API"), ("dagster", "Dagster")):
        console.print(f"  {title:<10} {found[name]}", highlight=False)
    if installation.kept.seed is not None:
        console.print(
            f"\n  Sign in as {demo.EMAIL} with {installation.kept.demo_password}", highlight=False, markup=False
        )
