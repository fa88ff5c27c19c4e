"""A folder of Markdown or text files: a static site, a notes vault, a single file."""

from __future__ import annotations

import codecs
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import yaml

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Authorship, Item, Kind, Route, Skipped
from twin.core.text import word_count

SUFFIXES = frozenset({".md", ".markdown", ".txt"})
ARTICLE_WORDS = 250
MOST_BYTES = 100_000_000
_FOLDERS = """
__pycache__ _site bower_components build dist external fixtures generated godeps node_modules pods site-packages
target testdata third-party third_party vendor vendored venv
"""
NOT_OWN = frozenset(_FOLDERS.split())
_FENCED = {"---": re.compile(r"---[ \t]*\r?\n(.*?)(?:^|\n)---[ \t]*(?:\r?\n|$)", re.DOTALL | re.MULTILINE)}
_FENCED["+++"] = re.compile(_FENCED["---"].pattern.replace("---", r"\+\+\+"), re.DOTALL | re.MULTILINE)
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:-|$)")
_HEADING = re.compile(r"#\s+(.+?)\s*#*\s*$")
_WRITTEN_DATES = ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M %z", "%Y/%m/%d", "%B %d, %Y", "%b %d, %Y", "%d %B %Y")


@dataclass(frozen=True, slots=True)
class Prose:
    """What a Markdown or text file says: its body, verbatim, and what its front matter says of it."""

    text: str
    kind: Kind
    title: str
    url: str
    published: datetime | None
    draft: bool
    licence: str
    authorship: Authorship


def recognises(location: str) -> bool:
    path = Path(location).expanduser()
    if path.is_dir():
        return not (path / ".git").exists()
    return path.suffix.lower() in SUFFIXES and path.is_file()


def owner(location: str) -> list[str]:  # noqa: ARG001  (plain files name no owner)
    return []


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    return Route("the Markdown and text files in it, read from your disk")


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:  # noqa: ARG001
    """Every Markdown and text file in, keyed by its full path, so that two folders with an `index.md` stay two."""
    path = Path(location).expanduser().resolve()
    if not path.exists():
        raise BadSource(f"there is nothing at {location!r}", "check the path, then try again")
    if path.is_file():
        yield _item(path)
        return
    empty = True
    for file in _files(path):
        empty = False
        yield file if isinstance(file, Skipped) else _item(file)
    if empty:
        raise BadSource(f"{location!r} holds no Markdown or text files", "add the folder that your texts are in")


def _files(root: Path) -> Iterator[Path | Skipped]:
    """The text files under a folder in a fixed order; links are named, never followed."""
    for name, folders, files in os.walk(root):
        here = Path(name)
        for link in sorted(folder for folder in folders if (here / folder).is_symlink()):
            if not (here / link).resolve().is_relative_to(root):
                yield Skipped(str(here / link), "a link that leaves the folder")
        folders[:] = sorted(f for f in folders if not ignored(f) and not (here / f).is_symlink())
        for file in sorted(here / f for f in files if not f.startswith(".")):
            if file.suffix.lower() not in SUFFIXES:
                continue
            if not file.is_symlink():
                yield file
            elif file.resolve().is_relative_to(root):
                yield Skipped(str(file), "a link to another file of the folder")
            else:
                yield Skipped(str(file), "a link that leaves the folder")


def ignored(folder: str) -> bool:
    """Whether a folder's name says that its texts are hidden, generated or someone else's."""
    return folder.startswith(".") or folder.lower() in NOT_OWN


def _item(file: Path) -> Item | Skipped:
    key = str(file)
    try:
        if file.stat().st_size > MOST_BYTES:
            return Skipped(key, f"larger than {MOST_BYTES:,} bytes")
        raw = decoded(file.read_bytes())
    except OSError as bad:
        return Skipped(key, f"cannot be read: {bad.strerror}")
    if raw is None:
        return Skipped(key, "not text in UTF-8, UTF-16 or Windows-1252")
    prose = prose_of(raw, file.name)
    if not prose.text.strip():
        return Skipped(key, "no text")
    return Item(
        key=key,
        kind=prose.kind,
        place="folder",
        text=prose.text,
        title=prose.title,
        url=prose.url,
        published=prose.published,
        authorship=prose.authorship,
        raw=raw,
        raw_type="text/plain" if file.suffix.lower() == ".txt" else "text/markdown",
        draft=prose.draft or "_drafts" in file.parts,
        licence=prose.licence,
    )


def decoded(content: bytes) -> str | None:
    """Bytes in, their text out; None where they are no text. A file without a mark is UTF-8 or Windows-1252."""
    marks = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    marked = [encoding for mark, encoding in marks.items() if content.startswith(mark)]
    for encoding in marked or ["utf-8", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text) else text
    return None


def prose_of(raw: str, name: str) -> Prose:
    """A file's text and name in, its body and what its front matter, heading and name say of it out."""
    matter, body = split_front_matter(raw)
    text = body.strip("\r\n")
    dated = _DATED.match(Path(name).stem)
    first = next((line for line in text.splitlines() if line.strip()), "")
    heading = _HEADING.match(first)
    return Prose(
        text=text,
        kind="article" if word_count(text) >= ARTICLE_WORDS else "note",
        title=str(matter.get("title") or (heading.group(1) if heading else "")).strip(),
        url=_url(matter),
        published=as_utc(matter.get("date")) or (as_utc(dated.group(1)) if dated else None),
        draft=matter.get("draft") is True or matter.get("published") is False or matter.get("status") == "draft",
        licence=str(matter.get("licence") or matter.get("license") or ""),
        authorship="co-authored" if _author_count(matter) > 1 else "own",
    )


def split_front_matter(raw: str) -> tuple[Mapping[str, Any], str]:
    """A file in, its front matter (YAML, TOML or JSON) and the body out. What does not parse is part of the text."""
    try:
        if raw.startswith("{"):
            values, end = json.JSONDecoder().raw_decode(raw)
            found = raw[end:]
        else:
            match = _FENCED[raw[:3]].match(raw) if raw[:3] in _FENCED else None
            if match is None:
                return {}, raw
            values = (tomllib.loads if raw.startswith("+") else yaml.safe_load)(match.group(1).replace("\r\n", "\n"))
            found = raw[match.end() :]
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, raw
    return (values, found) if isinstance(values, dict) and values else ({}, raw)


def as_utc(value: object) -> datetime | None:
    """A date in any of the types and spellings that front matter has in, UTC out; a naive one is taken as UTC."""
    if isinstance(value, str):
        value = _parsed(value.strip())
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        return None
    try:
        return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        return None


def _parsed(value: str) -> datetime | None:
    parsers = [
        datetime.fromisoformat,
        *(lambda text, form=form: datetime.strptime(text, form) for form in _WRITTEN_DATES),
        parsedate_to_datetime,
    ]
    for parse in parsers:
        try:
            return parse(value)
        except ValueError:
            continue
    return None


def _url(matter: Mapping[str, Any]) -> str:
    names = ("canonical", "canonical_url", "canonicalUrl", "canonicalURL", "url", "permalink")
    found = (str(matter.get(name) or "") for name in names)
    return next((url for url in found if url.startswith(("https://", "http://"))), "")


def _author_count(matter: Mapping[str, Any]) -> int:
    named = matter.get("authors") or matter.get("author") or matter.get("by")
    return len(named) if isinstance(named, list) else 1
