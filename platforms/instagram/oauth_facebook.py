"""Facebook Login: accounts that are linked to the Pages a person works on, each with its Page's token."""

from typing import Any

import httpx

from platforms import graph_login
from platforms.errors import ReconnectNeeded, Rejected
from platforms.graph import entries
from platforms.instagram import oauth
from platforms.instagram.client import VERSION, ByPage
from platforms.platform import Connection
from platforms.registration import App, Token

# What Instagram Login calls them.
MEANS = dict(
    zip(
        (
            "instagram_basic",
            "instagram_content_publish",
            "instagram_manage_comments",
            "instagram_manage_insights",
        ),
        oauth.SCOPES,
        strict=True,
    )
)
SCOPES = (*MEANS, "pages_show_list", "pages_read_engagement", "business_management")


async def authorize_url(app: App, http: httpx.AsyncClient, *, state: str, redirect_uri: str, verifier: str) -> str:
    """Where to send the person. `verifier` stays unused: a web app proves itself by its secret."""
    return graph_login.dialog_url(app, VERSION, SCOPES, state=state, redirect_uri=redirect_uri)


async def connect(
    app: App, http: httpx.AsyncClient, *, code: str, redirect_uri: str, verifier: str
) -> list[Connection]:
    """The professional account of every Page that the person may work on."""
    person, granted = await graph_login.person(app, http, VERSION, code=code, redirect_uri=redirect_uri)
    account = "instagram_business_account{id,username,name,profile_picture_url}"
    client = ByPage(app, Token(person), "me", http)
    connections: list[Connection] = []
    pages = 0
    async for page in client.pages("/me/accounts", {"fields": f"id,name,access_token,{account}", "limit": 100}):
        pages += len(entries(page))
        linked = [
            entry for entry in entries(page) if entry.get("access_token") and "instagram_business_account" in entry
        ]
        connections += [_connection(entry, granted) for entry in linked]
    if not connections:
        reason = "no Page among them is linked to an Instagram professional account" if pages else "no Page was chosen"
        raise Rejected(f"Facebook Login leads to no Instagram account: {reason}", evidence={"pages": pages})
    return connections


async def refresh(app: App, http: httpx.AsyncClient, token: Token) -> Token:
    """A Page token does not expire, and one that died cannot be revived."""
    raise ReconnectNeeded("Facebook renews no Page token: a person must connect the account again")


def _connection(entry: dict[str, Any], granted: tuple[str, ...]) -> Connection:
    account = entry["instagram_business_account"]
    return Connection(
        external_id=account["id"],
        name=account.get("name") or account["username"],
        username=account["username"],
        token=Token(entry["access_token"], scopes=granted + tuple(MEANS[name] for name in granted if name in MEANS)),
        picture_url=account.get("profile_picture_url"),
    )
