"""A PDF in, its running text out: words and lines put together again, from the abstract to before the references.

Columns come in the order in which pypdf gives them. Running heads, page numbers, captions and rows of numbers go.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from twin.sources._files import Found, Outcome
from twin.sources._files.names import listed, names_in
from twin.sources.archive import broken

MAX_PAGES = 600
MAX_CHARACTERS = 6_000_000
EDGE = 3
"""Lines at the top and bottom of a page that may be running heads."""

_LIGATURES = str.maketrans(
    {
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "ﬅ": "st",
        "ﬆ": "st",
        "\u00ad": "-",
        "\uf0b7": "•",
        "\uf0a7": "•",
        "\x0f": "•",
    }
)
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ue000-\uf8ff]")
"""What fonts without a table of characters give for formulas."""
_ABSTRACT = re.compile(r"\s*(?:abstract|summary|zusammenfassung|résumé|resumen)\s*[.:—–-]?\s*", re.IGNORECASE)
_INLINE_ABSTRACT = re.compile(r"\s*Abstract\s*[.:—–-]\s*(?=\S)", re.IGNORECASE)
_REFERENCES = re.compile(
    r"\s*(?:\d{1,2}\.?|[IVX]{1,5}\.)?\s*(?:references(?: and notes)?|bibliography|literature cited|works cited|"
    r"literatur(?:verzeichnis)?|quellen(?:verzeichnis)?|bibliographie|références|bibliografía|referencias|riferimenti)\s*:?\s*",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"\s*(?:(?:1?\d(?:\.\d{1,2}){0,3}|[A-H](?:\.\d{1,2})+)\.?\s+[A-Z]|[IVX]{1,4}\.\s+[A-Z]{2})[^.!?]{1,80}\s*"
)
_NAMED = re.compile(
    r"\s*(?:abstract|introduction|background|related work|methods?|materials and methods|results|discussion|"
    r"conclusions?|acknowledge?ments?|limitations|future work|appendix)\s*:?\s*",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"\s*(?:Figure|Fig\.|Table|Tab\.|Algorithm|Abbildung|Tabelle|Listing)\s+[\dA-Z]{1,3}(?:\.\d+)?\s*[:.|]"
)
_FOOTNOTE_LINK = re.compile(r"\s*\d{1,2}\s?(?:https?://|www\.)\S+\s*")
_PAGE_NUMBER = re.compile(r"\W*(?:\d{1,5}|[ivxl]{1,6})\W*")
_BULLETS = re.compile(r"^\s*[•▪‣◦●]\s*")
_END = re.compile(r"[.!?:…][\"”’')\]]?\d{0,2}$")


def read(data: bytes) -> Outcome:
    pages = _pages(data)
    if isinstance(pages, str):
        return pages
    texts, told = pages
    lines = _without_edges([_UNREADABLE.sub("", text.translate(_LIGATURES)).split("\n") for text in texts])
    raw = "\n".join(line for page in lines for line in page)
    body, head, paper = _middle([line for page in lines for line in page])
    text = "\n\n".join(_paragraphs(body, raw))
    if not re.search(r"\w{2}", text):
        return "no text in it: its pages are pictures"
    if reason := broken(text, raw):
        return reason
    title = _title(told.get("/Title", ""), head)
    names = listed(told.get("/Author", ""))
    if paper and len(names) < 2:
        names = tuple(dict.fromkeys((*names, *names_in("\n".join(_after_title(head, title))))))
    return Found(
        text, title=title, published=_date(told.get("/CreationDate", "")),
        authors=names, raw=raw, paper=paper,
        truncated=len(texts) == MAX_PAGES or sum(map(len, texts)) > MAX_CHARACTERS,
    )  # fmt: skip


def _pages(data: bytes) -> tuple[list[str], dict[str, str]] | str:
    """The text of each page and the document's own notes; or why there are none."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    bad: type[Exception] | tuple[type[Exception], ...] = (
        PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError, EOFError,
        AssertionError, NotImplementedError, ArithmeticError, MemoryError, ImportError,
    )  # fmt: skip
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return "locked by a password"
        told = _told(reader.metadata or {})
        count = len(reader.pages)
    except bad as damage:
        return f"a damaged or locked PDF: {damage or type(damage).__name__}"[:200]
    texts: list[str] = []
    for number in range(min(count, MAX_PAGES)):
        try:
            texts.append(reader.pages[number].extract_text()[:MAX_CHARACTERS])
        except bad:
            texts.append("")
        if sum(map(len, texts)) > MAX_CHARACTERS:
            break
    return (texts, told) if any(text.strip() for text in texts) else "no text in it: its pages are pictures"


def _told(metadata: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in dict(metadata).items() if isinstance(value, str)}


def _without_edges(pages: list[list[str]]) -> list[list[str]]:
    """Pages of lines in, without page numbers and without lines that stand at the edge of at least three pages."""
    pages = [[line.strip() for line in page if line.strip()] for page in pages]
    seen = Counter(key for page in pages for key in {_folded(line) for line in (*page[:EDGE], *page[-EDGE:])})
    often = {key for key, count in seen.items() if count >= max(3, len(pages) // 4) and key}
    kept = []
    for page in pages:
        last = len(page) - EDGE
        edges = [i < EDGE or i >= last for i in range(len(page))]
        kept.append([
            line for line, edge in zip(page, edges, strict=True)
            if not (edge and (_folded(line) in often or _PAGE_NUMBER.fullmatch(line)))
        ])  # fmt: skip
    return kept


def _folded(line: str) -> str:
    return re.sub(r"\d+", "#", line.casefold()).strip("# \t|·•-–—")


def _middle(lines: list[str]) -> tuple[list[str], list[str], bool]:
    """Lines in; those from the abstract to before the references, those above it, and whether it is a paper, out."""
    start = next(
        (i for i, line in enumerate(lines[:200]) if _ABSTRACT.fullmatch(line) or _INLINE_ABSTRACT.match(line)), None
    )
    half = len(lines) // 3
    end = next((i for i in range(len(lines) - 1, half, -1) if _REFERENCES.fullmatch(lines[i])), None)
    body = lines[start or 0 : end]
    head = lines[: start if start is not None else 12]
    return body, head, start is not None and (end is not None or any(_NAMED.fullmatch(line) for line in body))


def _paragraphs(lines: list[str], whole: str) -> list[str]:
    """Lines in, paragraphs out. A line that is short and ends a sentence ends its paragraph."""
    lines = [line for line in lines if not _FOOTNOTE_LINK.fullmatch(line) and not _numeric(line)]
    width = median([len(line) for line in lines if len(line) > 20] or [80])
    words = Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", whole))
    blocks: list[list[str]] = [[]]
    captions = False
    for line, after in zip(lines, [*lines[1:], ""], strict=False):
        heading = _is_heading(line, width) and not after[:1].islower()
        bullet = bool(_BULLETS.match(line))
        if heading or bullet or _CAPTION.match(line) or (blocks[-1] and _ends(blocks[-1][-1], width)):
            blocks.append([])
            captions = False
        captions = captions or bool(_CAPTION.match(line))
        if not captions:
            blocks[-1].append(_BULLETS.sub("- ", line))
        elif _ends(line, width):
            blocks.append([])
            captions = False
        if heading:
            blocks[-1] = [f"## {' '.join(line.split())}"]
            blocks.append([])
    return [_joined(block, words) for block in _rejoined(blocks)]


def _rejoined(blocks: Iterable[list[str]]) -> list[list[str]]:
    """Blocks in; one that a caption or a page cut in the middle of a sentence goes on in the next."""
    out: list[list[str]] = []
    for block in filter(None, blocks):
        before = out[-1][-1] if out else ""
        goes_on = block[0][:1].islower() and before and not before.startswith("## ") and not _END.search(before)
        if goes_on:
            out[-1] += block
        else:
            out.append(block)
    return out


def _is_heading(line: str, width: float) -> bool:
    short = len(line) < max(30, 1.2 * width) and not line.rstrip().endswith((",", ";", "-"))
    return short and bool(
        _NAMED.fullmatch(line) or (_HEADING.fullmatch(line) and not re.search(r"\d[.,]\d{2}|%|=", line))
    )


def _ends(line: str, width: float) -> bool:
    return bool(_END.search(line)) and len(line) < 0.85 * width


def _numeric(line: str) -> bool:
    """Whether a line is a row of a table or a formula: most of its tokens hold no word."""
    tokens = line.split()
    worded = sum(bool(re.search(r"[^\W\d_]{2}", token)) for token in tokens)
    return len(tokens) >= 3 and worded < 0.34 * len(tokens)


def _joined(block: list[str], words: Counter[str]) -> str:
    """Lines of one paragraph in, one line out. A hyphen at a line's end stays where the text spells the word so."""
    text = block[0].strip() if block else ""
    for line in block[1:]:
        line = line.strip()
        cut = re.search(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$", text)
        begun = re.match(r"[^\W\d_]+", line)
        if not cut or not begun:
            text += (" " if text and not text.endswith(("—", "/")) else "") + line
            continue
        with_hyphen, without = f"{cut[1]}-{begun[0]}", f"{cut[1]}{begun[0]}"
        keep = words[with_hyphen] > words[without] or (not begun[0][0].islower() and not words[without])
        text = (text if keep else text[:-1]) + line
    return re.sub(r" {2,}", " ", text)


def _title(told: str, head: list[str]) -> str:
    """The document's own title unless a program made it; else the first line that is one."""
    told = " ".join(told.split())
    if len(told.split()) > 1 and not re.search(
        r"\.(?:docx?|tex|dvi|pdf|indd|qxd)$|^microsoft word", told, re.IGNORECASE
    ):
        return told
    lines = [
        line
        for line in head
        if len(line.split()) > 1 and not re.search(r"proceedings|©|arxiv:|doi|vol\.", line, re.IGNORECASE)
    ]
    return " ".join(lines[0].split())[:300] if lines else ""


def _after_title(head: list[str], title: str) -> list[str]:
    """The lines below the title, where the names are."""
    words = set(title.split())
    below = [i for i, line in enumerate(head) if line.split() and set(line.split()) <= words]
    return head[max(below) + 1 :] if below else head


def _date(told: str) -> datetime | None:
    """`D:20180511113352-07'00'` in, UTC out."""
    found = re.match(r"D:(\d{14})(?:Z|([+-])(\d\d)'?(\d\d)?)?", told)
    if not found:
        return None
    zone = f"{found[2] or '+'}{found[3] or '00'}{found[4] or '00'}"
    try:
        return datetime.strptime(found[1] + zone, "%Y%m%d%H%M%S%z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
