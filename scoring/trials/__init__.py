"""Randomised trials: what a treatment did, against what would have happened without; see README.md of scoring.

`evaluate` keeps a file and works out its result; `repository` remembers both.
"""

from scoring.trials.lift import Lift, lifts
from scoring.trials.service import Evaluated, evaluate

__all__ = ["Evaluated", "Lift", "evaluate", "lifts"]
