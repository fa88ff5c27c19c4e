"""Markdown to clean HTML, to plain text, and plain text to Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from twin.core.links import link_parts

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

SCHEMES = ("http", "https", "mailto")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_LINK = re.compile(r"https?://[^\s<>\\]+[^\s<>\\.,;:!?'\"’”)\]}*`]", re.IGNORECASE)
_INLINE = re.compile(r"[\\`*\[\]<~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
_AT_START = re.compile(r"^(\s*)(#{1,6}(?=\s|$)|>|\+(?=\s|$)|=+(?=\s*$)|-+(?=\s*$)|-(?=[ \t]*-[ \t]*-))")
_NO_ADDRESS = re.compile(r'<a href=""(?: title="[^"]*")?>(.*?)</a>', re.DOTALL)
_BULLET = re.compile(r"^\s*[-•–*]\s+\S")
_NUMBERED = re.compile(r"^\s*(\d{1,9})\.\s+\S")
_NUMBER = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")


def tidy(answer: str) -> str:
    """What a model answered in, Markdown with one kind of line break and no blanks around it out."""
    return answer.replace("\r\n", "\n").replace("\r", "\n").strip()


def html(markdown: str) -> str:
    """Markdown in; headings, paragraphs, lists, quotes, code, emphasis and links out, and everything else escaped.

    A link that is not http, https or mailto stays text, a picture becomes its description.
    """
    return _NO_ADDRESS.sub(r"\1", str(_parser().render(markdown))).strip()


def plain(markdown: str, *, headings: bool = True) -> str:
    """Markdown in, what it says out: blocks apart by a blank line, `- ` before items, `label (address)` for links."""
    return _Plain(headings).text(_parser().parse(markdown))


def headings(markdown: str) -> list[tuple[int, str]]:
    """Level and words of every heading, in order."""
    tokens = _parser().parse(markdown)
    return [
        (int(token.tag[1:]), _inline(tokens[i + 1].children or []))
        for i, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


def from_plain(text: str) -> str:
    """A plain text in, Markdown that shows the same words out: signs escaped, links live, each line of its own kept."""
    made: list[str] = []
    counted, in_list = 0, False
    for line in text.split("\n"):
        numbered = _NUMBERED.match(line)
        number = int(numbered[1]) if numbered else 0
        item = bool(_BULLET.match(line)) or (numbered is not None and counted in (0, number - 1))
        if line.strip():
            made += [""] * (not (item and in_list))
            counted, in_list = number if item else 0, item
        made.append(_item(line) if item else _line(line.strip()))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(made)).strip()


def open_fence(markdown: str) -> str:
    """The fence of a code block that is never closed; empty where every one is."""
    fence = ""
    for line in markdown.split("\n"):
        found = FENCE.match(line)
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence) and not found[2].strip():
            fence = ""
    return fence


def _item(line: str) -> str:
    mark, words = line.strip().split(None, 1)
    return f"{mark if mark[0].isdigit() else '-'} {_line(words)}"


def _line(words: str) -> str:
    """A number that begins no list, or would get another one there, keeps its point."""
    return _NUMBER.sub(r"\1\\\2", _AT_START.sub(r"\1\\\2", _escaped(words), count=1), count=1)


def _escaped(line: str) -> str:
    made, done = [], 0
    for link in _LINK.finditer(line):
        made += [_INLINE.sub(r"\\\g<0>", line[done : link.start()]), f"<{link[0]}>"]
        done = link.end()
    return "".join((*made, _INLINE.sub(r"\\\g<0>", line[done:])))


class _Plain:
    """Walks the tokens of a text; each block is written with the margin of the lists and quotes around it."""

    def __init__(self, headings: bool) -> None:
        self.headings = headings
        self.blocks: list[str] = []
        self.items: list[int | None] = []
        """The lists around a block: the number of the next item, None for one with dashes."""
        self.mark = ""
        self.tight = False

    def text(self, tokens: Sequence[Token]) -> str:
        for i, token in enumerate(tokens):
            if token.type in ("bullet_list_open", "ordered_list_open"):
                self.items.append(int(token.attrGet("start") or 1) if token.tag == "ol" else None)
            elif token.type in ("bullet_list_close", "ordered_list_close"):
                self.items.pop()
                self.tight = self.tight and bool(self.items)
            elif token.type == "list_item_open":
                self.mark = self._next_mark()
            elif token.type == "inline" and (self.headings or tokens[i - 1].type != "heading_open"):
                self._add(_inline(token.children or []))
            elif token.type in ("fence", "code_block"):
                self._add(token.content.rstrip("\n"))
        return "\n".join(self.blocks).strip("\n")

    def _next_mark(self) -> str:
        number = self.items[-1]
        if number is None:
            return "- "
        self.items[-1] = number + 1
        return f"{number}. "

    def _add(self, words: str) -> None:
        in_list = bool(self.items)
        if self.blocks and not (in_list and self.tight):
            self.blocks.append("")
        margin = "  " * max(0, len(self.items) - 1)
        self.blocks.append(f"{margin}{self.mark}{words}")
        self.mark, self.tight = "", in_list


def _inline(children: Sequence[Token]) -> str:
    said: list[str] = []
    opened: list[tuple[int, str]] = []
    for token in children:
        if token.type in ("softbreak", "hardbreak"):
            said.append("\n")
        elif token.type == "link_open":
            opened.append((len(said), str(token.attrGet("href") or "")))
        elif token.type == "link_close":
            start, address = opened.pop()
            if "".join(said[start:]) not in (address, address.removeprefix("mailto:")):
                said.append(f" ({address})")
        else:
            said.append(token.content)
    return "".join(said)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    class Clean(MarkdownIt):
        def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's own name
            return link_parts(url).scheme.lower() in SCHEMES

    def described(_: Any, tokens: Sequence[Token], i: int, *__: Any) -> str:
        return escape(tokens[i].content)

    def code(_: Any, tokens: Sequence[Token], i: int, *__: Any) -> str:
        return f"<pre><code>{escape(tokens[i].content)}</code></pre>\n"

    made = Clean("commonmark", {"html": False}).disable("lheading")  # a line of dashes below a text is a rule here
    made.add_render_rule("image", described)
    made.add_render_rule("fence", code)
    return made
