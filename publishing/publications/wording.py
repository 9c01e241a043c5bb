"""What became of an attempt, in a sentence for the person who looks at the publication."""

from publishing.publications.retries import Verdict

_TOLD = {
    "unknown": "The network did not answer; it is being looked for.",
    "not_found": "The network did not answer when this was sent, and it is not among the account's posts.",
    "pending": "The network works on this for longer than a day.",
    "reconnect_needed": "The account must be connected again.",
    "rate_limited": "The network's limit is reached; it goes out when the limit allows.",
    "unavailable": "It cannot go out just now; it is tried again.",
    "gave_up": "It could not go out in many attempts.",
    "crashed": "Our worker broke off at this again and again.",
    "assisted": "It is time: post this by hand.",
    "rejected": "The network refused this post.",
}

_LOOK = "Look at the account, then publish again or mark it done."


def explain(verdict: Verdict, said: object) -> str | None:
    """None where there is no problem. `said` is what the network itself said, empty where it said nothing."""
    if verdict.status == "published" or (verdict.outcome == "pending" and verdict.retry_in is not None):
        return None
    asked = ""
    if verdict.status == "needs_person":
        asked = "Mark it done." if verdict.outcome == "assisted" else _LOOK
    return " ".join(filter(None, [_TOLD[verdict.outcome], asked, str(said)]))
