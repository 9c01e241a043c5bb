"""Accounts, and the consent that connects them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.pagination import NEXT_CURSOR
from clientnest.models import Account
from platforms import PLATFORMS


class ConnectIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    platform: str = Field(description=f"One of {', '.join(PLATFORMS)}.")
    login: str | None = Field(None, description="Which of the network's ways to connect; see `/social/apps`.")
    redirect_uri: str | None = Field(None, description="Only ClientNest's own callback is accepted; leave it out.")


class ConnectOut(BaseModel):
    authorize_url: str = Field(description="Open it in a browser; the person consents at the network.")
    state_expires_at: datetime = Field(description="Until when the person can come back.")


class AccountOut(BaseModel):
    id: UUID
    platform: str
    platform_title: str = Field(description="The network's name for people.")
    external_id: str = Field(description="The network's id.")
    name: str
    username: str | None
    picture_url: str | None
    source: str = Field(description="`api` (connected) or `file` (known from imported exports only).")
    status: str = Field(description="connected, reconnect_needed, disconnected or imported.")
    connected_at: datetime | None
    followers: int | None = Field(None, description="Newest known; null when never observed.")
    following: int | None = None
    posts_count: int | None = Field(None, description="Posts on the profile, as the network counts them.")
    followers_observed_at: datetime | None = None
    first_post_at: datetime | None = None
    last_post_at: datetime | None = None
    last_observed_at: datetime | None = Field(None, description="When the network was last heard about this account.")


class Disconnected(AccountOut):
    still_open_at_network: str | None = Field(
        description="Why the permission was not ended at the network as well; null when it was, or none was left."
    )


class Accounts(BaseModel):
    items: list[AccountOut]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class Connected(BaseModel):
    platform: str
    accounts: list[AccountOut] = Field(description="Every account that the consent covers.")


_OWN = ("id", "platform", "external_id", "name", "username", "picture_url", "source", "status", "connected_at")


def account_out(account: Account, figures: dict[str, Any] | None = None) -> AccountOut:
    """The account as it is now, with what the marts know of it."""
    own = {name: getattr(account, name) for name in _OWN}
    return AccountOut(platform_title=PLATFORMS[account.platform].title, **own, **(figures or {}))
