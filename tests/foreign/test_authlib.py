"""authlib through the sign-in of every network: consent, token, refresh and revocation as each has them."""

import hashlib
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from authlib.deprecate import AuthlibDeprecationWarning

from tests.sandbox.stage import REDIRECT, Stage, approve, running

with warnings.catch_warnings():
    # It would rather have a fork of httpx; the pinned version works with httpx itself.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.httpx_client import OAuth2Client

VERIFIER = "a-verifier-that-is-long-enough-for-everyone-0123456789"
GOOGLE = "https://www.googleapis.com/auth/"


@dataclass(frozen=True)
class Way:
    """How a network signs people in; paths are below its base URL."""

    authorize: str
    token: str
    scope: str
    # A call that only a good token makes.
    me: str
    credentials: str = "client_secret_post"
    pkce: bool = False
    asked: Mapping[str, str] = field(default_factory=dict)
    revoke: str | None = None
    rotates: bool = False


WAYS = {
    "x": Way(
        "/i/oauth2/authorize",
        "/2/oauth2/token",
        "tweet.read users.read offline.access",
        "/2/users/me",
        "client_secret_basic",
        pkce=True,
        revoke="/2/oauth2/revoke",
        rotates=True,
    ),
    "youtube": Way(
        "/o/oauth2/v2/auth",
        "/token",
        f"{GOOGLE}youtube.readonly {GOOGLE}yt-analytics.readonly",
        "/youtube/v3/channels?part=id&mine=true",
        "client_secret_basic",
        pkce=True,
        asked={"access_type": "offline", "prompt": "consent"},
        revoke="/revoke",
    ),
    "linkedin": Way(
        "/oauth/v2/authorization",
        "/oauth/v2/accessToken",
        "openid profile w_member_social",
        "/v2/userinfo",
        revoke="/oauth/v2/revoke",
    ),
    "facebook": Way("/v26.0/dialog/oauth", "/v26.0/oauth/access_token", "pages_show_list", "/v26.0/me?fields=id,name"),
    "instagram": Way(
        "/oauth/authorize", "/oauth/access_token", "instagram_business_basic", "/v26.0/me?fields=user_id,username"
    ),
    "tiktok": Way(
        "/v2/auth/authorize/",
        "/v2/oauth/token/",
        "user.info.basic,video.list",
        "/v2/user/info/?fields=open_id",
        "client_key",
        # Hexadecimal, which is TikTok's own idea of S256, so not authlib's to make.
        asked={"code_challenge": hashlib.sha256(VERIFIER.encode()).hexdigest(), "code_challenge_method": "S256"},
        revoke="/v2/oauth/revoke/",
        rotates=True,
    ),
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


def client_key(client: Any, method: str, uri: str, headers: dict[str, str], body: bytes) -> tuple[Any, ...]:
    """TikTok's word for the client's id; the form is the only place for it."""
    added = urlencode({"client_key": client.client_id, "client_secret": client.client_secret})
    return uri, headers, f"{body.decode()}&{added}"


def in_standard_words(answer: httpx.Response) -> httpx.Response:
    """Instagram's own shapes of a token and of an error, as RFC 6749 has them."""
    body = answer.json()
    if "error_type" in body:
        return httpx.Response(400, json={"error": body["error_type"], "error_description": body["error_message"]})
    return httpx.Response(200, json={"token_type": "bearer", **body})


def client_of(stage: Stage, network: str) -> Any:
    """An authlib client with our registration."""
    told, way = stage.networks[network], WAYS[network]
    client = OAuth2Client(
        told["client_id"],
        told["client_secret"],
        token_endpoint_auth_method=way.credentials,
        revocation_endpoint_auth_method=way.credentials,
        scope=way.scope,
        redirect_uri=REDIRECT,
        code_challenge_method="S256" if way.pkce else None,
        base_url=told["base_url"],
        token_endpoint=told["base_url"] + way.token,
        trust_env=False,
    )
    client.register_client_auth_method(("client_key", client_key))
    if network == "instagram":
        client.register_compliance_hook("access_token_response", in_standard_words)
    return client


def consented(stage: Stage, network: str, client: Any, decision: str = "approve") -> str:
    """The address that the person is sent back to."""
    way, base = WAYS[network], stage.networks[network]["base_url"]
    asked = {**way.asked, **({"client_key": client.client_id} if network == "tiktok" else {})}
    url, state = client.create_authorization_url(base + way.authorize, code_verifier=VERIFIER, **asked)
    with stage.bare(network) as browser:
        back = approve(browser, way.authorize, dict(parse_qsl(urlsplit(url).query)), decision)
    assert back["state"] == state
    client.state = state
    return f"{REDIRECT}?{urlencode(back)}"


@contextmanager
def signed_in(stage: Stage, network: str) -> Iterator[Any]:
    """A client with a token of the brand's owner."""
    with client_of(stage, network) as client:
        back = consented(stage, network, client)
        client.fetch_token(authorization_response=back, code_verifier=VERIFIER)
        yield client


def admitted(client: Any, network: str) -> bool:
    """Whether the token is good, tried again since LinkedIn takes a moment to know a new one."""
    for _ in range(6):
        answer = client.get(WAYS[network].me)
        if answer.status_code == 200:
            return True
    return False


@pytest.mark.parametrize("network", WAYS)
def test_a_person_consents_and_the_token_is_good(stage: Stage, network: str) -> None:
    with signed_in(stage, network) as client:
        assert client.token["access_token"]
        assert admitted(client, network)


@pytest.mark.parametrize("network", WAYS)
def test_a_code_is_good_once_and_only_for_its_address(stage: Stage, network: str) -> None:
    with client_of(stage, network) as client:
        back = consented(stage, network, client)
        with pytest.raises(OAuthError):
            client.fetch_token(
                authorization_response=back, code_verifier=VERIFIER, redirect_uri="http://127.0.0.1:9/elsewhere"
            )
        back = consented(stage, network, client)
        client.fetch_token(authorization_response=back, code_verifier=VERIFIER)
        with pytest.raises(OAuthError):
            client.fetch_token(authorization_response=back, code_verifier=VERIFIER)


@pytest.mark.parametrize("network", WAYS)
def test_a_person_who_says_no_is_sent_back_without_a_code(stage: Stage, network: str) -> None:
    with client_of(stage, network) as client:
        back = dict(parse_qsl(urlsplit(consented(stage, network, client, "deny")).query))
    assert back["error"] == "access_denied"
    assert "code" not in back


@pytest.mark.parametrize("network", ["x", "youtube", "tiktok"])
def test_another_verifier_than_the_challenges_is_refused(stage: Stage, network: str) -> None:
    with client_of(stage, network) as client:
        back = consented(stage, network, client)
        with pytest.raises(OAuthError) as caught:
            client.fetch_token(authorization_response=back, code_verifier=VERIFIER[::-1])
    assert "verifier" in caught.value.description


@pytest.mark.parametrize("network", WAYS)
def test_an_app_without_its_secret_gets_nothing(stage: Stage, network: str) -> None:
    with client_of(stage, network) as client:
        back = consented(stage, network, client)
        client.client_secret = "not-the-secret"
        with pytest.raises(OAuthError):
            client.fetch_token(authorization_response=back, code_verifier=VERIFIER)


@pytest.mark.parametrize("network", ["x", "tiktok"])
def test_a_refresh_token_is_used_once(stage: Stage, network: str) -> None:
    with signed_in(stage, network) as client:
        first = client.token["refresh_token"]
        second = client.refresh_token()["refresh_token"]
        assert second != first
        assert admitted(client, network)
        with pytest.raises(OAuthError):
            client.refresh_token(refresh_token=first)
        assert client.refresh_token(refresh_token=second)["refresh_token"] not in (first, second)


def test_googles_refresh_token_stays(stage: Stage) -> None:
    with signed_in(stage, "youtube") as client:
        first = dict(client.token)
        renewed = client.refresh_token()
        assert renewed["access_token"] != first["access_token"]
        assert renewed["refresh_token"] == first["refresh_token"]
        assert admitted(client, "youtube")


def test_an_expired_token_is_renewed_under_way(stage: Stage) -> None:
    with signed_in(stage, "x") as client:
        before = client.token["access_token"]
        client.token["expires_at"] = 1
        assert client.get("/2/users/me").status_code == 200
        assert client.token["access_token"] != before


@pytest.mark.parametrize("network", ["linkedin", "facebook"])
def test_there_is_no_refresh_token_where_the_network_has_none(stage: Stage, network: str) -> None:
    with signed_in(stage, network) as client:
        assert "refresh_token" not in client.token
        with pytest.raises(OAuthError):
            client.refresh_token(refresh_token="made-up")


def test_facebook_lengthens_a_token(stage: Stage) -> None:
    with signed_in(stage, "facebook") as client:
        short = client.token["access_token"]
        ours = {"client_id": client.client_id, "client_secret": client.client_secret}
        long = client.fetch_token(method="GET", grant_type="fb_exchange_token", fb_exchange_token=short, **ours)
        assert long["access_token"] != short
        assert long["expires_in"] > 50 * 86_400
        assert admitted(client, "facebook")


def test_instagram_lengthens_and_renews_a_token(stage: Stage) -> None:
    base = stage.networks["instagram"]["base_url"]
    with signed_in(stage, "instagram") as client:
        short = client.token["access_token"]
        long = client.fetch_token(
            f"{base}/access_token",
            method="GET",
            grant_type="ig_exchange_token",
            client_secret=client.client_secret,
            access_token=short,
        )
        assert long["access_token"] != short
        stage.advance("PT25H")
        again = client.fetch_token(
            f"{base}/refresh_access_token",
            method="GET",
            grant_type="ig_refresh_token",
            access_token=long["access_token"],
        )
        assert again["expires_in"] > 50 * 86_400
        assert admitted(client, "instagram")


@pytest.mark.parametrize("network", [name for name, way in WAYS.items() if way.revoke])
def test_a_revoked_token_is_good_for_nothing(stage: Stage, network: str) -> None:
    revoke = WAYS[network].revoke
    assert revoke is not None
    with signed_in(stage, network) as client:
        assert admitted(client, network)
        token = client.token["access_token"]
        assert client.revoke_token(revoke, token=token, withhold_token=True).status_code == 200
        assert not admitted(client, network)
