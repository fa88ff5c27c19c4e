"""What articles share: Markdown whose first heading is the title, pasted as rich text."""

from __future__ import annotations

import re

from twin.core.links import link_parts
from twin.inference.places import Finding, Forms
from twin.inference.places import _markup as markup

_TITLE = re.compile(r"\A\s*#[ \t]+([^\n]+)\n*")
_ADDRESS = re.compile(r"(?<!!)\[[^\]\n]*\]\(<?([^)\s>]+)")
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)


def parted(text: str) -> tuple[str, str]:
    """An article in, its title without the mark and its body out; the title is empty where it has none."""
    found = _TITLE.match(text)
    return (markup.plain(found[1].strip()), text[found.end() :].strip()) if found else ("", text.strip())


def render(text: str) -> Forms:
    """An editor has a field of its own for the title, and takes the body as rich text."""
    title, body = parted(text)
    return {"markdown": text, "text": markup.plain(text), "html": markup.html(body), "title": title}


def check_markdown(text: str) -> list[Finding]:
    """What would be shown otherwise than it was meant."""
    found = []
    if fence := markup.open_fence(text):
        found.append(Finding("warning", "a code block is never closed", f"{text.rstrip()}\n{fence}"))
    outside = re.sub(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1|\Z)|`[^`\n]+`", "", text, flags=re.DOTALL | re.MULTILINE)
    if _TAG.search(outside):
        found.append(Finding("warning", "HTML in it is shown as it stands, and does nothing"))
    dead = [one for one in _ADDRESS.findall(outside) if link_parts(one).scheme.lower() not in markup.SCHEMES]
    if dead:
        found.append(Finding("warning", f"{dead[0]!r} is no address of the web: it stays text"))
    return found


def check_title(text: str) -> list[Finding]:
    if parted(text)[0]:
        return []
    return [Finding("warning", "it has no title: begin with a line such as “# What we learned”")]


def check_headings(text: str, deepest: int, where: str) -> list[Finding]:
    deep = [words for level, words in markup.headings(text) if level > deepest]
    if not deep:
        return []
    return [Finding("advice", f"{where} has headings down to level {deepest}: {deep[0]!r} is deeper")]
