"""What an account uses up and may do, as it is told."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ingestion.usage import Usage


class ParkedOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    resource: str = Field(description="What it belongs to, such as post_metrics.")
    metric: str = Field(description="The network's name.")
    reason: str = Field(description="The network's words.")
    since: datetime
    until: datetime = Field(description="When it is asked for again.")


class RightOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    capability: str
    granted: list[str] = Field(description="Scopes that the consent holds.")
    missing: list[str] = Field(description="Scopes that it lacks; connect the account again to allow them.")


class TellingOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    status: Literal["subscribed", "waiting", "failed", "by_app", "no_address", "not_offered"] = Field(
        description="`waiting` for the next upkeep; `by_app`: the address is entered once per app, see GET "
        "/social/apps; `no_address`: NEST_PUBLIC_URL is not set."
    )
    problem: str | None = Field(description="Why the network does not call.")
    subscribed_at: datetime | None = Field(description="When it last agreed to.")
    until: datetime | None = Field(description="Renewed well before; null where it holds until it is ended.")


class AccountUsage(BaseModel):
    cost_today: dict[str, str] = Field(description='Since midnight UTC, exact decimals by unit: {"USD": "0.0150"}.')
    cost_this_month: dict[str, str] = Field(description="Since the first of the month, UTC.")
    monthly_usd_limit: str | None = Field(description="Reading stops there; null where nothing is billed in money.")
    parked_metrics: list[ParkedOut] = Field(description="Metrics that the network refuses to this account.")
    token_expires_at: datetime | None = Field(description="Renewed before by itself, where the network allows.")
    refresh_expires_at: datetime | None = Field(description="After it a person must connect the account again.")
    api_version: str = Field(description="The network's API as ClientNest speaks it.")
    api_version_ends: date | None = Field(description="Its last day, where the network names one.")
    scopes_known: bool = Field(description="Whether the network says what was granted; else nothing counts as missing.")
    rights: list[RightOut] = Field(description="Scopes by what they are for.")
    telling: TellingOut = Field(description="Whether the network tells by itself what happens to the account.")


def usage_out(found: Usage) -> AccountUsage:
    return AccountUsage(
        cost_today={unit: str(amount) for unit, amount in found.cost_today.items()},
        cost_this_month={unit: str(amount) for unit, amount in found.cost_this_month.items()},
        monthly_usd_limit=str(found.monthly_usd_limit) if found.monthly_usd_limit is not None else None,
        parked_metrics=[ParkedOut.model_validate(one) for one in found.parked],
        token_expires_at=found.token_expires_at,
        refresh_expires_at=found.refresh_expires_at,
        api_version=found.api_version,
        api_version_ends=found.api_version_ends,
        scopes_known=found.scopes_known,
        rights=[RightOut.model_validate(one) for one in found.rights],
        telling=TellingOut.model_validate(found.telling),
    )
