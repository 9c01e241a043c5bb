"""What X's refusals mean, in either of its error bodies and vocabularies."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from platforms.calls import clock, json_object, unrecognised
from platforms.errors import OutcomeUnknown, PlatformError, RateLimited, ReconnectNeeded, Rejected, Unavailable

# Last segments of problem types, and codes of the older error body.
_DEAD_TOKEN = frozenset({"unsupported-authentication", "32", "89", "99"})
_SPENT = frozenset({"rate-limit-exceeded", "88"})
_UNWELL = frozenset({"internal-error", "130", "131"})
_DUPLICATE = "duplicate content"
# X names no moment at which bought credits arrive: looked again every hour, and told as a matter of billing.
_CREDITS_WAIT = timedelta(hours=1)
_WINDOW = timedelta(minutes=15)


def refusal(response: httpx.Response, *, irreversible: bool = False) -> PlatformError | None:
    """What an answer refuses, read from its problem; None for an answer, also for one with partial errors."""
    if response.is_success:
        return None
    if response.status_code == 402:
        return _unpaid(response)
    problem = _problem(json_object(response))
    if problem is None:
        return unrecognised(response, irreversible=irreversible)
    # The host of a type differs between X's two vocabularies; its last segment does not.
    kind = str(problem.get("code") or str(problem.get("type", "")).rsplit("/", 1)[-1])
    reason = _reason(problem, kind)
    evidence: dict[str, object] = {"status": response.status_code, "kind": kind, "detail": reason}
    if kind == "usage-capped":
        ends_in = _cap_ends_in(str(problem.get("period", "")), clock(response))
        return RateLimited(f"the app's plan is used up: {reason}", retry_after=ends_in, evidence=evidence)
    if kind in _SPENT:
        return RateLimited(reason, retry_after=reset_in(response), evidence=evidence)
    if kind in _DEAD_TOKEN:
        return ReconnectNeeded(reason, evidence=evidence)
    if kind in _UNWELL:
        return (OutcomeUnknown if irreversible else Unavailable)(reason, evidence=evidence)
    if _DUPLICATE in reason.lower():
        # Perhaps a duplicate of our own earlier try whose answer was lost.
        return (OutcomeUnknown if irreversible else Rejected)(reason, evidence={**evidence, "duplicate": True})
    if kind == "about:blank" or response.status_code >= 500:
        return _generic(response, int(problem.get("status", response.status_code)), reason, evidence, irreversible)
    return Rejected(reason, evidence=evidence)


def reset_in(response: httpx.Response) -> timedelta:
    """How long until the budget is full again, by X's own clock."""
    moment = response.headers.get("x-rate-limit-reset", "")
    if not moment.isdigit():
        return _WINDOW
    return max(datetime.fromtimestamp(int(moment), UTC) - clock(response), timedelta(seconds=1))


def _unpaid(response: httpx.Response) -> RateLimited:
    """Nothing was done, and nothing is wrong with the account or the post: somebody must buy credits."""
    problem = _problem(json_object(response)) or {}
    said = problem.get("detail") or problem.get("title") or "payment required"
    evidence: dict[str, object] = {"status": 402, "billing": True, "detail": str(said)}
    return RateLimited(
        f"X's credits are used up, a matter of billing: {said}", retry_after=_CREDITS_WAIT, evidence=evidence
    )


def _generic(
    response: httpx.Response, status: int, reason: str, evidence: dict[str, object], irreversible: bool
) -> PlatformError:
    """`about:blank` says nothing but the problem's own status."""
    # A missing scope is told by no more than the bare word.
    if status == 401 or (status == 403 and reason == "Forbidden"):
        return ReconnectNeeded(reason, evidence=evidence)
    if status == 429:
        return RateLimited(reason, retry_after=reset_in(response), evidence=evidence)
    if status >= 500:
        return (OutcomeUnknown if irreversible else Unavailable)(reason, evidence=evidence)
    return Rejected(reason, evidence=evidence)


def _problem(body: dict[str, Any]) -> dict[str, Any] | None:
    """The problem of a refusal in either of X's two error bodies."""
    if "type" in body or "code" in body:
        return body
    errors = body.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return errors[0]
    return {**body, "type": "about:blank"} if "status" in body or "title" in body else None


def _reason(problem: dict[str, Any], kind: str) -> str:
    """What X says was wrong; of a bad parameter only its list of errors says which."""
    said = str(problem.get("detail") or problem.get("message") or problem.get("title") or kind)
    errors = problem.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict) and "message" in errors[0]:
        return f"{said} {errors[0]['message']}" if said != errors[0]["message"] else said
    return said


def _cap_ends_in(period: str, now: datetime) -> timedelta:
    """A cap says its period and not its end; a calendar's period is taken."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if period.lower() != "monthly":
        return midnight - now
    first = (now.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first - now
