"""Templates: words with variables, such as {product}, from which posts are written."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import Conflict, Invalid, NotFound, Problem
from clientnest.models import Template
from publishing.planning import repository

_VARIABLE = re.compile(r"\{([^{}\s]*)\}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FILLED = ("text", "title", "link", "first_comment", "options")


@dataclass(frozen=True, slots=True)
class Words:
    """What a template holds. `options` are settings of networks, as in a post; their texts have variables too."""

    name: str
    text: str = ""
    title: str | None = None
    link: str | None = None
    first_comment: str | None = None
    tags: Sequence[str] = ()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def variables(template: Template) -> list[str]:
    """The names that stand in it in braces, in the order in which they come."""
    return _named(getattr(template, name) for name in _FILLED)


async def listed(session: AsyncSession) -> Sequence[Template]:
    """By name."""
    return await repository.templates(session)


async def read(session: AsyncSession, template_id: UUID) -> Template:
    """Raises NotFound."""
    template = await session.get(Template, template_id)
    if template is None:
        raise NotFound("There is no such template in this workspace.")
    return template


async def add(session: AsyncSession, workspace_id: UUID, words: Words) -> Template:
    """Raises Invalid, Conflict where there is one of that name."""
    _check(words)
    await _require_free(session, workspace_id, words.name, None)
    template = Template(workspace_id=workspace_id, **_kept(words))
    await repository.store(session, [template])
    return template


async def change(session: AsyncSession, template_id: UUID, words: Words) -> Template:
    """What was written from it stays as it is. Raises NotFound, Invalid, Conflict."""
    template = await read(session, template_id)
    _check(words)
    await _require_free(session, template.workspace_id, words.name, template_id)
    for name, value in _kept(words).items():
        setattr(template, name, value)
    await session.flush()
    await session.refresh(template)
    return template


async def remove(session: AsyncSession, template_id: UUID) -> None:
    """Raises NotFound."""
    await session.delete(await read(session, template_id))
    await session.flush()


def filled(template: Template, values: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a post, with the values in place. Raises Invalid with every value that is wanting or unknown."""
    known = variables(template)
    problems = [Problem(f"values.{name}", "Give a value for this.") for name in known if name not in values]
    listed = ", ".join(known) or "none at all"
    problems += [
        Problem(f"values.{name}", f"This template has no {{{name}}}: it has {listed}.")
        for name in values
        if name not in known
    ]
    if problems:
        raise Invalid(f"{template.name} cannot be filled with these values.", tuple(problems))
    done = {name: _replaced(getattr(template, name), values) for name in _FILLED}
    return {**done, "tags": list(template.tags)}


def replaced(text: str, values: Mapping[str, str]) -> str:
    """With the values in the place of their names; other names in braces stay as they are."""
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def _replaced(kept: Any, values: Mapping[str, str]) -> Any:
    """The same, with the values in every text of it."""
    if isinstance(kept, str):
        return replaced(kept, values)
    if isinstance(kept, Mapping):
        return {name: _replaced(value, values) for name, value in kept.items()}
    if isinstance(kept, list):
        return [_replaced(value, values) for value in kept]
    return kept


def _texts(kept: Any) -> Iterator[str]:
    """Every text that is a value in it, however deep."""
    if isinstance(kept, str):
        yield kept
    elif isinstance(kept, Mapping):
        yield from _texts(list(kept.values()))
    elif isinstance(kept, Iterable):
        for value in kept:
            yield from _texts(value)


def _named(kept: Any) -> list[str]:
    """The names in braces, in the order in which they come."""
    return list(dict.fromkeys(name for text in _texts(kept) for name in _VARIABLE.findall(text)))


def _check(words: Words) -> None:
    problems = [
        Problem(where, f"{{{name}}} is no variable: use small letters, digits and _, as in {{product_name}}.")
        for where in _FILLED
        for name in _named(getattr(words, where))
        if not _NAME.fullmatch(name)
    ]
    if not words.name.strip() or not words.name.isprintable():
        problems.append(Problem("name", "Give a name that can be read."))
    problems += [Problem(name, "Remove the NUL character: no network shows it.") for name in _with_nul(words)]
    if problems:
        raise Invalid("This template cannot be kept as it is.", tuple(problems))


def _with_nul(words: Words) -> Iterator[str]:
    for name in _FILLED:
        if any("\x00" in text for text in _texts(getattr(words, name))):
            yield name
    if any("\x00" in tag for tag in words.tags):
        yield "tags"


async def _require_free(session: AsyncSession, workspace_id: UUID, name: str, of: UUID | None) -> None:
    """Nobody else takes the name until the transaction ends."""
    await repository.hold_name(session, workspace_id, name)
    same = await repository.template_named(session, name)
    if same is not None and same.id != of:
        raise Conflict(f"There is a template {name} already: give this one another name.")


def _kept(words: Words) -> dict[str, Any]:
    return {**asdict(words), "tags": list(words.tags)}
