"""A sealed value opens with its key, in its place, unchanged; else not at all."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientnest.vault import Vault, VaultError

KEY, OLD = os.urandom(32), os.urandom(32)


@given(st.text(), st.text(), st.text())
def test_opens_only_where_it_was_sealed(plain: str, place: str, other: str) -> None:
    sealed = Vault(KEY).seal(plain, place)
    assert Vault(KEY).open(sealed, place) == plain
    if other != place:
        with pytest.raises(VaultError):
            Vault(KEY).open(sealed, other)


@given(st.integers(min_value=0, max_value=300))
def test_any_changed_bit_is_noticed(position: int) -> None:
    sealed = bytearray(Vault(KEY).seal("secret", "here"))
    sealed[position % len(sealed)] ^= 1
    with pytest.raises(VaultError):
        Vault(KEY).open(bytes(sealed), "here")


def test_an_old_key_still_opens_and_the_new_one_seals() -> None:
    rotated = Vault(KEY, OLD)
    assert rotated.open(Vault(OLD).seal("secret"), *()) == "secret"
    assert Vault(KEY).open(rotated.seal("secret")) == "secret"


def test_a_missing_key_says_what_to_do() -> None:
    with pytest.raises(VaultError, match="NEST_VAULT_KEY"):
        Vault()
    with pytest.raises(VaultError, match="add it to NEST_VAULT_KEY"):
        Vault(KEY).open(Vault(OLD).seal("secret"))
