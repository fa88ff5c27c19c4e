"""One file in, its items out: which reader takes which file, and whose words the outcome is."""

from __future__ import annotations

import gzip
import stat
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from twin.core.records import Identity, Item, Kind, Skipped
from twin.core.text import word_count
from twin.sources._files import Found, Outcome
from twin.sources._files.names import authorship_of, is_author
from twin.sources.archive import broken
from twin.sources.folder.markdown import own_lines
from twin.sources.folder.matter import ARTICLE_WORDS, decoded, prose_of
from twin.sources.whatsapp.lines import is_a_chat

MARKDOWN = frozenset({".md", ".markdown"})
PLAIN = frozenset({".txt", ".rst", ".org"})
PAGES = frozenset({".html", ".htm", ".xhtml"})
WEB_ARCHIVES = frozenset({".mht", ".mhtml"})
DOCUMENTS = MARKDOWN | PLAIN | PAGES | WEB_ARCHIVES | {".docx", ".pdf", ".tex", ".nxml"}
MAYBE = frozenset({".xml", ".gz", ".tgz"})
"""Suffixes of many kinds of file, of which only articles and papers are texts."""
MOST_BYTES = 100_000_000
MOST_BYTES_OF_TEXT = 20_000_000
HEAD = 1 << 16


def head_of(path: Path) -> bytes:
    """A file's first bytes; of a gzip file those of its content."""
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
            if head.startswith(b"\x1f\x8b"):
                stream.seek(0)
                with gzip.GzipFile(fileobj=stream) as inner:
                    return inner.read(HEAD)
            return head
    except (OSError, EOFError, zlib.error):
        return b""


def is_wanted(path: Path, head: bytes) -> bool:
    """A file whose suffix leaves it open in, whether it is a JATS article or a LaTeX paper as arXiv gives it."""
    from twin.sources._files import jats, tex_source

    if path.suffix.lower() == ".xml":
        return jats.is_jats(head)
    if head[257:262] != b"ustar" and not tex_source.MAIN.search(head):
        return False
    try:
        files = tex_source.e_print(path.read_bytes()) if path.stat().st_size <= MOST_BYTES else None
    except OSError:
        return False
    return bool(files and tex_source.mains(files))


def items_of(file: Path, me: Identity, *, licence: str, tex: str = "") -> Iterator[Item | Skipped]:
    """A file in, its text out; an e-print may hold several. `tex` is a LaTeX text with its parts in place."""
    key, suffix = str(file), file.suffix.lower()
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            yield Skipped(key, "not a plain file")
            return
        if status.st_size > (MOST_BYTES_OF_TEXT if suffix in MARKDOWN | PLAIN | {".tex"} else MOST_BYTES):
            yield Skipped(
                key, f"larger than {MOST_BYTES_OF_TEXT if suffix in MARKDOWN | PLAIN else MOST_BYTES:,} bytes"
            )
            return
        data = file.read_bytes()
    except OSError as bad:
        yield Skipped(key, f"cannot be read: {bad.strerror}")
        return
    if suffix in (".gz", ".tgz"):
        yield from _e_print(key, data, me, licence)
        return
    yield _item(key, _outcome(file, data, me, tex), me, licence)


def _outcome(file: Path, data: bytes, me: Identity, tex: str) -> Outcome:
    from twin.sources._files import docx, html, jats, latex, pdf

    suffix = file.suffix.lower()
    if suffix == ".pdf" or data.startswith(b"%PDF-"):
        return pdf.read(data)
    if suffix == ".docx":
        return docx.read(data, is_me=partial(is_author, me))
    if suffix in WEB_ARCHIVES:
        return html.read_archive(data)
    if suffix in PAGES:
        return html.read(data)
    if suffix in (".nxml", ".xml"):
        return jats.read(data)
    if suffix == ".tex":
        return latex.read(tex) if tex else "a part of a LaTeX text that no main file here includes"
    return _plain(file, data)


def _plain(file: Path, data: bytes) -> Outcome:
    raw = decoded(data)
    if raw is None:
        return "not text in UTF-8, UTF-16 or Windows-1252"
    if is_a_chat(raw[:HEAD]):
        return "a chat, with words of others: add the file by itself, with --messages"
    prose = prose_of(raw, file.name)
    markdown = file.suffix.lower() in MARKDOWN
    text, quoted = own_lines(prose.text) if markdown else (prose.text, "")
    if not text.strip():
        return "no text" if not quoted else "no words of your own"
    return Found(
        text, title=prose.title, published=prose.published, authors=prose.authors, quoted=quoted, raw=raw,
        raw_type="text/markdown" if file.suffix.lower() != ".txt" else "text/plain", url=prose.url,
        licence=prose.licence, draft=prose.draft or "_drafts" in file.parts,
    )  # fmt: skip


def _e_print(key: str, data: bytes, me: Identity, licence: str) -> Iterator[Item | Skipped]:
    from twin.sources._files import latex, tex_source

    files = tex_source.e_print(data) or {}
    names = tex_source.mains(files)
    if not names:
        yield Skipped(key, "no LaTeX text in it")
    for name in names:
        text, _ = tex_source.whole(name, files.get)
        inside = key if len(names) == 1 else f"{key}/{name}"
        yield _item(inside, latex.read(text), me, licence)


def _item(key: str, found: Outcome, me: Identity, licence: str) -> Item | Skipped:
    if isinstance(found, str):
        return Skipped(key, found)
    if reason := broken(found.text, found.title, found.quoted, found.licence, *found.authors):
        return Skipped(key, reason)
    kind: Kind = "paper" if found.paper else "article" if word_count(found.text) >= ARTICLE_WORDS else "note"
    return Item(
        key, kind, "folder", found.text, title=found.title, url=found.url, published=found.published,
        authorship=authorship_of(found.authors, me), quoted=found.quoted,
        raw=found.text if broken(found.raw) else found.raw, raw_type=found.raw_type,
        draft=found.draft, licence=found.licence or licence, truncated=found.truncated,
    )  # fmt: skip
