"""/templates: words with variables, and posts made of them."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from api.access import InWorkspace, Session, guarded
from api.templates.schemas import Filled, FillIn, TemplateIn, TemplateOut
from publishing.planning import templates

router = APIRouter(prefix="/templates", tags=["content"])


@router.get("", summary="Templates", **guarded("posts.read"))
async def list_templates(session: Session) -> list[TemplateOut]:
    """By name."""
    return [TemplateOut.of(template) for template in await templates.listed(session)]


@router.post("", summary="Keep a template", status_code=HTTPStatus.CREATED, **guarded("posts.write"))
async def add(body: TemplateIn, access: InWorkspace, session: Session) -> TemplateOut:
    return TemplateOut.of(await templates.add(session, access.workspace_id, body.words))


@router.get("/{template_id}", summary="One template", **guarded("posts.read"))
async def read(template_id: UUID, session: Session) -> TemplateOut:
    return TemplateOut.of(await templates.read(session, template_id))


@router.put("/{template_id}", summary="Write a template anew", **guarded("posts.write"))
async def change(template_id: UUID, body: TemplateIn, session: Session) -> TemplateOut:
    """What was written from it stays as it is."""
    return TemplateOut.of(await templates.change(session, template_id, body.words))


@router.delete(
    "/{template_id}", summary="Delete a template", status_code=HTTPStatus.NO_CONTENT, **guarded("posts.write")
)
async def remove(template_id: UUID, session: Session) -> None:
    await templates.remove(session, template_id)


@router.post("/{template_id}/fill", summary="Put values in the place of the variables", **guarded("posts.read"))
async def fill(template_id: UUID, body: FillIn, session: Session) -> Filled:
    """Nothing is stored. Every value that is wanting or unknown is told at once."""
    return Filled(**templates.filled(await templates.read(session, template_id), body.values))
