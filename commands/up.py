"""Start everything; on the first start also fill a demo workspace. Prints where to look."""

import signal
import time
from datetime import timedelta
from types import FrameType
from typing import Annotated, Any

import typer
from rich.console import Console

from clientnest.errors import NotReady
from commands.stack import control, dagster_home, demo, sales, urls, world
from commands.stack.installation import Installation, find, find_or_make
from commands.stack.steps import Steps

DEFAULT_SEED = 1
_READY_WITHIN = 180.0
_FIRST = ("database", "migrations", "sandbox", "api", "worker", "models", "dashboard")
_LAST = ("dagster-code", "dagster", "dagster-daemon")
_NAMES = {
    "database": "Database",
    "migrations": "Tables",
    "sandbox": "Demo world (the networks)",
    "api": "API",
    "worker": "Publishing worker",
    "models": "Models of the warehouse",
    "dashboard": "Dashboard",
    "dagster-code": "Dagster code",
    "dagster": "Dagster",
    "dagster-daemon": "Dagster daemon",
}


def command(
    detach: Annotated[bool, typer.Option("--detach", help="Return when everything runs.")] = False,
    seed: Annotated[int | None, typer.Option(help="Which demo world to make; each home has one.")] = None,
    demo_world: Annotated[bool, typer.Option("--demo/--no-demo", help="With the demo world and workspace.")] = True,
) -> None:
    installation = find_or_make(_seed(seed, demo_world))
    dagster_home.write(installation)
    if control.running_supervisor(installation) is None:
        control.start(installation)
    signal.signal(signal.SIGTERM, _interrupt)
    steps = Steps(Console(stderr=False))
    try:
        _bring_up(installation, steps)
    except KeyboardInterrupt:
        control.stop(installation)
        raise SystemExit(130) from None
    urls.show(installation, steps.console)
    if not detach:
        _stay(installation, steps.console)


def _seed(asked: int | None, demo_world: bool) -> int | None:
    """The seed to insist on: what was asked, else whatever the home holds, else the default."""
    if asked is not None or not demo_world:
        return asked
    held = find()
    return held.kept.seed if held else DEFAULT_SEED


def _bring_up(installation: Installation, steps: Steps) -> None:
    for name in _FIRST:
        _await(installation, name, steps)
    if installation.kept.seed is not None and not installation.kept.demo_ready:
        _fill(installation, steps)
    for name in _LAST:
        _await(installation, name, steps)


def _fill(installation: Installation, steps: Steps) -> None:
    """Weeks of the demo world: campaigns and a look at the networks on the way, then everything until now."""
    installation.enter()
    with steps.step("Demo owner"):
        session = demo.login(installation)
    with steps.step("Shop") as said:
        sales.open_shop(installation, session)
        sales.rates(installation)
        said("opened for Stripe and PayPal too")
    for campaign in sales.CAMPAIGNS:
        _go_to(installation, session, steps, campaign.ago)
        with steps.step(f"Campaign {campaign.name}") as said:
            said(sales.launch(installation, session, campaign))
    _go_to(installation, session, steps, demo.FIRST_LOOK)
    with steps.step(f"{demo.DAYS} days of history", keeps_parts=True) as said:
        demo.first_look(installation, said)
    with steps.step("Networks change their minds") as said:
        said(world.disturb(installation))
    _go_to(installation, session, steps, timedelta(0))
    with steps.step("People come to the shop") as said:
        said(sales.let_in(installation))
    with steps.step("The last days, and all figures", keeps_parts=True) as said:
        demo.last_look(installation, said)
    demo.finish(installation)


def _go_to(installation: Installation, session: dict[str, Any], steps: Steps, ago: timedelta) -> None:
    """Let the demo world come to so long before now, and consent there: what was given before has ended by then."""
    with steps.step(f"{ago.days} days ago" if ago else "Now") as said:
        world.move(installation, ago)
        names = world.told(installation)["networks"]
        for name in names:
            demo.connect(session, name)
        said(f"{len(names)} accounts connected")


def _await(installation: Installation, name: str, steps: Steps) -> None:
    known = control.state(installation).get("processes", {})
    if known and name not in known:
        return
    with steps.step(_NAMES[name]) as said:
        deadline = time.monotonic() + _READY_WITHIN
        while True:
            seen = control.state(installation)
            if seen.get("error"):
                raise NotReady(seen["error"])
            process = seen.get("processes", {}).get(name)
            if seen.get("processes") and process is None:
                said("not part of this installation")
                return
            if control.running_supervisor(installation) is None:
                raise NotReady(f"The supervisor ended: see {installation.logs / 'supervisor.log'}.")
            if process and process["state"] in ("running", "done"):
                return
            if process and process["restarts"] >= 3:
                raise NotReady(f"{name} does not start: see {installation.logs / f'{name}.log'}, or `./nest doctor`.")
            if time.monotonic() > deadline:
                raise NotReady(f"{name} is not ready after {_READY_WITHIN:.0f} s: see {installation.logs}.")
            time.sleep(0.1)


def _stay(installation: Installation, console: Console) -> None:
    """Until Ctrl-C; says when a process had to be restarted."""
    console.print("\nCtrl-C stops everything.")
    restarts: dict[str, int] = {}
    try:
        while control.running_supervisor(installation) is not None:
            for name, process in control.state(installation).get("processes", {}).items():
                if process["restarts"] > restarts.get(name, 0):
                    console.print(f"[yellow]{name} ended (exit {process['exit_code']}) and is started again.")
                restarts[name] = process["restarts"]
            time.sleep(1)
    except KeyboardInterrupt:
        console.print("\nStopping …")
        control.stop(installation)
        console.print("Everything is stopped.")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
