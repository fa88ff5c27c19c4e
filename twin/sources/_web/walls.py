"""An answer in, whether it is a wall in place of a page: a login, a challenge, a refusal. A wall is never a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

SAVE = "open it in your own browser, save the page and add the file"
_STATUSES = {
    401: "asks for a login",
    402: "asks for money",
    403: "refuses machines",
    407: "asks for a login",
    451: "is blocked for legal reasons",
    999: "refuses machines",
}
_LOGINS = re.compile(
    r"/(?:login|log-in|signin|sign-in|authwall|signup|checkpoint|uas|m/signin|accounts/login)(?:[/?#]|$)", re.I
)
_CHALLENGE = re.compile(
    rb"<title>\s*(?:just a moment|attention required|access denied|are you a robot|verify(?:ing)? you are human)"
    rb"|/cdn-cgi/challenge-platform|cf-browser-verification|g-recaptcha|hcaptcha\.com/1/api",
    re.IGNORECASE,
)
_PASSWORD = re.compile(rb"<input[^>]{0,300}type=[\"']?password", re.IGNORECASE)
_LEAST_WORDS = 120
_LEAST_BYTES = 1_500
"""A text of so many bytes is one, however few spaces its script has between words."""
_LOOKED_AT = 300_000


def login_in(asked: str, landed: str) -> str:
    """What a redirect to a login says; empty for any other, and where a login page was asked for itself."""
    if _LOGINS.search(urlsplit(landed).path) and not _LOGINS.search(urlsplit(asked).path):
        return f"{asked!r} leads to a login"
    return ""


def wall_in(url: str, status: int, headers: Mapping[str, str], content: bytes) -> str:
    """What the wall is, in a sentence's words; empty where the answer is none."""
    head = content[:_LOOKED_AT]
    challenged = "cf-mitigated" in headers or (status in (200, 403, 429, 503) and bool(_CHALLENGE.search(head)))
    password = status == 200 and bool(_PASSWORD.search(head))
    few = status == 200 and (challenged or password) and _shows_little(head)
    if challenged and (status != 200 or few):
        return f"{url!r} shows a challenge to tell people from machines"
    if status in _STATUSES:
        return f"{url!r} {_STATUSES[status]} ({status})"
    if password and few:
        return f"{url!r} shows nothing but a login"
    return ""


def _shows_little(html: bytes) -> bool:
    """Whether few words are left without tags, scripts and styles. Each byte is looked at a bounded number of times."""
    folded, shown, at = html.lower(), bytearray(), 0
    while (tag := html.find(b"<", at)) >= 0:
        shown += html[at:tag] + b" "
        hidden = next((name for name in (b"script", b"style") if folded.startswith(name, tag + 1)), b"")
        end = folded.find(b"</" + hidden if hidden else b">", tag + 1)
        if end < 0:
            at = len(html)
            break
        at = end if hidden else end + 1
    words = (shown + html[at:]).split()
    return len(words) < _LEAST_WORDS and sum(map(len, words)) < _LEAST_BYTES
