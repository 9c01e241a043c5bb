"""What a call to the Graph is called, so that faults can be planted in it: by its edge, or by the node itself."""

from collections.abc import Mapping

_VERBS = {"GET": "read", "POST": "create", "DELETE": "delete"}
_OF_NODE = {"GET": "node.read", "POST": "node.update", "DELETE": "node.delete"}
# Edges that are acts by themselves.
_ACTS = frozenset({"media_publish"})


def operation(method: str, path: str, fixed: Mapping[str, str]) -> str:
    """`feed.create`, `insights.read`, `media_publish`, `node.delete`.

    `fixed` names the paths that stand for no node, without the version: {"oauth/access_token": "oauth.token"}.
    """
    parts = [part for part in path.split("/") if part]
    if parts and parts[0].startswith("v") and parts[0][1:2].isdigit():
        parts = parts[1:]
    if name := fixed.get("/".join(parts)) or fixed.get(parts[0] if len(parts) > 1 else ""):
        return name
    if len(parts) < 2:
        return _OF_NODE.get(method, "node.read")
    edge = "media_publish" if parts[1] == "mediapublish" else parts[1]
    return edge if edge in _ACTS else f"{edge}.{_VERBS.get(method, 'read')}"
