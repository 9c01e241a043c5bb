"""What asks for addresses: browsers of people, and the crawlers of networks under their own names."""

import random

from sandbox.world.chance import weighted

_SAFARI = "Version/26.1 Mobile/15E148 Safari/604.1"
_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
_ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"

_BROWSERS: dict[str, float] = {
    f"{_PHONE} {_SAFARI}": 30,
    f"{_ANDROID} Chrome/142.0.0.0 Mobile Safari/537.36": 30,
    f"{_WINDOWS} Chrome/142.0.0.0 Safari/537.36": 16,
    f"{_WINDOWS} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0": 6,
    f"{_MAC} Version/26.1 Safari/605.1.15": 8,
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0": 3,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0": 3,
    f"{_ANDROID} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36": 4,
}
# Browsers within the networks' own applications, which are people's too.
_WITHIN = {
    "facebook": f"{_PHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/536.0.0.41;FBDV/iPhone15,2;FBMD/iPhone;FBLC/nb_NO]",
    "instagram": f"{_PHONE} Mobile/15E148 Instagram 406.0.0.21 (iPhone15,2; iOS 18_7; nb_NO; nb; scale=3.00)",
    "linkedin": f"{_PHONE} Mobile/15E148 [LinkedInApp]/9.31.2300",
    "tiktok": f"{_ANDROID} Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36 musical_ly_2024200030 BytedanceWebview",
    "x": f"{_PHONE} Mobile/15E148 Twitter for iPhone/11.42",
}
_INSIDE = 0.3

_GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
_META = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
# Who looks at every address that is posted, first of all.
_CRAWLERS = {
    "facebook": (_META, "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)"),
    "instagram": (_META, "facebookexternalhit/1.1"),
    "x": ("Twitterbot/1.0",),
    "linkedin": ("LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",),
    "tiktok": (f"{_ANDROID} (compatible; Bytespider; spider-feedback@bytedance.com)", "TikTokSpider"),
    "youtube": (_GOOGLE, "Mozilla/5.0 (compatible; Google-PageRenderer; +http://www.google.com/bot.html)"),
    "bluesky": ("Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)",),
}
_OTHERS = (
    _GOOGLE,
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "TelegramBot (like TwitterBot)",
    "WhatsApp/2.23.20.0 A",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "curl/8.11.0",
    "python-requests/2.32.5",
)
_REFERRERS = {
    "facebook": "https://l.facebook.com/",
    "instagram": "https://l.instagram.com/",
    "x": "https://t.co/",
    "linkedin": "https://www.linkedin.com/",
    "tiktok": "https://www.tiktok.com/",
    "youtube": "https://www.youtube.com/",
    "bluesky": "https://go.bsky.app/",
}
_TOLD = 0.7


def of_person(source: random.Random, network: str) -> str:
    """A browser as people have it, the application's own where they click inside it."""
    inside = source.random() < _INSIDE
    common = weighted(source, _BROWSERS)
    return _WITHIN.get(network, common) if inside else common


def of_machine(source: random.Random, network: str) -> str:
    """One of the crawlers that come at any time."""
    return source.choice((*crawlers(network), *_OTHERS))


def crawlers(network: str) -> tuple[str, ...]:
    """Who asks for an address as soon as it is posted."""
    return _CRAWLERS.get(network, (_GOOGLE,))


def referrer(source: random.Random, network: str) -> str | None:
    """Where a click says it comes from."""
    return _REFERRERS.get(network) if source.random() < _TOLD else None
