"""Stop everything that `./nest up` started; nothing is lost."""

from commands.stack.control import running_supervisor, stop
from commands.stack.installation import find


def command() -> None:
    installation = find()
    if installation is None or running_supervisor(installation) is None:
        print("Nothing is running here.")
        return
    stop(installation)
    print("Everything is stopped.")
