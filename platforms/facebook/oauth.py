"""Facebook's consent: a person's token, made long-lived, then one token for each of their Pages.

The person's token is kept beside the Page's in place of a refresh token: the consent can only be ended with it.
"""

from typing import Any

import httpx

from platforms import graph_login
from platforms.errors import ReconnectNeeded, Rejected
from platforms.facebook.client import VERSION, Client
from platforms.graph import entries
from platforms.platform import Connection
from platforms.registration import App, Token

SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_posts",
    "pages_manage_engagement",
    "pages_manage_metadata",
    "read_insights",
    "business_management",
)

# What a person must be allowed to do on a Page for a permission to be of any use there.
TASKS = {
    "pages_manage_posts": "CREATE_CONTENT",
    "pages_manage_engagement": "MODERATE",
    "read_insights": "ANALYZE",
}


async def authorize_url(app: App, http: httpx.AsyncClient, *, state: str, redirect_uri: str, verifier: str) -> str:
    """Where to send the person. `verifier` stays unused: a web app proves itself by its secret."""
    return graph_login.dialog_url(app, VERSION, SCOPES, state=state, redirect_uri=redirect_uri)


async def connect(
    app: App, http: httpx.AsyncClient, *, code: str, redirect_uri: str, verifier: str
) -> list[Connection]:
    """Every Page that the person may work on. A Page token from a long-lived token has no expiry."""
    person, granted = await graph_login.person(app, http, VERSION, code=code, redirect_uri=redirect_uri)
    client = Client(app, Token(person), "me", http)
    fields = "id,name,username,access_token,tasks,picture{url}"
    connections: list[Connection] = []
    async for page in client.pages("/me/accounts", {"fields": fields, "limit": 100}):
        # Without a role that acts for the Page, the person gets no token for it.
        connections += [_connection(entry, person, granted) for entry in entries(page) if entry.get("access_token")]
    return connections


async def refresh(app: App, http: httpx.AsyncClient, token: Token) -> Token:
    """A Page token does not expire, and one that died cannot be revived."""
    raise ReconnectNeeded("Facebook renews no Page token: a person must connect the Page again")


async def revoke(app: App, http: httpx.AsyncClient, token: Token) -> None:
    """End the person's consent, and with it the tokens of all its Pages. Raises PlatformError."""
    if token.refresh is None:
        raise Rejected("a Page's token cannot end a consent, and the person's was not kept: connect the Page again")
    await Client(app, Token(token.refresh), "me", http).remove("/me/permissions")


def _connection(entry: dict[str, Any], person: str, granted: tuple[str, ...]) -> Connection:
    # A role on a Page may hold less than the consent; where the network names no tasks, the consent counts.
    tasks = entry.get("tasks", TASKS.values())
    usable = tuple(scope for scope in granted if scope not in TASKS or TASKS[scope] in tasks)
    return Connection(
        external_id=entry["id"],
        name=entry["name"],
        username=entry.get("username"),
        token=Token(entry["access_token"], refresh=person, scopes=usable),
        picture_url=entry.get("picture", {}).get("data", {}).get("url"),
    )
