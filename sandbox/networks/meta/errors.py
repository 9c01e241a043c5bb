"""The Graph's error envelope: HTTP 400 for nearly everything, the code says what it is."""

from dataclasses import dataclass
from typing import Any


@dataclass
class GraphError(Exception):
    message: str
    code: int
    subcode: int | None = None
    type: str = "OAuthException"
    status: int = 400
    title: str | None = None
    is_transient: bool = False
    # What a program needs to go on, such as the offset that an upload is at.
    data: dict[str, Any] | None = None

    def body(self, trace: str) -> dict[str, Any]:
        found: dict[str, Any] = {"message": self.message, "type": self.type, "code": self.code}
        if self.subcode is not None:
            found["error_subcode"] = self.subcode
        if self.is_transient:
            found["is_transient"] = True
        if self.title:
            found |= {"error_user_title": self.title, "error_user_msg": self.message}
        if self.data:
            found["error_data"] = self.data
        return {"error": {**found, "fbtrace_id": trace}}


def invalid(message: str) -> GraphError:
    return GraphError(f"(#100) {message}", 100)


def missing(what: str) -> GraphError:
    message = (
        f"Unsupported request. Object with ID '{what}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation."
    )
    return GraphError(message, 100, 33, "GraphMethodException")


def unauthorized(message: str, subcode: int | None = None) -> GraphError:
    return GraphError(message, 190, subcode)


def merged(page_id: str, into: str) -> GraphError:
    """A page that is another one's part now."""
    message = f"(#21) Page ID {page_id} was migrated to page ID {into}. Please update your API calls to the new ID"
    return GraphError(message, 21)


def not_reviewed(feature: str) -> GraphError:
    """What only a feature opens that the app does not have."""
    return GraphError(f"(#10) To use this, your app needs the '{feature}' feature, which takes a review.", 10)


def denied(scope: str) -> GraphError:
    return GraphError(f"(#200) Requires {scope} permission to manage the object", 200, status=403)
