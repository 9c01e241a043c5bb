"""What a page's subscribers hear of: posts and comments that come, change and go."""

from typing import Any

from sandbox.networks.facebook.subscriptions import tell
from sandbox.networks.meta.graph import Call

_ITEMS = {"feed": "status", "photos": "photo", "videos": "video", "advideos": "video", "comments": "comment"}


def made(call: Call, about: str, edge: str, answer: Any) -> Any:
    """Hands the answer on."""
    external_id = answer.get("post_id") or answer.get("id") if isinstance(answer, dict) else None
    if edge in _ITEMS and external_id:
        _tell(call, _ITEMS[edge], "add", external_id, about if edge == "comments" else external_id)
    return answer


def changed(call: Call, about: str, answer: Any) -> Any:
    """Hands the answer on."""
    if "message" in call.params:
        _tell(call, _item(about), "edited", about, about)
    elif "is_hidden" in call.params:
        hidden = str(call.params["is_hidden"]).lower() in ("true", "1")
        _tell(call, "comment", "hide" if hidden else "unhide", about, about)
    return answer


def removed(call: Call, about: str, answer: Any) -> Any:
    """Hands the answer on."""
    _tell(call, _item(about), "remove", about, about)
    return answer


def _item(about: str) -> str:
    """A post's id begins with its page's, which is longer than a post's number in a comment's id."""
    return "comment" if len(about.partition("_")[2]) < len("123456789") else "status"


def _tell(call: Call, item: str, verb: str, external_id: str, about: str) -> None:
    grant = call.grant()
    page = call.world.account("facebook", grant.account_id)
    value: dict[str, Any] = {
        "from": {"id": grant.account_id, "name": page.name if page else ""},
        "item": item,
        "verb": verb,
        "post_id": about,
        "created_time": int(call.now.timestamp()),
    }
    if item == "comment":
        value["comment_id"] = external_id
    if "message" in call.params:
        value["message"] = str(call.params["message"])
    tell(call, grant.account_id, "feed", value)
