"""Templates: their variables are found, filled, and told of where they are wanting."""

from typing import Any

import pytest

from clientnest.database import unit_of_work
from clientnest.errors import Conflict, Invalid
from clientnest.models import Template
from publishing.planning import templates
from publishing.planning.templates import Words
from tests.conftest import TestWorkspace

_ALONE = {"tiktok": {"privacy_level": "SELF_ONLY"}}


def _template(**words: Any) -> Template:
    told = {"title": None, "link": None, "first_comment": None, "text": "", "options": _ALONE, **words}
    return Template(name="Offer", tags=["offer"], **told)


def test_values_stand_in_the_place_of_their_names() -> None:
    offer = _template(text="{product} for {price}! {product}!", link="https://example.com/{product}", title="{price}")
    assert templates.variables(offer) == ["product", "price"]
    assert templates.filled(offer, {"product": "{price}", "price": "5 €"}) == {
        "text": "{price} for 5 €! {price}!",
        "title": "5 €",
        "link": "https://example.com/{price}",
        "first_comment": None,
        "tags": ["offer"],
        "options": _ALONE,
    }


def test_options_are_filled_like_texts() -> None:
    poll = {"question": "{product}?", "options": ["{yes}", "No {yes}"], "minutes": 60, "open": True, "at": None}
    offer = _template(text="{product}", options={"x": {"poll": poll}, "{product}": {"{yes}": 1}})
    assert templates.variables(offer) == ["product", "yes"]
    filled = {"question": "Tea?", "options": ["{product}", "No {product}"], "minutes": 60, "open": True, "at": None}
    done = templates.filled(offer, {"product": "Tea", "yes": "{product}"})
    assert done["options"] == {"x": {"poll": filled}, "{product}": {"{yes}": 1}}
    assert offer.options["x"]["poll"] == poll
    with pytest.raises(Invalid) as refused:
        templates.filled(offer, {"product": "Tea"})
    assert [problem.field for problem in refused.value.problems] == ["values.yes"]


def test_every_value_that_is_wanting_or_unknown_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        templates.filled(_template(text="{one} {two}", first_comment="{three}"), {"two": "2", "four": "4", "five": "5"})
    wrong = ["values.one", "values.three", "values.four", "values.five"]
    assert [problem.field for problem in refused.value.problems] == wrong


def test_what_is_no_name_in_braces_stays_as_it_is() -> None:
    assert templates.filled(_template(text="{ } { a } }{"), {})["text"] == "{ } { a } }{"


async def test_what_cannot_be_a_template_is_told_at_once(workspace: TestWorkspace) -> None:
    options = {"x": {"poll": {"options": ["{One}", "\x00"]}}}
    words = Words(" ", "{Product} {} {a}", link="{1st}", tags=["a\x00"], options=options)
    async with unit_of_work(workspace_id=workspace.id) as session:
        with pytest.raises(Invalid) as refused:
            await templates.add(session, workspace.id, words)
    wrong = ["text", "text", "link", "options", "name", "options", "tags"]
    assert [problem.field for problem in refused.value.problems] == wrong


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
