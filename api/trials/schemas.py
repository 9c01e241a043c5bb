"""A trial and its result. Means and differences are in the unit of the outcome."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

INTERVAL = "of the 95 % interval (Welch); null where nobody differs from anybody."


class LiftOut(BaseModel):
    outcome: str
    arm: str
    control: str
    n: int = Field(description="People of the arm whose outcome is known.")
    n_control: int
    unknown: int = Field(description="People of both arms whose outcome is not known; they are not counted as zero.")
    mean: float
    mean_control: float
    difference: float = Field(description="mean - mean_control: what the treatment added per person.")
    relative: float | None = Field(description="By the control's mean; null where that is zero.")
    standard_error: float | None
    freedom: float | None = Field(description="Degrees of freedom of the interval.")
    low: float | None = Field(description=f"Lower bound {INTERVAL}")
    high: float | None = Field(description=f"Upper bound {INTERVAL}")


class TrialOut(BaseModel):
    id: UUID
    name: str
    control: str
    arms: list[str]
    outcomes: list[str]
    people: int
    created_at: datetime
    lake_path: str = Field(description="Where the file lies in the lake, as it was received.")
    lifts: list[LiftOut] = Field(description="By outcome, then arm.")


class Trials(BaseModel):
    items: list[TrialOut] = Field(description="The newest first.")
