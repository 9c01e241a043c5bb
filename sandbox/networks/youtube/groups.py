"""Analytics groups: up to 500 videos under one name, to ask for their figures together."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import Response

from sandbox.networks.youtube.buckets import NETWORK
from sandbox.networks.youtube.errors import bad, not_found, required
from sandbox.networks.youtube.gate import Call, inner
from sandbox.networks.youtube.listing import shown, whole, with_etag
from sandbox.networks.youtube.shapes import instant

_MOST = 500


class Groups:
    """Kept by the world under the id of their channel."""

    async def every(self, call: Call) -> Response:
        if not call.yes("mine") and not call.asked("id"):
            raise required("id, mine")
        wanted = call.listed("id")
        found = [_group(one) for key, one in _of(call).items() if not wanted or key in wanted]
        return whole(call, "youtube#groupListResponse", found, counted=False)

    async def insert(self, call: Call) -> Response:
        body = await call.body()
        kind = inner(body, "contentDetails").get("itemType")
        if kind != "youtube#video":
            raise bad("badRequest", "Only groups of videos can be made here.")
        about = {"id": secrets.token_urlsafe(8), "at": instant(call.now), "items": {}}
        return self._named(call, about, body)

    async def update(self, call: Call) -> Response:
        body = await call.body()
        return self._named(call, _one(call, str(body.get("id"))), body)

    async def delete(self, call: Call) -> Response:
        about = _one(call, call.asked("id") or "")
        groups = _of(call)
        groups.pop(about["id"])
        call.world.note(NETWORK, f"groups {call.account.external_id}", groups)
        return shown(call, {})

    async def items(self, call: Call) -> Response:
        about = _one(call, call.asked("groupId") or "")
        found = [_item(about, key, video) for key, video in about["items"].items()]
        return whole(call, "youtube#groupItemListResponse", found, counted=False)

    async def add(self, call: Call) -> Response:
        body = await call.body()
        about, resource = _one(call, str(body.get("groupId"))), inner(body, "resource")
        video = call.world.post(NETWORK, str(resource.get("id")))
        if video is None or video.account_id != call.account.external_id or len(about["items"]) >= _MOST:
            raise bad("badRequest", "The resource cannot be added to the group.")
        key = f"{about['id']}.{video.external_id}"
        _keep(call, about | {"items": {**about["items"], key: video.external_id}})
        return shown(call, with_etag(_item(about, key, video.external_id)))

    async def remove(self, call: Call) -> Response:
        key = call.asked("id") or ""
        about = _one(call, key.partition(".")[0])
        if key not in about["items"]:
            raise not_found("groupItem")
        _keep(call, about | {"items": {one: video for one, video in about["items"].items() if one != key}})
        return shown(call, {})

    def _named(self, call: Call, about: dict[str, Any], body: dict[str, Any]) -> Response:
        title = inner(body, "snippet").get("title")
        if not isinstance(title, str) or not title:
            raise bad("badRequest", "The group needs a title.")
        named = about | {"title": title}
        _keep(call, named)
        return shown(call, with_etag(_group(named)))


def videos(call: Call, group: str) -> set[str]:
    """The videos of an own group. Raises Refusal."""
    return set(_one(call, group)["items"].values())


def _of(call: Call) -> dict[str, Any]:
    return dict(call.world.noted(NETWORK, f"groups {call.account.external_id}") or {})


def _one(call: Call, key: str) -> dict[str, Any]:
    about = _of(call).get(key)
    if about is None:
        raise not_found("group")
    return dict(about)


def _keep(call: Call, about: dict[str, Any]) -> None:
    call.world.note(NETWORK, f"groups {call.account.external_id}", _of(call) | {about["id"]: about})


def _group(about: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "youtube#group",
        "id": about["id"],
        "snippet": {"publishedAt": about["at"], "title": about["title"]},
        "contentDetails": {"itemCount": str(len(about["items"])), "itemType": "youtube#video"},
    }


def _item(about: dict[str, Any], key: str, video: str) -> dict[str, Any]:
    resource = {"kind": "youtube#video", "id": video}
    return {"kind": "youtube#groupItem", "id": key, "groupId": about["id"], "resource": resource}
