"""GET /users/profile."""

from fastapi import APIRouter

from api.access import SignedIn
from api.users.schemas import Profile, profile

router = APIRouter(prefix="/users", tags=["users"])


@router.get("/profile", summary="Who you are and where you belong")
async def read_profile(person: SignedIn) -> Profile:
    return profile(person)
