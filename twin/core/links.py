"""Addresses: links as texts give them and their parts, a text without what stands behind its words, own hosts."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

_FILES = "md|markdown|mdx|rst|adoc|txt|ipynb|x?html?|php|aspx?|pdf|docx?|xlsx?|pptx?|zip|csv|json|xml"
_MEDIA = "png|jpe?g|gif|svg|webp|avif|ico|mp[34]|mov|webm|ogg|wav"
_LEADS = (
    rf"(?=(?i:[a-z][a-z0-9+.-]*:(?!\s)|www\.)|/(?:/?[\w~]|\))|\.\.?/|[#?]\w|[^\s()]*\.(?:{_FILES}|{_MEDIA})(?![\w.]))"
)
"""How an address begins, or ends where it is a file's: `rows[i](x.y)` and `[Foucault](1975:23)` are none."""
_TAG = r"[^\s()]{0,200}\{[{%][^\n{}]{0,400}[%}]\}[^\s()]{0,400}"
_WHOLE = r"(?!<|[^\s()]{0,200}\{[{%])(?:[^\s()]|\((?:[^\s()]|\([^\s()]*\))*\))++"
_ANGLED = r"<[^<>\n]{0,1000}>"
_TITLE = r"(?:\s+(?:\"[^\"\n]{0,400}\"|'[^'\n]{0,400}'|\([^()\n]{0,400}\)))?"
_AFTER = r"[ \t]*\)(?:\{:[^\n{}]{0,200}\})?"
_ANY = rf"\([ \t]*(?>{_ANGLED}|{_TAG}|{_WHOLE})?{_TITLE}{_AFTER}"
_ADDRESS = rf"\([ \t]*(?>{_ANGLED}|{_TAG}|(?!urn:){_LEADS}{_WHOLE})?{_TITLE}{_AFTER}"
_LABEL = r"(?:[^\[\]\n\\]|\\.|\n(?![ \t]*\n)|\[[^\[\]\n]{0,400}\]){0,400}"
_PICTURE = rf"(?>!\[{_LABEL}\](?:{_ANY}|\[[^\[\]\n]{{0,200}}\])|!\[\[[^\[\]\n]{{1,300}}\]\])"
_SILENT = (
    r"(?><!--(?:(?!<!--).){0,2000}?-->"
    r"|(?i:<(?:img|iframe|video|audio|source|embed)\s[^<>]{0,2000}>(?:\s{0,9}</(?:iframe|video|audio)>)?))"
)
_ALONE = rf"(?>{_PICTURE}|{_SILENT}|\[\s*{_PICTURE}\s*\]{_ANY})"
_LINKED = re.compile(
    r"(?P<code>^[ \t]*(?P<fence>`{3,}(?=[^`\n]*$)|~{3,}).*?(?:^[ \t]*(?P=fence)|\Z)|`[^`\n]*`)"
    rf"|(?P<line>^[ \t]*(?:[-*+][ \t]+)?{_ALONE}(?:[ \t]*{_ALONE})*+[ \t]*(?:\n(?:[ \t]*\n)?|\Z))"
    rf"|(?P<silent>{_PICTURE}|{_SILENT}|(?i:<a\s+(?:href|name|id|class|target|rel|title)\b[^<>]{{0,2000}}>|</a>))"
    rf"|(?P<defined>^ {{0,3}}\[(?!\^)[^\[\]\n]{{1,200}}\]:[ \t]*(?>{_ANGLED}|{_LEADS}\S+){_TITLE}[ \t]*(?:\n|\Z))"
    rf"|(?<!\\)(?:(?<!\w)|(?=\[[^\[\]\n]{{0,400}}\]\(<?https?:))\[(?P<said>{_LABEL})\]{_ADDRESS}"
    r"|(?<!\\)\[(?P<words>[^\[\]\n]{1,400})\](?:\[(?P<name>[^\[\]\n]{0,200})\])?(?![(:])",
    re.MULTILINE | re.DOTALL,
)
"""Code, left alone; pictures and remarks, also a whole line of them; definitions of references; links."""
_DEFINED = re.compile(
    rf"^ {{0,3}}\[(?!\^)([^\[\]\n]{{1,200}})\]:[ \t]*(?>{_ANGLED}|{_LEADS}\S+){_TITLE}[ \t]*$", re.MULTILINE
)
_CUT_HEAD = re.compile(r"\A(?:([^\[\]\n]{0,400})\]\([^\s()]*\)|(?=[^\s()]*[^\W\d]{3})[^\s\[\]()]*/[^\s\[\]()]*\)\s+)")
_CUT_TAIL = re.compile(r"\[([^\[\]\n]{1,400})\]\((?:https?:|/)[^\s()]*\Z")


def unlinked(text: str) -> str:
    """A text in, what its links say in their place out: no address behind words, no picture, no hidden remark.

    An address cannot be known from what a text is about: a model that learns to write some learns to make them up.
    Code between fences and backticks stays as it is, and so does an address that stands in the open.
    """
    if "[" not in text and "<" not in text:
        return text
    names = {_name(name) for name in _DEFINED.findall(text)} if "]:" in text else set[str]()

    def said(match: re.Match[str]) -> str:
        if match["code"]:
            return match[0]
        if match["words"] is not None:
            known = _name(match["name"] or match["words"]) in names
            return match[0] if not known else "" if match["words"].isdigit() else match["words"]
        return _LINKED.sub(said, match["said"]) if match["said"] is not None else ""

    found = _LINKED.sub(said, text)
    return text if found == text else found.strip("\n").rstrip()


def unlinked_passage(text: str) -> str:
    """The same for a piece of a text, which may begin or end within a link."""
    return _CUT_TAIL.sub(r"\1", _CUT_HEAD.sub(lambda match: match[1] or "", unlinked(text)))


def _name(label: str) -> str:
    return " ".join(label.lower().split())


def link_parts(url: str) -> SplitResult:
    """The parts of an address as a text gives it; all empty for a broken one, such as `https://[x`."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or number."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
