"""Templates: their variables are found, filled, and told of where they are wanting."""

import pytest

from clientnest.database import unit_of_work
from clientnest.errors import Conflict, Invalid
from clientnest.models import Template
from publishing.planning import templates
from publishing.planning.templates import Words
from tests.conftest import TestWorkspace


def _template(**words: str | None) -> Template:
    told = {"title": None, "link": None, "first_comment": None, **words}
    return Template(name="Offer", tags=["offer"], options={"tiktok": {"privacy_level": "SELF_ONLY"}}, **told)


def test_values_stand_in_the_place_of_their_names() -> None:
    offer = _template(text="{product} for {price}! {product}!", link="https://example.com/{product}", title="{price}")
    assert templates.variables(offer) == ["product", "price"]
    assert templates.filled(offer, {"product": "{price}", "price": "5 €"}) == {
        "text": "{price} for 5 €! {price}!",
        "title": "5 €",
        "link": "https://example.com/{price}",
        "first_comment": None,
        "tags": ["offer"],
        "options": {"tiktok": {"privacy_level": "SELF_ONLY"}},
    }


def test_every_value_that_is_wanting_or_unknown_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        templates.filled(_template(text="{one} {two}", first_comment="{three}"), {"two": "2", "four": "4", "five": "5"})
    wrong = ["values.one", "values.three", "values.four", "values.five"]
    assert [problem.field for problem in refused.value.problems] == wrong


def test_what_is_no_name_in_braces_stays_as_it_is() -> None:
    assert templates.filled(_template(text="{ } { a } }{"), {})["text"] == "{ } { a } }{"


async def test_what_cannot_be_a_template_is_told_at_once(workspace: TestWorkspace) -> None:
    words = Words(" ", "{Product} {} {a}", link="{1st}", tags=["a\x00"])
    async with unit_of_work(workspace_id=workspace.id) as session:
        with pytest.raises(Invalid) as refused:
            await templates.add(session, workspace.id, words)
    assert [problem.field for problem in refused.value.problems] == ["text", "text", "link", "name", "tags"]


async def test_a_name_is_given_once(workspace: TestWorkspace) -> None:
    async with unit_of_work(workspace_id=workspace.id) as session:
        first = await templates.add(session, workspace.id, Words("Offer", "One"))
        other = await templates.add(session, workspace.id, Words("Other", "Two"))
        for attempt in (
            templates.add(session, workspace.id, Words("Offer", "Two")),
            templates.change(session, other.id, Words("Offer", "Two")),
        ):
            with pytest.raises(Conflict):
                await attempt
        assert (await templates.change(session, first.id, Words("Offer", "Three"))).text == "Three"
        assert [template.name for template in await templates.listed(session)] == ["Offer", "Other"]
