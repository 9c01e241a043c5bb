"""What our processes say of themselves: one line for each event, and an exception as its traceback.

A traceback with the values of variables would tell passwords and tokens.
"""

import structlog


def configure() -> None:
    """For all of the process."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ]
    )
