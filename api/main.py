"""The application: `python -m uvicorn api.main:app`."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import dictionary, docs, errors, health
from api.accounts import endpoints as accounts
from api.analytics import endpoints as analytics
from api.apps import endpoints as apps
from api.auth import endpoints as auth
from api.calendar import endpoints as calendar
from api.campaigns import endpoints as campaigns
from api.changes import endpoints as changes
from api.competitors import endpoints as competitors
from api.content import bulk, reviews
from api.content import endpoints as content
from api.conversions import endpoints as conversions
from api.costs import endpoints as costs
from api.exports import endpoints as exports
from api.imports import endpoints as imports
from api.insights import endpoints as insights
from api.limits import Limits
from api.links import endpoints as links
from api.media import endpoints as media
from api.media import public as media_files
from api.networks import endpoints as networks
from api.pipeline import endpoints as pipeline
from api.posts import endpoints as posts
from api.publications import endpoints as publications
from api.queues import endpoints as queues
from api.recurrences import endpoints as recurrences
from api.reports import endpoints as reports
from api.roi import endpoints as roi
from api.slots import endpoints as slots
from api.templates import endpoints as templates
from api.trials import endpoints as trials
from api.users import endpoints as users
from api.webhooks import endpoints as webhooks
from clientnest import database
from identity import tokens

TITLE = "ClientNest"
VERSION = "1"
DESCRIPTION = """
Sign in with `POST /auth/login`, send the token as `Authorization: Bearer …`, and choose a workspace with
`X-Workspace-Id`. Days are UTC days. A figure that is unknown is null, never zero. Errors are problem bodies
(RFC 9457) that say what to do.
"""
TAGS = [
    {"name": "auth", "description": "Signing up and signing in."},
    {"name": "users", "description": "The person who is signed in."},
    {"name": "accounts", "description": "Pages and profiles at the networks."},
    {"name": "posts", "description": "Posts on all accounts, wherever they were made."},
    {"name": "publications", "description": "Publishing, and what became of it."},
    {"name": "content", "description": "What is written: checked, kept, reviewed, and what it did."},
    {"name": "analytics", "description": "Figures, each with its status and freshness."},
    {"name": "reports", "description": "Reports that can be downloaded."},
    {"name": "exports", "description": "Every mart as Parquet, for other tools."},
    {"name": "media", "description": "Pictures and videos to publish."},
    {"name": "campaigns", "description": "Posts that belong together, and their budgets."},
    {"name": "links", "description": "Short links in posts."},
    {"name": "conversions", "description": "What visitors of posts did on the brand's own site."},
    {"name": "costs", "description": "What was spent, on posts, campaigns and ads."},
    {"name": "imports", "description": "Files that people download from the networks."},
    {"name": "webhooks", "description": "Where networks call by themselves."},
    {"name": "queues", "description": "Work that is done later: how much waits, what failed, what stands still."},
    {"name": "pipeline", "description": "How fresh the data is, what was loaded, what was refused."},
]
_PROBLEM = {
    "description": "A problem body (RFC 9457).",
    "content": {errors.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
}

_ROOMS = (
    auth, users, accounts, competitors, apps, networks, posts, publications, analytics, changes, insights, reports,
    exports, imports, pipeline, webhooks, campaigns, links, conversions, costs, roi, trials, media, media_files, health,
    docs, dictionary, content, reviews, slots, bulk, templates, recurrences, calendar, queues,
)  # fmt: skip


@contextlib.asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Refuses to start without a signing key; leaves no connection behind."""
    tokens.secret()
    yield
    await database.close()


class Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, with the problem body that all routes share."""
        if self.openapi_schema is None:
            document = get_openapi(title=TITLE, version=VERSION, description=DESCRIPTION, tags=TAGS, routes=self.routes)
            schema = errors.ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
            document["components"]["schemas"] |= schema.pop("$defs") | {"ProblemBody": schema}
            self.openapi_schema = document
        return self.openapi_schema


def make() -> Api:
    made = Api(
        title=TITLE,
        version=VERSION,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        responses={"4XX": _PROBLEM, "5XX": _PROBLEM},
    )
    errors.install(made)
    made.add_middleware(Limits)
    for room in _ROOMS:
        made.include_router(room.router)
    return made


app = make()
