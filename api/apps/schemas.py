"""Our apps at the networks, as they are answered. A secret goes in and never comes out."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class AppIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    client_id: str = Field(min_length=1, max_length=300, description="As the network's developer page shows it.")
    client_secret: SecretStr = Field(min_length=1, max_length=1000)


class WebhookOut(BaseModel):
    callback_url: str | None = Field(description="Where the network calls; null while NEST_PUBLIC_URL is not set.")
    verify_token: str | None = Field(
        description="What to enter beside it; null where the network asks for none, without an app, or for a role "
        "that manages no apps."
    )


class AppOut(BaseModel):
    platform: str
    login: str = Field(description="The way to connect; `login` of POST /social/accounts/connect.")
    title: str
    app: str = Field(description="Which app it goes by.")
    scopes: list[str] = Field(description="What people are asked for.")
    client_id: str | None = Field(description="null while there is no app.")
    source: str | None = Field(description="`workspace`, `installation`, or null.")
    webhook: WebhookOut | None = Field(
        description="What to enter in the network's developer pages, so that it tells what happens; null where it "
        "calls nobody."
    )


class Apps(BaseModel):
    items: list[AppOut]
