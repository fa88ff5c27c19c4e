"""Links as texts give them: their parts, and a text without what stands behind its words."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

_LABEL = r"(?:[^\[\]\n]|\n(?![ \t]*\n)|\[[^\[\]\n]{0,400}\]){0,400}"
_LINKED = re.compile(
    r"(?P<code>^(?P<fence>```+|~~~+).*?(?:^(?P=fence)|\Z)|`[^`\n]*`)"
    r"|(?P<silent><!--(?:(?!<!--).){0,2000}?-->|<img\s[^<>]{0,2000}>|<a\s[^<>]{0,2000}>|</a>)"
    rf"|(?P<picture>!)?\[(?P<said>{_LABEL})\]"
    r"\((?!urn:)<?(?:(?=[^\s()]*[/:#.])(?:[^\s()]|\([^\s()]*\))+(?:\s+(?:\"[^\"\n]{0,400}\"|'[^'\n]{0,400}'))?)?\)",
    re.MULTILINE | re.DOTALL,
)
"""Code, left alone; links and pictures in Markdown and HTML, remarks to an editor; no `@[Ada](urn:li:person:1)`."""


def unlinked(text: str) -> str:
    """A text in, what its links say in their place out: no address behind words, no picture, no hidden remark.

    An address cannot be known from what a text is about: a model that learns to write some learns to make them up.
    Code stays as it is.
    """

    def said(match: re.Match[str]) -> str:
        if match["code"]:
            return match[0]
        return "" if match["silent"] or match["picture"] else _LINKED.sub(said, match["said"])

    found = _LINKED.sub(said, text)
    return text if found == text else re.sub(r"\n[ \t]*\n\s*\n", "\n\n", found).strip()


def link_parts(url: str) -> SplitResult:
    """The parts of an address as a text gives it; all empty for a broken one, such as `https://[x`."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
