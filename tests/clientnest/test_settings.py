"""Settings that are wrong are refused when they are read, in words."""

import pytest
from pydantic import ValidationError

from clientnest.settings import Settings


@pytest.mark.parametrize("given", ["https://nest.example", "https://nest.example/api/", "http://127.0.0.1:8700"])
def test_networks_call_below_the_public_address(given: str) -> None:
    found = Settings(public_url=given)
    assert found.webhook_url("x") == f"{given.rstrip('/')}/webhooks/x"
    assert found.webhook_url("x", "an app:1") == f"{given.rstrip('/')}/webhooks/x/an%20app%3A1"


@pytest.mark.parametrize("given", [None, ""])
def test_without_a_public_address_there_is_nowhere_to_call(given: str | None) -> None:
    assert Settings(public_url=given).webhook_url("x") is None


@pytest.mark.parametrize("given", ["http://nest.example", "nest.example", "ftp://127.0.0.1", "https://"])
def test_an_address_that_no_network_would_call_is_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="NEST_PUBLIC_URL"):
        Settings(public_url=given)
