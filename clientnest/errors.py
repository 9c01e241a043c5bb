"""What can go wrong for a person, said so that they know what to do. Edges turn these into their own language.

NestError
├── NotFound        it is not there, or not theirs to see
├── Forbidden       ask somebody with the right
├── Unauthenticated sign in (again)
├── Conflict        it is already so, or somebody was faster
├── Invalid         correct the input; `problems` names each field
└── NotReady        something that this needs is not there yet; `message` says how to get it
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct. `field` is where, `message` what and how."""

    field: str
    message: str


class NestError(Exception):
    """Root of everything that is said to a person."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(NestError):
    pass


class Forbidden(NestError):
    pass


class Unauthenticated(NestError):
    pass


class Conflict(NestError):
    pass


class Invalid(NestError):
    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class NotReady(NestError):
    pass
