"""Passwords: Argon2id, and nothing to learn from the time they take."""

import pytest

from clientnest.errors import Invalid
from identity import passwords


async def test_a_password_is_kept_as_argon2id_with_its_own_salt() -> None:
    first, second = [await passwords.hashed("a long walk by the sea") for _ in range(2)]
    assert first.startswith("$argon2id$")
    assert first != second
    assert await passwords.matches("a long walk by the sea", first)
    assert not await passwords.matches("a long walk by the lake", first)


@pytest.mark.parametrize("stored", [None, "", "no sign-in", "$argon2id$v=19$m=65536,t=3,p=4$damaged"])
async def test_who_has_no_password_cannot_sign_in_with_one(stored: str | None) -> None:
    assert not await passwords.matches("", stored)
    assert not await passwords.matches("no sign-in", stored)


@pytest.mark.parametrize("password", ["123456789", "aaaaaaaaaaaa", "x" * 257, "ADA@EXAMPLE.COM", "ada lovelace"])
def test_a_weak_password_is_refused_with_the_field(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check(password, email="ada@example.com", name="Ada Lovelace")
    assert [problem.field for problem in refused.value.problems] == ["password"]


def test_any_character_counts() -> None:
    passwords.check("пароль из шести слов 🌊", email="ada@example.com", name="Ada")
