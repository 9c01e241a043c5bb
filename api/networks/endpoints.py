"""/social/networks: what each network lets one do, and its limits, from the data sheets."""

from fastapi import APIRouter

from api.access import guarded
from api.networks.schemas import CapabilityOut, LimitOut, NetworkOut, Networks
from platforms import PLATFORMS
from platforms.capabilities import CAPABILITIES
from platforms.platform import Platform

router = APIRouter(prefix="/social/networks", tags=["accounts"])


@router.get("", summary="Networks: capabilities, limits and versions", **guarded("accounts.read"))
async def list_networks() -> Networks:
    return Networks(items=[_network(sheet) for sheet in PLATFORMS.values()])


def _network(sheet: Platform) -> NetworkOut:
    return NetworkOut(
        platform=sheet.name,
        title=sheet.title,
        api_version=sheet.api_version,
        api_version_ends=sheet.sunset,
        capabilities=[
            CapabilityOut(name=one.name, title=one.title, available=one.present(sheet), why_not=one.why_not(sheet))
            for one in CAPABILITIES
        ],
        limits=[
            LimitOut(
                field=limit.field,
                kind=limit.kind,
                maximum=limit.maximum,
                unit=limit.unit,
                source=limit.source,
                as_of=limit.as_of,
            )
            for limit in sheet.limits
        ],
    )
