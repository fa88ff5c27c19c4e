"""A Markdown body in, its writer's lines and the quotes in it out; what is neither (a shortcode's line) goes.

Lines stay as they were typed. Code in fences is left as it is.
"""

from __future__ import annotations

import re

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_QUOTE = re.compile(r" {0,3}>")
_CALLOUT = re.compile(r" {0,3}>\s*\[!\w+\]", re.IGNORECASE)
_LISTING = re.compile(r"\s*(?:\{%-?|\{\{[<%])\s*(/|end)?\s*(?:highlight|raw|codeblock)\b")
_SHORTCODE = re.compile(r"\s*(?:\{\{[<%][^\n]{0,1000}[>%]\}\}|\{%[^\n]{0,1000}%\}|\{\{(?![<%])[^\n{}]{0,1000}\}\})\s*")
_OPENS = re.compile(r"\s*(?:\{\{[<%]|\{%-?)\s*(?:blockquote|quote|pullquote|epigraph|cite|tweet)\b", re.IGNORECASE)
_CLOSES = re.compile(
    r"\s*(?:\{\{[<%]\s*/\s*(?:blockquote|quote|pullquote|epigraph|cite|tweet)\b|\{%-?\s*end(?:blockquote|quote|pullquote|epigraph|cite))",
    re.IGNORECASE,
)


def own_lines(text: str) -> tuple[str, str]:
    """A body in; the text without block quotes and lines that are only shortcodes, and the quotes, out.

    An Obsidian callout (`> [!note]`) is the writer's own. Without anything to take out the text comes back as it is.
    """
    lines = text.splitlines(keepends=True)
    kept: list[str] = []
    quotes: list[str] = []
    fence = ""
    i = 0
    while i < len(lines):
        line = lines[i]
        inside = bool(fence)
        fence = _fence_after(line, fence)
        if inside or fence:
            kept.append(line)
            i += 1
            continue
        if _QUOTE.match(line):
            i = _quoted(lines, i, kept, quotes)
        elif _OPENS.match(line) and (end := _closing(lines, i)):
            quotes.append("".join(lines[i + 1 : end]).strip())
            i = end + 1
        elif _SHORTCODE.fullmatch(line[:4000]):
            i += 1
        else:
            kept.append(line)
            i += 1
            continue
        if kept and not kept[-1].strip() and i < len(lines) and not lines[i].strip():
            i += 1  # one blank line where there were two
    if len(kept) == len(lines):
        return text, ""
    return "".join(kept).strip("\r\n"), "\n\n".join(filter(None, quotes))


def _fence_after(line: str, fence: str) -> str:
    """The fence of a code listing that is open after a line: backticks, tildes, or a shortcode that holds code."""
    if found := _FENCE.match(line):
        return "" if fence and found[1].startswith(fence) else fence or found[1]
    if listing := _LISTING.match(line[:500]):
        return ("" if fence == "listing" else fence) if listing[1] else fence or "listing"
    return fence


def _quoted(lines: list[str], i: int, kept: list[str], quotes: list[str]) -> int:
    """Takes the block quote at i to the quotes, or to the kept lines where it is a callout; the line after it out."""
    end = i
    while end < len(lines) and _QUOTE.match(lines[end]):
        end += 1
    if _CALLOUT.match(lines[i]):
        kept += lines[i:end]
    else:
        quotes.append("".join(re.sub(r"^ {0,3}> ?", "", line) for line in lines[i:end]).strip())
    return end


def _closing(lines: list[str], i: int) -> int:
    """The line that closes the quote which opens at i, within 200 lines; 0 where none does."""
    return next((j for j in range(i + 1, min(len(lines), i + 200)) if _CLOSES.match(lines[j])), 0)
