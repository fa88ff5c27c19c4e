"""A Word document in, its paragraphs out: tracked deletions left out, insertions of others apart.

Read with lxml and not with python-docx, which loses tracked insertions, nor with docx2python, which does not say whose
they are.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from twin.sources._files import Found, Outcome
from twin.sources.archive import broken, moment

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_PART_BYTES = 64 << 20
MAX_ENTRIES = 20_000
_OLE = b"\xd0\xcf\x11\xe0"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_GONE = frozenset(
    f"{_W}{name}"
    for name in "del moveFrom instrText delText sectPr rPr tblPr tblGrid trPr tcPr footnoteReference endnoteReference "
    "commentReference sdtPr".split()
) | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"


def read(data: bytes, *, is_me: Callable[[str], bool]) -> Outcome:
    """`is_me` tells of a name whether it is the author's: insertions of others are quoted."""
    from lxml import etree

    if data.startswith(_OLE):
        return "locked by a password, or an old .doc file"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > MAX_ENTRIES:
                return "not a Word document that a person wrote"
            parts = {name: _part(archive, f"word/{name}.xml") for name in ("document", "styles", "numbering")}
            core = _part(archive, "docProps/core.xml")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as bad:
        return f"a damaged Word document: {bad}"
    if not parts["document"]:
        return "no Word document, or one too large"
    try:
        body = etree.fromstring(parts["document"], _parser()).find(f"{_W}body")
        styles = _Styles(parts["styles"], parts["numbering"])
        told = _told(core)
    except (etree.XMLSyntaxError, ValueError) as bad:
        return f"a damaged Word document: {bad}"[:200]
    if body is None:
        return "a Word document without a body"
    creator = told.get("creator", "")
    writer = _Writer(styles, lambda name: not name or name == creator or is_me(name))
    writer.walk(body)
    text = writer.text()
    if reason := broken(text):
        return reason
    return Found(
        text, title=told.get("title", "") or writer.title,
        published=moment(told.get("created", "")) or moment(told.get("modified", "")),
        authors=tuple(name.strip() for name in creator.split(";") if name.strip()),
        quoted="\n\n".join(writer.quotes), raw=text,
    )  # fmt: skip


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return b""
    if entry.file_size > MAX_PART_BYTES:
        return b""
    with archive.open(entry) as stream:
        return stream.read(MAX_PART_BYTES)


def _parser() -> object:
    from lxml import etree

    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)


def _told(core: bytes) -> dict[str, str]:
    from lxml import etree

    if not core:
        return {}
    root = etree.fromstring(core, _parser())
    names = {f"{_DC}title": "title", f"{_DC}creator": "creator"}
    names |= {f"{_TERMS}created": "created", f"{_TERMS}modified": "modified"}
    return {names[child.tag]: (child.text or "").strip() for child in root if child.tag in names}


class _Styles:
    """Names of styles by id, and which lists are numbered."""

    def __init__(self, styles: bytes, numbering: bytes) -> None:
        from lxml import etree

        self.names: dict[str, str] = {}
        self.lists: dict[str, str] = {}
        self.numbered: dict[str, bool] = {}
        for style in etree.fromstring(styles, _parser()).iter(f"{_W}style") if styles else ():
            key, name = style.get(f"{_W}styleId", ""), style.find(f"{_W}name")
            self.names[key] = name.get(f"{_W}val", "").lower() if name is not None else ""
            used = style.find(f"{_W}pPr/{_W}numPr/{_W}numId")
            if used is not None:
                self.lists[key] = used.get(f"{_W}val", "")
        if not numbering:
            return
        root = etree.fromstring(numbering, _parser())
        first = {
            kind.get(f"{_W}abstractNumId"): kind.find(f"{_W}lvl/{_W}numFmt") for kind in root.iter(f"{_W}abstractNum")
        }
        for number in root.iter(f"{_W}num"):
            points_at = number.find(f"{_W}abstractNumId")
            form = first.get(points_at.get(f"{_W}val")) if points_at is not None else None
            self.numbered[number.get(f"{_W}numId", "")] = form is not None and form.get(f"{_W}val") != "bullet"

    def list_of(self, properties: _Element | None, style: str) -> tuple[str, int]:
        """The list that a paragraph belongs to, empty for none, and its level."""
        own = properties.find(f"{_W}numPr") if properties is not None else None
        if own is None:
            return self.lists.get(style, ""), 0
        number, level = own.find(f"{_W}numId"), own.find(f"{_W}ilvl")
        deep = level.get(f"{_W}val", "0") if level is not None else "0"
        used = number.get(f"{_W}val", "") if number is not None else self.lists.get(style, "")
        return "" if used == "0" else used, int(deep) if deep.isdecimal() and len(deep) < 3 else 0


class _Writer:
    """Blocks of text with the kind of each, so that list items stand together. Tables nest, so rows are a stack."""

    def __init__(self, styles: _Styles, mine: Callable[[str], bool]) -> None:
        self.styles, self.mine = styles, mine
        self.blocks: list[list[tuple[str, str]]] = [[]]
        self.rows: list[list[str]] = []
        self.lines: list[list[str]] = []
        self.quotes: list[str] = []
        self.theirs: list[str] = []
        self.title = ""
        self.counts: Counter[tuple[str, int]] = Counter()

    def walk(self, body: _Element) -> None:
        from lxml import etree

        events = etree.iterwalk(body, events=("start", "end"))
        for event, node in events:
            if event == "start" and (node.tag in _GONE or self._by_another(node)):
                if node.tag == f"{_W}ins":
                    self.theirs.append("".join(node.itertext(f"{_W}t")))
                events.skip_subtree()
            elif event == "start":
                self._enter(node)
            elif node.tag not in _GONE and not self._by_another(node):
                self._leave(node)

    def text(self) -> str:
        self.quotes += [words for words in self.theirs if words.strip()]
        out: list[str] = []
        before = ""
        for kind, block in self.blocks[0]:
            out.append(("\n" if kind == before == "list" else "\n\n") + block if out else block)
            before = kind
        return "".join(out)

    def _by_another(self, node: _Element) -> bool:
        return node.tag in (f"{_W}ins", f"{_W}moveTo") and not self.mine(node.get(f"{_W}author", ""))

    def _enter(self, node: _Element) -> None:
        name = str(node.tag).removeprefix(_W)
        if name == "p":
            self.lines.append([])
        elif name == "tbl":
            self.blocks.append([])
        elif name == "tr":
            self.rows.append([])
        elif name == "tc":
            self.blocks.append([])
        elif self.lines and name in ("t", "tab", "br", "cr", "noBreakHyphen"):
            self.lines[-1].append({"t": node.text or "", "tab": "\t", "noBreakHyphen": "-"}.get(name, "\n"))

    def _leave(self, node: _Element) -> None:
        name = str(node.tag).removeprefix(_W)
        if name == "p" and self.lines:
            self._paragraph(node, "".join(self.lines.pop()).strip("\n \t"))
        elif name == "tc" and len(self.blocks) > 1 and self.rows:
            self.rows[-1].append(" ".join(" ".join(block.split()) for _, block in self.blocks.pop()))
        elif name == "tr" and self.rows:
            cells = self.rows.pop()
            if any(cells):
                self.blocks[-1].append(("list", " | ".join(cells)))
        elif name == "tbl" and len(self.blocks) > 1:
            rows = self.blocks.pop()
            if rows:
                self.blocks[-1].append(("table", "\n".join(row for _, row in rows)))

    def _paragraph(self, node: _Element, text: str) -> None:
        properties = node.find(f"{_W}pPr")
        style = properties.find(f"{_W}pStyle") if properties is not None else None
        key = style.get(f"{_W}val", "") if style is not None else ""
        name = self.styles.names.get(key, key.lower())
        if not text or name.startswith(("toc ", "table of ")):
            return
        if name.endswith("quote"):
            self.quotes.append(text)
            return
        if name == "title" and not self.title:
            self.title = " ".join(text.split())
        used, level = self.styles.list_of(properties, key)
        if name == "title" or name.startswith("heading"):
            self.blocks[-1].append(("heading", f"{'#' if name == 'title' else '##'} {' '.join(text.split())}"))
        elif used:
            self.counts[used, level] += 1
            mark = f"{self.counts[used, level]}." if self.styles.numbered.get(used) else "-"
            self.blocks[-1].append(("list", f"{'  ' * level}{mark} {text}"))
        else:
            self.blocks[-1].append(("text", text))
