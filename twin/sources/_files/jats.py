"""A JATS article (PubMed Central, many publishers) in, its abstract and sections out: no floats, no references."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from twin.sources._files import Found, Outcome
from twin.sources.archive import broken, decoded

if TYPE_CHECKING:
    from lxml.etree import _Element

FORMULA = "[formula]"
_GONE = frozenset(
    "fig fig-group table-wrap table-wrap-group table boxed-text supplementary-material media graphic ref-list back "
    "label def-list glossary ack object-id permissions alternatives tex-math".split()
)
_FORMULAS = frozenset({"disp-formula", "inline-formula", "math", "disp-formula-group"})
_MONTHS = range(1, 13)


def is_jats(head: bytes) -> bool:
    """The first bytes of a file in, whether it is an article in JATS or its older forms."""
    return b"<article" in head and (b"JATS" in head or b"//NLM//DTD" in head or b"<front" in head)


def read(data: bytes) -> Outcome:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as bad:
        return f"damaged XML: {bad}"[:200]
    if root is None or _name(root) != "article":
        return "no JATS article"
    meta = root.find("front/article-meta")
    writer = _Writer()
    for abstract in meta.findall("abstract") if meta is not None else ():
        writer.blocks.append("## Abstract")
        writer.walk(abstract)
    body = root.find("body")
    if body is not None:
        writer.walk(body)
    while writer.blocks and writer.blocks[-1].startswith("## "):
        writer.blocks.pop()
    text = "\n\n".join(writer.blocks)
    if reason := broken(text):
        return reason
    title = meta.find("title-group/article-title") if meta is not None else None
    return Found(
        text, title=" ".join("".join(title.itertext()).split()) if title is not None else "", published=_date(meta),
        authors=_authors(meta), quoted="\n\n".join(writer.quotes), raw=decoded(data), raw_type="application/xml",
        url=_doi(meta), licence=_licence(meta), paper=True,
    )  # fmt: skip


def _name(node: _Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


class _Writer:
    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.quotes: list[str] = []
        self.line: list[str] = []
        self.quoting = 0

    def walk(self, root: _Element) -> None:
        from lxml import etree

        events = etree.iterwalk(root, events=("start", "end"))
        for event, node in events:
            name = _name(node)
            if event == "start":
                if name in _GONE or name in _FORMULAS or not name:
                    self.line.append(FORMULA if name in _FORMULAS else "")
                    events.skip_subtree()
                    continue
                if name in ("p", "title", "list-item", "disp-quote", "sec"):
                    self.flush()
                self.quoting += name == "disp-quote"
                self.line.append(node.text or "")
            else:
                if name in ("p", "title", "list-item", "disp-quote", "sec") and name not in _GONE:
                    self.flush("## " if name == "title" else "- " if self._in_item(node) else "")
                self.quoting -= name == "disp-quote"
                if node is not root:
                    self.line.append(node.tail or "")
        self.flush()

    def flush(self, mark: str = "") -> None:
        text = " ".join("".join(self.line).split())
        self.line = []
        if text and text != FORMULA:
            (self.quotes if self.quoting else self.blocks).append(mark + text)

    def _in_item(self, node: _Element) -> bool:
        parent = node.getparent()
        return parent is not None and _name(parent) == "list-item" and parent.find("p") is node


def _authors(meta: _Element | None) -> tuple[str, ...]:
    names = []
    for person in meta.iterfind("contrib-group/contrib[@contrib-type='author']") if meta is not None else ():
        given, surname = person.findtext("name/given-names") or "", person.findtext("name/surname") or ""
        names.append(" ".join(f"{given} {surname}".split()) or " ".join((person.findtext("string-name") or "").split()))
    return tuple(filter(None, names))


def _date(meta: _Element | None) -> datetime | None:
    found: list[datetime] = []
    for date in meta.iterfind("pub-date") if meta is not None else ():
        parts = [(date.findtext(name) or "").strip() for name in ("year", "month", "day")]
        year, month, day = (int(part) if part.isdecimal() and len(part) < 5 else 0 for part in parts)
        try:
            found.append(datetime(year, month if month in _MONTHS else 1, day or 1, tzinfo=UTC))
        except ValueError:
            continue
    return min(found, default=None)


def _doi(meta: _Element | None) -> str:
    doi = (meta.findtext("article-id[@pub-id-type='doi']") or "").strip() if meta is not None else ""
    return f"https://doi.org/{doi}" if doi and not set(doi) & set(" \n\t") else ""


def _licence(meta: _Element | None) -> str:
    licence = meta.find("permissions/license") if meta is not None else None
    return " ".join("".join(licence.itertext()).split())[:200] if licence is not None else ""
