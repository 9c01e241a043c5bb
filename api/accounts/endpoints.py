"""/social/accounts: connect by consent, list, disconnect."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api import pagination
from api.access import InWorkspace, Session, guarded
from api.accounts import pages
from api.accounts.schemas import Accounts, Connected, ConnectIn, ConnectOut, Disconnected, account_out
from api.accounts.usage import AccountUsage, usage_out
from api.pagination import Cursor, Limit
from api.parameters import OfPlatform
from clientnest import marts
from clientnest.database import unit_of_work
from clientnest.errors import Invalid, NestError
from clientnest.models import Account
from identity import permissions
from identity.accounts import service as accounts
from identity.accounts.service import Consent
from identity.users import service as users
from ingestion.usage import usage
from platforms.errors import PlatformError

router = APIRouter(prefix="/social/accounts", tags=["accounts"])


@router.post("/connect", summary="Begin to connect an account", **guarded("accounts.connect"))
async def connect(body: ConnectIn, access: InWorkspace, session: Session) -> ConnectOut:
    begun = await accounts.begin(
        session,
        workspace_id=access.workspace_id,
        user_id=access.person.id,
        platform=body.platform,
        login=body.login,
        redirect_uri=body.redirect_uri,
    )
    return ConnectOut(authorize_url=begun.authorize_url, state_expires_at=begun.expires_at)


@router.get("/callback", summary="Where a network sends the person back to", response_model=Connected)
async def callback(
    request: Request,
    state: Annotated[str, Query(max_length=200, description="As it was sent to the network.")],
    code: Annotated[str | None, Query(max_length=4096, description="What the network gives for a consent.")] = None,
    error: Annotated[str | None, Query(max_length=200, description="Why there is none.")] = None,
) -> Connected | HTMLResponse:
    """A page for a browser, JSON for a program that accepts `application/json`. A state works once."""
    wants_page = "application/json" not in request.headers.get("accept", "")
    try:
        platform, connected = await _finish(state, code, error)
    except (NestError, PlatformError) as refusal:
        if wants_page:
            return pages.refused(str(refusal), HTTPStatus.UNPROCESSABLE_ENTITY)
        raise
    if wants_page:
        return pages.connected(platform, connected)
    return Connected(platform=platform, accounts=[account_out(account) for account in connected])


async def _finish(state: str, code: str | None, error: str | None) -> tuple[str, list[Account]]:
    """The network is asked between two transactions; the state is used up by then, whatever it answers."""
    workspace_id = accounts.workspace_of(state)
    async with unit_of_work(workspace_id=workspace_id) as session:
        consent = await accounts.take(session, state)
    await _check_still_allowed(consent)
    if error or not code:
        raise Invalid("The consent was not given. Start connecting again when you want to.")
    connections = await accounts.exchange(consent, code)
    async with unit_of_work(workspace_id=workspace_id, user_id=consent.user_id) as session:
        return consent.platform, await accounts.connect(session, consent, connections)


async def _check_still_allowed(consent: Consent) -> None:
    async with unit_of_work(user_id=consent.user_id) as session:
        person = await users.person(session, consent.user_id)
    member = next((m for m in person.memberships if m.workspace_id == consent.workspace_id), None)
    permissions.require(member.role if member else "", "accounts.connect", member.workspace if member else "it")


@router.get("", summary="Connected and known accounts", **guarded("accounts.read"))
async def list_accounts(
    session: Session,
    wanted: OfPlatform,
    status: Annotated[
        Literal["connected", "reconnect_needed", "disconnected", "imported"] | None, Query(description="Only these.")
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Accounts:
    """Connected ones before those from files, by network and name. Figures are null until modelled."""
    rows = await accounts.page(
        session, platforms=wanted.platforms, status=status, after=_place(cursor), limit=limit + 1
    )
    shown = rows[:limit]
    figures = await marts.account_figures(session, [account.id for account in shown])
    last = shown[-1] if len(rows) > limit else None
    return Accounts(
        items=[account_out(account, figures.get(account.id)) for account in shown],
        next_cursor=pagination.encode(last.source, last.platform, last.name, last.id) if last else None,
    )


@router.get("/{account_id}/usage", summary="What an account costs and may do", **guarded("accounts.read"))
async def account_usage(account_id: UUID, session: Session) -> AccountUsage:
    """Costs of reading, metrics that the network withholds, and until when connection and API version last."""
    return usage_out(await usage(session, account_id, datetime.now(UTC)))


@router.delete("/{account_id}", summary="Disconnect an account", **guarded("accounts.disconnect"))
async def disconnect(account_id: UUID, access: InWorkspace) -> Disconnected:
    """The token is forgotten here and ended at the network where that is possible; posts and figures stay."""
    async with unit_of_work(workspace_id=access.workspace_id, user_id=access.person.id) as session:
        account, ending = await accounts.disconnect(session, account_id)
    left = await accounts.end(ending) if ending else None
    return Disconnected(**account_out(account).model_dump(), still_open_at_network=left)


def _place(cursor: str | None) -> tuple[str, str, str, UUID] | None:
    if cursor is None:
        return None
    source, platform, name, account_id = pagination.decode(cursor, 4)
    try:
        return str(source), str(platform), str(name), UUID(str(account_id))
    except ValueError as error:
        raise pagination.invalid() from error
