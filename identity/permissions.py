"""Who may do what: one table. What is not in it, nobody may do."""

from collections.abc import Mapping
from typing import Literal, get_args

from clientnest.errors import Forbidden
from clientnest.models.identity import ROLES

Action = Literal[
    "accounts.read",
    "accounts.connect",
    "accounts.disconnect",
    "apps.manage",
    "posts.read",
    "posts.write",
    "posts.publish",
    "posts.review",
    "approval.choose",
    "analytics.read",
    "reports.read",
    "reports.make",
    "imports.read",
    "imports.make",
    "pipeline.read",
    "queues.manage",
    "campaigns.read",
    "campaigns.manage",
    "conversions.read",
    "conversions.manage",
    "conversions.import",
    "costs.read",
    "costs.manage",
]
ACTIONS: tuple[Action, ...] = get_args(Action)

_EVERYBODY = frozenset(ROLES)
_LEADS = frozenset({"owner", "admin", "manager"})

PERMISSIONS: Mapping[str, frozenset[str]] = {
    "accounts.read": _EVERYBODY,
    "accounts.connect": _LEADS,
    "accounts.disconnect": _LEADS,
    "apps.manage": frozenset({"owner", "admin"}),
    "posts.read": _EVERYBODY,
    "posts.write": _LEADS | {"editor"},
    "posts.publish": _LEADS | {"editor"},
    "posts.review": _LEADS | {"client"},
    "approval.choose": frozenset({"owner", "admin"}),
    "analytics.read": _EVERYBODY,
    "reports.read": _EVERYBODY,
    "reports.make": _LEADS | {"analyst"},
    "imports.read": _LEADS | {"editor", "analyst"},
    "imports.make": _LEADS | {"analyst"},
    "pipeline.read": _LEADS | {"editor", "analyst"},
    "queues.manage": frozenset({"owner", "admin"}),
    "campaigns.read": _EVERYBODY,
    "campaigns.manage": _LEADS | {"editor"},
    "conversions.read": _LEADS | {"analyst"},
    "conversions.manage": frozenset({"owner", "admin"}),
    "conversions.import": _LEADS | {"analyst"},
    "costs.read": _LEADS | {"analyst"},
    "costs.manage": _LEADS | {"analyst"},
}

# What each action is called when somebody is told that it is not theirs.
_WORDS: Mapping[str, str] = {
    "accounts.read": "see accounts",
    "accounts.connect": "connect accounts",
    "accounts.disconnect": "disconnect accounts",
    "apps.manage": "manage apps at the networks",
    "posts.read": "see posts",
    "posts.write": "write posts",
    "posts.publish": "publish",
    "posts.review": "approve posts",
    "approval.choose": "choose who approves",
    "analytics.read": "see analytics",
    "reports.read": "see reports",
    "reports.make": "make reports",
    "imports.read": "see imports",
    "imports.make": "import files",
    "pipeline.read": "see data health",
    "queues.manage": "hold up queues",
    "campaigns.read": "see campaigns",
    "campaigns.manage": "manage campaigns",
    "conversions.read": "see where conversions come from",
    "conversions.manage": "connect shops",
    "conversions.import": "import conversions",
    "costs.read": "see costs",
    "costs.manage": "enter costs",
}


def may(role: str, action: str) -> bool:
    """Whether the role has the right; False for a role or an action that the table does not know."""
    return role in PERMISSIONS.get(action, frozenset())


def require(role: str, action: str, workspace: str) -> None:
    """Raises Forbidden, which says whom to ask."""
    if not may(role, action):
        raise Forbidden(f"Ask an owner of {workspace} for the right to {_WORDS.get(action, 'do this')}.")
