"""LinkedIn's versioned REST API and its sign-in."""

from __future__ import annotations

from starlette.routing import Route

from sandbox.networks.linkedin import insights, publish, read
from sandbox.networks.linkedin.gate import Fresh, Gate, by_method
from sandbox.networks.linkedin.media import Assets
from sandbox.networks.linkedin.oauth import SCOPES, OAuth
from sandbox.networks.linkedin.publish import Publisher
from sandbox.world import World

__all__ = ["SCOPES", "routes"]

_ADMIN = ("rw_organization_admin", "r_organization_admin")
_READ = ("r_organization_social", "rw_organization_admin", "r_organization_admin")
_WRITE = ("w_organization_social", "w_member_social")


def routes(world: World) -> list[Route]:
    """Everything that api.linkedin.com and the sign-in of www.linkedin.com answer."""
    fresh = Fresh()
    oauth, gate, assets = OAuth(world, fresh), Gate(world, fresh), Assets(world)
    publisher = Publisher(assets)
    both, collection = ["GET", "POST"], by_method(read.posts, publisher.create)
    statistics = "/rest/organizationalEntity"
    doors = [
        (both, "/rest/organizationAcls", "organizationAcls", read.acls, _ADMIN),
        (both, "/rest/organizations", "organizations", read.organizations, _READ),
        (["GET"], "/rest/organizations/{key}", "organizations.GET", read.one_organization, _READ),
        (both, "/rest/posts", "posts", collection, (*_READ, *_WRITE)),
        (["GET"], "/rest/posts/{key}", "posts.GET", read.one_post, _READ),
        (["DELETE"], "/rest/posts/{key}", "posts.DELETE", publish.delete, _WRITE),
        (["POST"], "/rest/images", "images", assets.images, _WRITE),
        (["GET"], "/rest/images/{key}", "images.GET", assets.status, (*_READ, *_WRITE)),
        (["POST"], "/rest/videos", "videos", assets.videos, _WRITE),
        (["GET"], "/rest/videos/{key}", "videos.GET", assets.status, (*_READ, *_WRITE)),
        (both, f"{statistics}ShareStatistics", "shareStatistics", insights.shares, _ADMIN),
        (both, f"{statistics}FollowerStatistics", "followerStatistics", insights.followers, _ADMIN),
        (["GET"], "/rest/networkSizes/{key}", "networkSizes.GET", insights.network_size, _READ),
    ]
    userinfo = gate.endpoint("userinfo", read.userinfo, scopes=("openid", "profile"), versioned=False)
    return [
        Route("/oauth/v2/authorization", oauth.authorize, methods=both),
        Route("/oauth/v2/accessToken", oauth.token, methods=["POST"]),
        Route("/oauth/v2/introspectToken", oauth.introspect, methods=["POST"]),
        Route("/oauth/v2/revoke", oauth.revoke, methods=["POST"]),
        Route("/v2/userinfo", userinfo),
        Route("/dms-uploads/{sort}/{name}/{part:int}", assets.receive, methods=["PUT", "POST"]),
        *(
            Route(path, gate.endpoint(name, answer, scopes=scopes), methods=methods)
            for methods, path, name, answer, scopes in doors
        ),
    ]
