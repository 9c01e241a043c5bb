"""/trials: bring in who was in which arm and what they did, and read what the treatment added."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Annotated, BinaryIO
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, UploadFile

from api.access import InWorkspace, Session, guarded
from api.apart import apart
from api.trials.schemas import TrialOut, Trials
from clientnest.errors import NotFound
from clientnest.models import Trial
from scoring.trials import repository
from scoring.trials.service import Evaluated

router = APIRouter(prefix="/trials", tags=["analytics"])

_Name = Annotated[str, Form(min_length=1, max_length=200)]


@router.get("", summary="Randomised trials", **guarded("analytics.read"))
async def list_trials(
    session: Session, limit: Annotated[int, Query(ge=1, le=200, description="How many items at most.")] = 50
) -> Trials:
    return Trials(items=[_out(trial) for trial in await repository.newest(session, limit=limit)])


@router.get("/{trial_id}", summary="One trial", **guarded("analytics.read"))
async def get_trial(session: Session, trial_id: UUID) -> TrialOut:
    trial = await repository.trial(session, trial_id)
    if trial is None:
        raise NotFound("There is no such trial in this workspace.")
    return _out(trial)


@router.post("", summary="Bring in a trial", status_code=201, **guarded("imports.make"))
async def make_trial(
    access: InWorkspace,
    session: Session,
    file: Annotated[UploadFile, File(description="CSV, one row per person; .gz is fine.")],
    name: _Name,
    control: Annotated[str, Form(max_length=200, description="The arm that was left alone.")],
    arm: Annotated[str, Form(max_length=200, description="The column that names the arm.")] = "arm",
    outcomes: Annotated[
        str, Form(max_length=2000, description="Columns of numbers, separated by commas; all when left out.")
    ] = "",
) -> TrialOut:
    """Difference of means against the control per arm and outcome, with its 95 % interval. Who is in which arm must
    have been drawn by lot: the file cannot show that."""
    with tempfile.TemporaryDirectory(prefix="nest-trial-") as folder:
        path = Path(folder) / "upload"
        await asyncio.to_thread(_keep, file.file, path)
        found: Evaluated = await apart(
            "scoring.trials.service:evaluate",
            access.workspace_id,
            path,
            arm=arm,
            control=control,
            outcomes=[part.strip() for part in outcomes.split(",") if part.strip()],
        )
    trial = Trial(
        workspace_id=access.workspace_id,
        name=name,
        control=control,
        arms=found.arms,
        outcomes=found.outcomes,
        people=found.people,
        lake_path=found.lake_path,
        result=found.result,
    )
    return _out(await repository.add(session, trial))


def _out(trial: Trial) -> TrialOut:
    own = ("id", "name", "control", "arms", "outcomes", "people", "created_at", "lake_path")
    return TrialOut(**{name: getattr(trial, name) for name in own}, lifts=trial.result["lifts"])


def _keep(content: BinaryIO, path: Path) -> None:
    with path.open("wb") as copy:
        shutil.copyfileobj(content, copy)
