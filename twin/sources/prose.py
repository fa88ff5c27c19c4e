"""HTML in, the text as a person saw it out: blocks apart by a blank line, links as their label, no emphasis marks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

MAX_PAGE_BYTES = 8 << 20
"""libxml2 stops at text nodes of 10 MB without a word; no page a person wrote comes near."""
MAX_NESTING = 100
MAX_DEPTH = 500
"""Real pages stay under 100."""

_UNSEEN = frozenset(
    "head title script style template noscript svg img iframe form button input select textarea label "
    "object embed video audio canvas".split()
)
_BLOCKS = frozenset(
    "html body main article section header footer aside nav div p figure figcaption address center hr "
    "dl dt dd details summary fieldset li table caption thead tbody tfoot tr td th".split()
)
"""A table is one of them where it arranges the page; one of data has rows and is written as such."""
_CELL_CHARACTERS = 600
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SPACES = re.compile(r"[ \t\n\r\f]+")


@dataclass(slots=True)
class Prose:
    """Own words in `blocks`, those of others (block quotes) in `quotes`, in reading order."""

    blocks: list[str] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n\n".join(self.blocks)

    @property
    def quoted(self) -> str:
        return "\n\n".join(self.quotes)


def parsed(html: str) -> BeautifulSoup:
    """HTML or a bare fragment of it in, a tree out. The declaration keeps bs4 from guessing that it is XML.

    Tags deeper than `MAX_DEPTH` become plain text: selecting in a tree takes time with the square of its depth.
    """
    whole = html.encode("utf-8", "replace").decode()  # half a pair of surrogates is no character
    tree = BeautifulSoup(f"<!DOCTYPE html>{whole}", "lxml")
    deepest: list[Tag] = [tree]
    for _ in range(MAX_DEPTH):
        deepest = [child for tag in deepest for child in tag.children if isinstance(child, Tag)]
    for tag in deepest:
        tag.string = tag.get_text(" ")
    return tree


def prose_of(node: Tag) -> Prose:
    """A tree in, its text out: `## ` before headings, `- ` and `1. ` before list items, code verbatim in fences."""
    writer = _Writer(0)
    writer.walk(node)
    writer.flush()
    return writer.prose


def one_line(node: Tag) -> str:
    """A tree in, all its text on one line out."""
    return " ".join(node.get_text().split())


def without(node: Tag, *selectors: str) -> None:
    """A tree in, the same tree without what any of these CSS selectors matches."""
    for found in node.select(", ".join(selectors)):
        if not found.decomposed:
            found.decompose()


class _Writer:
    """Collects inline text in `line` until a block ends."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.prose = Prose()
        self.line: list[str] = []

    def walk(self, node: Tag) -> None:
        for child in node.children:
            if isinstance(child, Tag):
                self._tag(child)
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                self.line.append(_SPACES.sub(" ", child))

    def flush(self) -> None:
        text = re.sub(r" {2,}", " ", "".join(self.line))
        text = re.sub(r" ?\n ?", "\n", text).replace("\xa0", " ").strip()
        self.line = []
        self._block(text)

    def _block(self, text: str) -> None:
        if text:
            self.prose.blocks.append(text)

    def _tag(self, tag: Tag) -> None:
        if tag.name in _UNSEEN:
            return
        if tag.name == "br":
            self.line.append("\n")
        elif tag.name in _HEADINGS:
            self.flush()
            text = " ".join(" ".join(self._inside(tag)).split())
            self._block(text and f"## {text}")
        elif tag.name in ("ul", "ol"):
            self.flush()
            self._block(self._list(tag))
        elif tag.name == "table" and not _arranges(tag):
            self.flush()
            own = [row for row in tag.find_all("tr") if row.find_parent("table") is tag]
            self._block("\n".join(filter(None, map(self._row, own))))
        elif tag.name == "pre":
            self.flush()
            self._block(_fenced(tag))
        elif tag.name == "blockquote":
            self.flush()
            self.prose.quotes += self._inside(tag)
        elif tag.name in _BLOCKS:
            self.flush()
            self._deeper(tag)
            self.flush()
        else:
            self._deeper(tag)

    def _deeper(self, tag: Tag) -> None:
        if self.depth > MAX_NESTING:
            self.line.append(_SPACES.sub(" ", tag.get_text()))
            return
        self.depth += 1
        self.walk(tag)
        self.depth -= 1

    def _inside(self, tag: Tag) -> list[str]:
        """The blocks inside a tag; quotes found in it join the others."""
        inner = _Writer(self.depth + 1)
        inner._deeper(tag)
        inner.flush()
        self.prose.quotes += inner.prose.quotes
        return inner.prose.blocks

    def _list(self, tag: Tag) -> str:
        start = str(tag.get("start", "1"))
        number = int(start) if start.isdecimal() and len(start) < 7 else 1
        items: list[str] = []
        for item in tag.find_all(True, recursive=False):
            blocks = self._inside(item) if item.name not in _UNSEEN else []
            if blocks:
                mark = f"{number}. " if tag.name == "ol" else "- "
                items.append(mark + "\n".join(blocks).replace("\n", "\n" + " " * len(mark)))
                number += 1
        return "\n".join(items)

    def _row(self, row: Tag) -> str:
        cells = [" ".join(" ".join(self._inside(cell)).split()) for cell in row.find_all(["td", "th"], recursive=False)]
        return " | ".join(cells) if any(cells) else ""


def _arranges(table: Tag) -> bool:
    """Whether a table lays out a page, as old sites do, and holds no data: prose in a cell, or a table in it."""
    if table.get("role") in ("presentation", "none") or table.find("table"):
        return True
    cells = table.find_all(["td", "th"])
    if len(cells) == 1:
        return True
    return not table.find("th") and any(
        len(cell.find_all(["p", "h1", "h2", "h3", "blockquote", "pre"], limit=2)) > 1
        or len(cell.get_text()) > _CELL_CHARACTERS
        for cell in cells
    )


def _fenced(tag: Tag) -> str:
    for line_break in tag.find_all("br"):
        line_break.replace_with("\n")
    code = re.sub(r"\A(?:[ \t]*\n)+|\s+\Z", "", tag.get_text().replace("\xa0", " "))
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}\n{code}\n{fence}" if code else ""
