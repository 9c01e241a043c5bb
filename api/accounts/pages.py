"""The two small pages that a browser sees after a consent; self-contained, with no script."""

from collections.abc import Sequence
from html import escape

from fastapi.responses import HTMLResponse

from clientnest.models import Account
from platforms import PLATFORMS

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · ClientNest</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 30rem; margin: 15vh auto 0; padding: 0 1rem;
  color: light-dark(#1A2230, #E6EAF0); background: light-dark(#FFFFFF, #12161C); }}
h1 {{ font-size: 1.6rem; font-weight: 650; }}
li {{ margin: .25rem 0; }}
p.note {{ color: light-dark(#5B6472, #9AA5B4); }}
</style></head>
<body><main><h1>{title}</h1>{body}<p class="note">You can close this window and go back to ClientNest.</p></main>
</body></html>
"""


def connected(platform: str, accounts: Sequence[Account]) -> HTMLResponse:
    title = escape(PLATFORMS[platform].title)
    if not accounts:
        return _page(f"{title} gave no account", "<p>Consent again and choose at least one page or profile.</p>")
    names = "".join(f"<li>{escape(account.name)}</li>" for account in accounts)
    return _page(f"{title} is connected", f"<ul>{names}</ul><p>Figures appear after the next ingestion.</p>")


def refused(detail: str, status: int) -> HTMLResponse:
    return _page("Nothing was connected", f"<p>{escape(detail)}</p>", status)


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=title, body=body), status, headers=_HEADERS)
