"""Which fields a page tells the app about."""

from typing import Any

from sandbox.networks.facebook import rules
from sandbox.networks.meta import hooks
from sandbox.networks.meta.errors import invalid
from sandbox.networks.meta.graph import Call

_MANAGE = "pages_manage_metadata"
_FIELDS = (
    "category", "conversations", "description", "email", "feed", "follow", "hours", "leadgen", "live_videos",
    "location", "mention", "message_deliveries", "message_echoes", "message_edits", "message_mention",
    "message_reactions", "message_reads", "messages", "messaging_optins", "messaging_postbacks",
    "messaging_referrals", "name", "page_about_story", "page_change_proposal", "page_upcoming_change", "phone",
    "picture", "product_review", "ratings", "story_poll_response", "story_share", "videos", "website",
)  # fmt: skip


def subscribe(call: Call, page_id: str) -> dict[str, Any]:
    """These fields from now on, in place of those of before. Raises GraphError."""
    rules.page(call, page_id, _MANAGE)
    fields = call.words("subscribed_fields")
    for place, name in enumerate(fields):
        if name not in _FIELDS:
            raise invalid(f"Param subscribed_fields[{place}] must be one of {{{', '.join(_FIELDS)}}} - got {name!r}.")
    call.world.note("facebook", f"subscribed:{page_id}", {"fields": fields})
    return {"success": True}


def subscribed(call: Call, page_id: str) -> dict[str, Any]:
    """The apps that a page tells: this one, if any."""
    rules.page(call, page_id, _MANAGE)
    fields = (call.world.noted("facebook", f"subscribed:{page_id}") or {}).get("fields")
    if not fields:
        return {"data": []}
    app = {"category": "Business", "link": "https://app.example/", "name": "Demo app"}
    return {"data": [{**app, "id": call.world.app("facebook").client_id, "subscribed_fields": fields}]}


def unsubscribe(call: Call, page_id: str) -> dict[str, Any]:
    """Nothing from now on."""
    rules.page(call, page_id, _MANAGE)
    call.world.note("facebook", f"subscribed:{page_id}", {})
    return {"success": True}


def tell(call: Call, page_id: str, field: str, value: dict[str, Any]) -> None:
    """Call the app's address about a page, if it wants to know."""
    fields = (call.world.noted("facebook", f"subscribed:{page_id}") or {}).get("fields", ())
    if field in fields and hooks.wanted(call.world, "facebook", "page", field):
        entry = {"id": page_id, "time": int(call.now.timestamp()), "changes": [{"field": field, "value": value}]}
        hooks.tell(call.world, "facebook", "page", entry)
