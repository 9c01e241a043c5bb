"""/social/apps: by which apps accounts are connected."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from api.access import InWorkspace, Session, guarded
from api.apps.schemas import AppIn, AppOut, Apps
from identity import permissions
from identity.apps import service as apps

Name = Annotated[str, Path(description="`app` of GET /social/apps.", max_length=50)]

router = APIRouter(prefix="/social/apps", tags=["accounts"])


@router.get("", summary="Ways to connect accounts, and the apps they go by", **guarded("accounts.read"))
async def list_apps(access: InWorkspace, session: Session) -> Apps:
    found = await apps.listed(session, access.workspace_id)
    shown = Apps(items=[AppOut.model_validate(asdict(one)) for one in found])
    if not permissions.may(access.member.role, "apps.manage"):
        for one in shown.items:
            if one.webhook:
                one.webhook.verify_token = None
    return shown


@router.put(
    "/{app}", summary="Bring the workspace's own app", status_code=HTTPStatus.NO_CONTENT, **guarded("apps.manage")
)
async def store_app(app: Name, body: AppIn, access: InWorkspace, session: Session) -> None:
    """Accounts that were connected by another app have to be connected again."""
    await apps.store(
        session,
        access.workspace_id,
        app,
        client_id=body.client_id,
        client_secret=body.client_secret.get_secret_value(),
    )


@router.delete(
    "/{app}", summary="Go back to the installation's app", status_code=HTTPStatus.NO_CONTENT, **guarded("apps.manage")
)
async def forget_app(app: Name, access: InWorkspace, session: Session) -> None:
    await apps.forget(session, access.workspace_id, app)
