"""Which events of an account the app wants to be called about. A list takes the place of the one before."""

from typing import Any

from sandbox.networks.instagram.login import BASIC, own
from sandbox.networks.meta import hooks
from sandbox.networks.meta.errors import invalid
from sandbox.networks.meta.graph import Call
from sandbox.world import Account

FIELDS = frozenset(
    {
        "comments", "live_comments", "mentions", "story_insights", "messages", "message_reactions", "message_edit",
        "messaging_handover", "messaging_optins", "messaging_postbacks", "messaging_referral", "messaging_seen",
        "standby", "share_to_story", "story_reactions", "story_poll_response", "comment_poll_response", "follow",
        "creator_marketplace_projects", "creator_marketplace_invited_creator_onboarding", "delta",
        "onboarding_welcome_message_series",
    }
)  # fmt: skip


def subscribe(call: Call, account_id: str) -> dict[str, Any]:
    """Be called about `subscribed_fields`. Raises GraphError."""
    account = own(call, account_id, BASIC)
    wanted = call.words("subscribed_fields")
    if wrong := [name for name in wanted if name not in FIELDS]:
        listed = ", ".join(sorted(FIELDS))
        place = wanted.index(wrong[0])
        raise invalid(f"Param subscribed_fields[{place}] must be one of {{{listed}}} - got '{wrong[0]}'.")
    _note(call, account, wanted)
    return {"success": True}


def unsubscribe(call: Call, account_id: str) -> dict[str, Any]:
    """Not be called any more."""
    account = own(call, account_id, BASIC)
    _note(call, account, [])
    return {"success": True}


def shown(call: Call, account_id: str) -> dict[str, Any]:
    """The app and its fields; nothing where it is not subscribed."""
    account = own(call, account_id, BASIC)
    fields = (call.world.noted("instagram", f"subscribed {account.external_id}") or {}).get("fields", [])
    if not fields:
        return {"data": []}
    app = call.world.app(call.network)
    return {"data": [{"name": "The app", "id": app.client_id, "subscribed_fields": fields}]}


def _note(call: Call, account: Account, fields: list[str]) -> None:
    about = {"note": "subscribed", "fields": fields, "by": call.network}
    call.world.note("instagram", f"subscribed {account.external_id}", about)


def tell(call: Call, account_id: str, field: str, value: dict[str, Any]) -> None:
    """Call the address of the app, in the shape and with the secret of the login that subscribed the account.

    The address is the app's for both logins, and entered at Facebook.
    """
    subscribed = call.world.noted("instagram", f"subscribed {account_id}") or {}
    if field not in subscribed.get("fields", []) or not hooks.wanted(call.world, "facebook", "instagram", field):
        return
    change: dict[str, Any] = {"field": field, "value": value}
    told = change if subscribed["by"] == "instagram" else {"changes": [change]}
    entry = {"id": account_id, "time": int(call.now.timestamp()), **told}
    hooks.tell(call.world, "facebook", "instagram", entry, subscribed["by"])
