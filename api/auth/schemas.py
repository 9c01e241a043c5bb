"""What is sent to sign up and in, and the access token that comes back."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.users.schemas import Profile
from identity import passwords

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class RegistrationIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Email = Field(description="How you sign in; upper and lower case are the same.")
    password: str = Field(
        max_length=passwords.LONGEST, description=f"{passwords.SHORTEST} characters or more.", repr=False
    )
    name: Name = Field(description="What you are called.")
    organization: Name = Field(description="Who pays: your company or agency.")
    workspace: Name = Field(description="The brand; more can follow.")
    timezone: str = Field("UTC", description="IANA zone that the brand plans in, such as Europe/Berlin.")


class LoginIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, StringConstraints(max_length=254)]
    password: str = Field(max_length=passwords.LONGEST, repr=False)


class SignIn(Profile):
    access_token: str = Field(description="Send it as `Authorization: Bearer …`.")
    token_type: Literal["bearer"] = "bearer"
    expires_in: int = Field(description="Seconds until you must sign in again.")
