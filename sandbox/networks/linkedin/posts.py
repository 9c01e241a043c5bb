"""Posts: created, read, changed and deleted, for a page or for the person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from sandbox.networks.linkedin import littletext, restli
from sandbox.networks.linkedin.call import Call, author_of, urn_of
from sandbox.networks.linkedin.contents import Contents
from sandbox.networks.linkedin.errors import Refusal, duplicate, invalid, missing, required, too_long, unoffered
from sandbox.networks.linkedin.feed import Content, milliseconds
from sandbox.networks.linkedin.people import NETWORK
from sandbox.networks.linkedin.shapes import shown
from sandbox.networks.linkedin.subscriptions import Subscriptions
from sandbox.web import json_response
from sandbox.world import Post

LONGEST = 3000
_MEMORY = timedelta(days=1)
_READ = (("r_member_social",), ("r_organization_social", "rw_organization_admin", "r_organization_admin"))
_WRITE = (("w_member_social",), ("w_organization_social",))
_REQUIRED = ("author", "visibility", "distribution", "lifecycleState")
_VISIBILITY = ("PUBLIC", "CONNECTIONS", "LOGGED_IN", "CONTAINER")
_CHANGEABLE = {"commentary", "contentCallToActionLabel", "contentLandingPage", "lifecycleState", "adContext"}


class Posts:
    """The resource `posts`."""

    def __init__(self, contents: Contents, subscriptions: Subscriptions) -> None:
        self._contents = contents
        self._subscriptions = subscriptions

    async def find(self, call: Call) -> Response:
        """Posts by author, newest first, or by a list of URNs."""
        if "ids" in call.query:
            return json_response(restli.batch(call.ids(), lambda urn: self._shown(call, str(urn))))
        call.one_of("q", ("author",))
        author = call.author(call.text("author"), "posts.FINDER-author", *_READ)
        call.one_of("sortBy", ("LAST_MODIFIED", "CREATED"), "LAST_MODIFIED")
        found = call.world.posts(NETWORK, author.external_id)
        paged = call.page([{"post": post} for post in found], ("q", "author", "sortBy"))
        paged["elements"] = [shown(call.feed, entry["post"], urn_of(author)) for entry in paged["elements"]]
        return json_response(paged)

    async def get(self, call: Call) -> Response:
        """One post by its URN."""
        return json_response(self._shown(call, call.key()))

    async def create(self, call: Call) -> Response:
        """A new post: 201, an empty body, and the id in a header; several of them answer in a list."""
        if call.method == "BATCH_CREATE":
            elements = [self._batched(lambda one=one: self._create(call, one)) for one in _elements(call.body())]
            return json_response({"elements": elements})
        if call.method not in ("CREATE", "BATCH_PARTIAL_UPDATE"):
            raise unoffered(call.method, "posts")
        if call.method == "BATCH_PARTIAL_UPDATE":
            return self._update_many(call)
        asked = call.body()
        urn = self._create(call, asked)["id"]
        parent = call.feed.post(str((asked.get("reshareContext") or {}).get("parent")))
        if parent is not None:
            await self._subscriptions.tell(call, parent, "SHARE", urn)
        return Response(status_code=201, headers={"x-restli-id": urn})

    async def update(self, call: Call) -> Response:
        """Other words for a post."""
        if call.method != "PARTIAL_UPDATE":
            raise unoffered(call.method, "posts")
        self._update(call, call.key(), call.body())
        return Response(status_code=204)

    async def delete(self, call: Call) -> Response:
        """Delete an own post; deleting it again is no error."""
        self._delete(call, call.key())
        return Response(status_code=204)

    async def delete_many(self, call: Call) -> Response:
        """Delete own posts by a list of URNs."""
        found = {restli.written(urn): self._batched(lambda urn=urn: self._delete(call, str(urn))) for urn in call.ids()}
        return json_response({"results": found, "errors": {}})

    def own(self, call: Call, urn: str, what: str, scopes: tuple[tuple[str, ...], tuple[str, ...]]) -> Post:
        """A living post of the member or of their organization. Raises Refusal."""
        post = call.feed.post(urn)
        if post is None:
            raise missing(urn)
        call.author(urn_of(author_of(call.world, post)), what, *scopes)
        return post

    def _shown(self, call: Call, urn: str) -> dict[str, Any]:
        post = self.own(call, urn, "posts.GET", _READ)
        return shown(call.feed, post, urn_of(author_of(call.world, post)))

    def _create(self, call: Call, asked: dict[str, Any]) -> dict[str, Any]:
        for name in _REQUIRED:
            if not asked.get(name):
                raise required(f"/{name}")
        author = call.author(str(asked["author"]), "posts.CREATE", *_WRITE)
        if asked["visibility"] not in _VISIBILITY or asked["lifecycleState"] != "PUBLISHED":
            raise invalid("visibility or lifecycleState is not allowed", "FIELD_VALUE_INVALID")
        commentary = _commentary(asked.get("commentary", ""))
        content = self._contents.read(call, asked)
        if not commentary and not asked.get("content") and "reshareContext" not in content.about:
            raise required("/commentary")
        text = littletext.read(commentary)
        _refuse_duplicate(call, author.external_id, text, content)
        content.about |= {
            "visibility": asked["visibility"],
            "isReshareDisabledByAuthor": bool(asked.get("isReshareDisabledByAuthor", False)),
        }
        post = call.feed.create(author, text, content)
        return {"status": 201, "id": post.external_id}

    def _update(self, call: Call, urn: str, asked: dict[str, Any]) -> dict[str, Any]:
        post = self.own(call, urn, "posts.PARTIAL_UPDATE", _WRITE)
        changes = (asked.get("patch") or {}).get("$set")
        if not isinstance(changes, dict) or not changes:
            raise required("/patch/$set")
        fixed = sorted(changes.keys() - _CHANGEABLE)
        if fixed:
            raise invalid(f"ERROR :: /patch/$set/{fixed[0]} :: field is not updatable", "FIELD_NOT_UPDATABLE")
        if "commentary" in changes:
            call.world.edit_post(NETWORK, post.external_id, littletext.read(_commentary(changes["commentary"])))
        others = {name: value for name, value in changes.items() if name != "commentary"}
        call.feed.remember(post, others | {"modified_at": milliseconds(call.world.now())})
        return {"status": 204}

    def _update_many(self, call: Call) -> Response:
        entities = call.body().get("entities")
        if not isinstance(entities, dict):
            raise required("/entities")
        found = {
            name: self._batched(lambda name=name, one=one: self._update(call, str(restli.parse(name)), one))
            for name, one in entities.items()
        }
        return json_response({"results": found, "errors": {}})

    def _delete(self, call: Call, urn: str) -> dict[str, Any]:
        try:
            post = self.own(call, urn, "posts.DELETE", _WRITE)
        except Refusal as refusal:
            if refusal.status != 404:
                raise
        else:
            call.world.delete_post(NETWORK, post.external_id)
        return {"status": 204}

    def _batched(self, one: Any) -> dict[str, Any]:
        """What became of one of several; a refusal stands in its place."""
        try:
            found: dict[str, Any] = one()
        except Refusal as refusal:
            return {"status": refusal.status, "error": refusal.body}
        return found


def _elements(body: dict[str, Any]) -> list[dict[str, Any]]:
    found = body.get("elements")
    if not isinstance(found, list):
        raise required("/elements")
    return [one if isinstance(one, dict) else {} for one in found]


def _commentary(text: object) -> str:
    if not isinstance(text, str):
        raise invalid("ERROR :: /commentary :: must be a string", "FIELD_VALUE_INVALID")
    if len(text) > LONGEST:
        raise too_long("/commentary", len(text), LONGEST)
    return text


def _refuse_duplicate(call: Call, author: str, text: str, content: Content) -> None:
    """The same text with the same content within a day is refused with the URN of the first."""
    since = call.world.now() - _MEMORY
    for post in call.world.posts(NETWORK, author, since=since):
        same_media = [one.sha256 for one in post.media] == [one.sha256 for one in content.media]
        if post.text == text and same_media and post.link == content.link:
            raise duplicate(post.external_id)
