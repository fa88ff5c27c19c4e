"""Whether a page shows a part of its text only, the rest being for those who pay or sign in."""

from __future__ import annotations

import re

from twin.core.text import word_count

WHOLE = 0.6
"""A page that names its length and shows less than this share of it shows a part."""
_LITTLE_WORDS = 400
_PAID = re.compile(r'"isAccessibleForFree"\s*:\s*"?false', re.IGNORECASE)
_COUNTED = re.compile(r'"wordCount"\s*:\s*"?(\d{2,7})\b', re.IGNORECASE)
_LOCKED = re.compile(
    r'"isLockedPreviewOnly"\s*:\s*true|<[a-z]+ [^<>]{0,200}?(?:class="paywall[ "]|data-testid="paywall")', re.IGNORECASE
)
"""Medium's and Substack's own marks of a preview."""
_GOES_ON = re.compile(
    r"[.…!?»\])\n]\s*(?:continue reading|keep reading|read more|continue reading (?:on|with|in)\b.{0,40}|"
    r"read the (?:full|whole|rest)\b.{0,40}|"
    r"(?:create an account|subscribe|upgrade|sign (?:in|up)|log in|become a (?:paid )?(?:member|subscriber)) to "
    r"(?:read|continue|keep|unlock)\b.{0,60}|"
    r"this (?:post|article|story) is for (?:paid |paying )?(?:subscribers|members)\b.{0,60})\W*$",
    re.IGNORECASE,
)
_END = 200


def is_teaser(html: str, text: str) -> bool:
    """A page and the text found in it in. A page for payers whose text is there all the same is none."""
    if _GOES_ON.search(f"\n{text.strip()}"[-_END:]) or _LOCKED.search(html):
        return True
    paid = _PAID.search(html)
    if not paid:
        return False
    around = html[max(0, html.rfind("<", 0, paid.start())) : html.find("<", paid.end())]
    shown, counted = word_count(text), _COUNTED.search(around)
    return shown < WHOLE * int(counted[1]) if counted else shown < _LITTLE_WORDS
