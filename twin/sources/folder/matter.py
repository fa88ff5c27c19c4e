"""A Markdown or text file in, its body and what its front matter, heading and name say of it out."""

from __future__ import annotations

import codecs
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import yaml

from twin.core.records import Authorship, Kind
from twin.core.text import word_count
from twin.sources._files.names import listed

ARTICLE_WORDS = 250
_FENCED = {"---": re.compile(r"---[ \t]*\r?\n(.*?)(?:^|\n)---[ \t]*(?:\r?\n|$)", re.DOTALL | re.MULTILINE)}
_FENCED["+++"] = re.compile(_FENCED["---"].pattern.replace("---", r"\+\+\+"), re.DOTALL | re.MULTILINE)
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:-|$)")
_FIELD = re.compile(r"(?:#\+|:)(title|date|author|authors|license|licence)\s*:\s*(\S.*)", re.IGNORECASE)
_UNDERLINE = re.compile(r"([=~*^\-])\1{2,200}[ \t]*")
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
    authors: tuple[str, ...]

    @property
    def authorship(self) -> Authorship:
        """As far as the number of authors tells it."""
        return "co-authored" if len(self.authors) > 1 else "own"


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
    if not matter:
        matter = _fields(text)
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
        authors=_authors(matter),
    )


def _fields(text: str) -> Mapping[str, Any]:
    """What an Org file (`#+TITLE: …`) or a reStructuredText file (a title underlined, `:date: …`) says at its top."""
    found: dict[str, Any] = {}
    lines = text.splitlines()[:60]
    for line in lines:
        if field := _FIELD.match(line[:500]):
            found.setdefault(field[1].lower(), field[2].strip().strip("<>[]"))
    for line, under in zip(lines, lines[1:3] if len(lines) > 1 else [], strict=False):
        if (
            _UNDERLINE.fullmatch(under)
            and len(under.strip()) >= len(line.strip()) > 0
            and not _UNDERLINE.fullmatch(line)
        ):
            found.setdefault("title", line.strip())
    return found


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
            values = (tomllib.loads if raw.startswith("+") else _yaml)(match.group(1).replace("\r\n", "\n"))
            found = raw[match.end() :]
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, raw
    return (values, found) if isinstance(values, dict) and values else ({}, raw)


class _Loader(yaml.SafeLoader):
    """YAML without aliases, by which a few lines unfold to gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


def _yaml(text: str) -> Any:
    return yaml.load(text, _Loader)  # noqa: S506 (a safe loader)


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


def _authors(matter: Mapping[str, Any]) -> tuple[str, ...]:
    """The names in `author`, `authors` or `by`, which hold a text, an object with a name, or a list of either."""
    named = next((matter[name] for name in ("authors", "author", "by") if matter.get(name)), None)
    if isinstance(named, str):
        return listed(named)
    found = named if isinstance(named, list) else [named]
    names = (one.get("name") if isinstance(one, dict) else one for one in found[:100])
    return tuple(dict.fromkeys(" ".join(str(name).split()) for name in names if name))
