"""POST /auth/register and POST /auth/login: the only ways in."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from api.auth.schemas import LoginIn, RegistrationIn, SignIn
from api.users.schemas import profile
from clientnest.database import unit_of_work
from identity import tokens
from identity.users import service as users
from identity.users.service import Registration

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", status_code=HTTPStatus.CREATED, summary="Sign up with an organization and a first workspace")
async def register(body: RegistrationIn) -> SignIn:
    registration = Registration(**body.model_dump())
    async with unit_of_work(workspace_id=registration.workspace_id, user_id=registration.user_id) as session:
        await users.register(session, registration)
    return await _signed_in(registration.user_id)


@router.post("/login", summary="Sign in")
async def login(body: LoginIn) -> SignIn:
    async with unit_of_work() as session:
        user = await users.candidate(session, body.email)
    return await _signed_in(await users.proven(user, body.password))


async def _signed_in(user_id: UUID) -> SignIn:
    async with unit_of_work(user_id=user_id) as session:
        person = await users.person(session, user_id)
    token = tokens.issue(user_id)
    return SignIn(access_token=token.value, expires_in=token.expires_in, **profile(person).model_dump())
