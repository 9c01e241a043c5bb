"""What the app has read of its month."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from sandbox.networks.x.asked import chosen, instant, number
from sandbox.networks.x.gate import Call
from sandbox.web import json_response

_CAP = 3_000_000
_PROJECT = 1_370_000_001
_FIELDS = frozenset(
    "cap_reset_day daily_client_app_usage daily_project_usage project_cap project_id project_usage".split()
)


async def usage(call: Call) -> Response:
    """Reads by day, figures as text."""
    days = number(call.request.query_params, "days", 1, 90, 7)
    fields = chosen(call, "usage.fields", _FIELDS) or {"cap_reset_day", "project_cap", "project_id", "project_usage"}
    now = call.world.now().replace(hour=0, minute=0, second=0, microsecond=0)
    daily = [{"date": instant(now - timedelta(days=back)), "usage": str(0)} for back in range(days)]
    next_month = (now.replace(day=1) + timedelta(days=32)).replace(day=1)
    known: dict[str, Any] = {
        "cap_reset_day": (next_month - now).days,
        "project_cap": str(_CAP),
        "project_id": str(_PROJECT),
        "project_usage": str(0),
        "daily_project_usage": {"project_id": str(_PROJECT), "usage": daily},
        "daily_client_app_usage": [
            {"client_app_id": str(30_000_001), "usage": daily, "usage_result_count": len(daily)}
        ],
    }
    return json_response({"data": {name: value for name, value in known.items() if name in fields}})
