"""Access tokens: only what we made, as we make it, while it lasts."""

import base64
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest

from clientnest.errors import NotReady, Unauthenticated
from clientnest.settings import settings
from identity import tokens

pytestmark = pytest.mark.usefixtures("home")


def _claims(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    plain = {
        "sub": str(uuid4()),
        "iss": "clientnest",
        "aud": "clientnest-api",
        "iat": now,
        "nbf": now,
        "exp": now + timedelta(minutes=5),
        "jti": "1",
    }
    return {name: value for name, value in {**plain, **changes}.items() if value is not None}


def _signed(claims: dict[str, Any], *, key: bytes | None = None, algorithm: str = "HS256", **header: Any) -> str:
    return jwt.encode(claims, key or tokens.secret(), algorithm=algorithm, headers={"typ": "at+jwt", **header})


def test_a_token_says_whose_it_is() -> None:
    user_id = uuid4()
    token = tokens.issue(user_id)
    assert tokens.read(token.value) == user_id
    assert token.expires_in == settings().jwt_minutes * 60


def test_the_hand_made_token_of_these_tests_is_right() -> None:
    tokens.read(_signed(_claims()))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1_000_000_000},
        {"nbf": 4_000_000_000},
        {"iss": "somebody"},
        {"aud": "another-api"},
        {"sub": "not a user"},
        *({name: None} for name in ("sub", "iss", "aud", "iat", "nbf", "exp", "jti")),
    ],
    ids=str,
)
def test_a_token_with_other_claims_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        tokens.read(_signed(_claims(**changes)))


def test_a_token_that_expired_a_second_ago_is_refused() -> None:
    life = timedelta(minutes=settings().jwt_minutes)
    almost, over = (tokens.issue(uuid4(), now=datetime.now(UTC) - life + timedelta(seconds=s)) for s in (5, -1))
    tokens.read(almost.value)
    with pytest.raises(Unauthenticated, match="sign in again"):
        tokens.read(over.value)


@pytest.mark.parametrize("kind", ["JWT", "rt+jwt", "", None])
def test_a_token_of_another_kind_is_refused(kind: str | None) -> None:
    with pytest.raises(Unauthenticated):
        tokens.read(_signed(_claims(), typ=kind))


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_refused(algorithm: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens.read(_signed(_claims(), key=secrets.token_bytes(64), algorithm=algorithm))


def test_a_token_without_a_signature_is_refused() -> None:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {**_claims(), **{name: int(_claims()[name].timestamp()) for name in ("iat", "nbf", "exp")}}
    for algorithm in ("none", "None", "NONE", "HS256"):
        with pytest.raises(Unauthenticated):
            tokens.read(f"{part({'typ': 'at+jwt', 'alg': algorithm})}.{part(claims)}.")


def test_a_key_named_inside_the_token_is_not_used() -> None:
    other = secrets.token_bytes(32)
    jwk = {"kty": "oct", "k": base64.urlsafe_b64encode(other).decode()}
    for header in ({"jwk": jwk}, {"jku": "https://example.com/keys"}, {"kid": "../../dev/null"}, {"x5u": "x"}):
        with pytest.raises(Unauthenticated):
            tokens.read(_signed(_claims(), key=other, **header))


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "é.é.é", "." * 5])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens.read(token)


@pytest.fixture
def with_secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("secret", ["", "not base64!", base64.b64encode(b"x" * 31).decode()])
def test_a_weak_or_missing_key_is_refused(with_secret: pytest.MonkeyPatch, secret: str, home: Path) -> None:
    with_secret.setenv("NEST_JWT_SECRET", secret)
    settings.cache_clear()
    with pytest.raises(NotReady, match="NEST_JWT_SECRET"):
        tokens.secret()
