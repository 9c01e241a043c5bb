"""External ids that look like each network's own, and the addresses of posts."""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime

_X_EPOCH_MS = 1_288_834_974_657


def _number(*names: object) -> int:
    return int.from_bytes(hashlib.sha256(" ".join(map(str, names)).encode()).digest()[:8], "big")


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _facebook(account: str, at: datetime, key: str) -> str:
    return f"{account}_{10**14 + _number(key) % (9 * 10**14)}"


def _instagram(account: str, at: datetime, key: str) -> str:
    return f"179{_number(key) % 10**14:014d}"


def _x(account: str, at: datetime, key: str) -> str:
    return str(((_ms(at) - _X_EPOCH_MS) << 22) | _number(key) % 2**22)


def _linkedin(account: str, at: datetime, key: str) -> str:
    return f"urn:li:share:{(_ms(at) << 22) | _number(key) % 2**22}"


def _tiktok(account: str, at: datetime, key: str) -> str:
    return str((int(at.timestamp()) << 32) | _number(key) % 2**32)


def _youtube(account: str, at: datetime, key: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()[:8]).decode().rstrip("=")


_POSTS: dict[str, Callable[[str, datetime, str], str]] = {
    "facebook": _facebook,
    "instagram": _instagram,
    "x": _x,
    "linkedin": _linkedin,
    "tiktok": _tiktok,
    "youtube": _youtube,
}


def post_id(network: str, account: str, at: datetime, key: str) -> str:
    return _POSTS[network](account, at, key)


def account_id(network: str, seed: int, place: int) -> str:
    number = _number("account", network, seed, place)
    if network == "youtube":
        return "UC" + base64.urlsafe_b64encode(number.to_bytes(8, "big") * 2).decode().rstrip("=")
    if network == "linkedin":
        return f"urn:li:organization:{10**7 + number % 10**7}"
    if network == "tiktok":
        return f"-000{hashlib.sha256(str(number).encode()).hexdigest()[:28]}"
    if network == "instagram":
        return f"1784{number % 10**13:013d}"
    if network == "facebook":
        return str(10**14 + number % 10**14)
    return str(10**9 + number % 10**17)


def permalink(network: str, username: str, external_id: str) -> str:
    """Where people see a post."""
    last = external_id.rsplit("_", 1)[-1]
    match network:
        case "facebook":
            return f"https://www.facebook.com/{username}/posts/{last}"
        case "instagram":
            shortcode = base64.urlsafe_b64encode(int(external_id).to_bytes(8, "big")).decode().rstrip("=")
            return f"https://www.instagram.com/p/{shortcode}/"
        case "x":
            return f"https://x.com/{username}/status/{external_id}"
        case "linkedin":
            return f"https://www.linkedin.com/feed/update/{external_id}/"
        case "tiktok":
            return f"https://www.tiktok.com/@{username}/video/{external_id}"
    return f"https://www.youtube.com/watch?v={external_id}"
