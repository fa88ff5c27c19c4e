"""Plain text to and from "little text", the format in which LinkedIn's Posts API takes a commentary.

https://learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format: a reserved sign that is
not escaped ends the text there, without a word (reported by several publishers, 2023 to 2026).
"""

from __future__ import annotations

import re

RESERVED = r"\|{}@[]()<>#*_~"
MENTION = re.compile(r"@\[([^\[\]\\\n]+)\]\((urn:li:[A-Za-z]+:[\w-]+)\)")
_LINK = r"https?://[^\s\\|{}\[\]()<>]+"
_HASHTAG = r"(?<![\w#&/\\])#(?=[^\W_]*[^\W\d_])[^\W_]+"
_KEPT = re.compile(f"{MENTION.pattern}|{_LINK}|{_HASHTAG}", re.IGNORECASE)
_SIGN = re.compile(f"[{re.escape(RESERVED)}]")
_ESCAPED = re.compile(rf"\\([{re.escape(RESERVED)}])")


def escape(text: str) -> str:
    """Plain text in, little text out. Mentions such as `@[Name](urn:li:…)`, hashtags and links stay what they are."""
    made, done = [], 0
    for kept in _KEPT.finditer(text):
        made += [_signs(text[done : kept.start()]), kept[0]]
        done = kept.end()
    return "".join((*made, _signs(text[done:])))


def unescape(little: str) -> str:
    """Little text in, plain text out: `unescape(escape(text)) == text`."""
    return _ESCAPED.sub(r"\1", little)


def without_mentions(text: str) -> str:
    """A text in, the same with the plain name in place of each mention out: what a person would paste."""
    return MENTION.sub(r"\1", text)


def _signs(text: str) -> str:
    return _SIGN.sub(r"\\\g<0>", text)
