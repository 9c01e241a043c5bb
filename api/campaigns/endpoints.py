"""/campaigns: posts that belong together."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from api.access import InWorkspace, Session, guarded
from api.campaigns.schemas import CampaignIn, CampaignOut, Campaigns, PostsIn, campaign_out
from publishing import campaigns

router = APIRouter(prefix="/campaigns", tags=["campaigns"])


@router.get("", summary="Campaigns", **guarded("campaigns.read"))
async def list_campaigns(session: Session) -> Campaigns:
    return Campaigns(items=[campaign_out(one) for one in await campaigns.listed(session)])


@router.post("", summary="Make a campaign", status_code=HTTPStatus.CREATED, **guarded("campaigns.manage"))
async def add_campaign(body: CampaignIn, access: InWorkspace, session: Session) -> CampaignOut:
    return campaign_out(await campaigns.add(session, access.workspace_id, body.plan))


@router.put("/{campaign_id}/posts", summary="Count posts to a campaign", **guarded("campaigns.manage"))
async def attach_posts(campaign_id: UUID, body: PostsIn, session: Session) -> CampaignOut:
    """All of them or none; each leaves the campaign that it was in."""
    return campaign_out(await campaigns.attach(session, campaign_id, body.post_ids))


@router.get("/{campaign_id}", summary="One campaign", **guarded("campaigns.read"))
async def read_campaign(campaign_id: UUID, session: Session) -> CampaignOut:
    return campaign_out(await campaigns.read(session, campaign_id))


@router.put("/{campaign_id}", summary="Change a campaign", **guarded("campaigns.manage"))
async def change_campaign(campaign_id: UUID, body: CampaignIn, session: Session) -> CampaignOut:
    """Links that went out keep the parameters that they went out with."""
    return campaign_out(await campaigns.change(session, campaign_id, body.plan))


@router.delete("/{campaign_id}", summary="Remove a campaign and its costs", **guarded("campaigns.manage"))
async def remove_campaign(campaign_id: UUID, session: Session) -> CampaignOut:
    """Its posts and links stay, without a campaign."""
    return campaign_out(await campaigns.remove(session, campaign_id))
