"""A LinkedIn data archive: the zip or the unpacked folder of "Get a copy of your data", from 2018 on.

Read are shares, comments, articles, recommendations given and what the member says in the profile; the member's own
messages on request. Contacts and the words of others never are. Nor are the descriptions of Rich_Media.csv: they are
as often LinkedIn's words as the member's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Identity, Item, Skipped
from twin.core.text import counted
from twin.sources.archive import DAMAGE, Archive, broken, each_once, open_archive, recognised_by
from twin.sources.linkedin.profile import of_self, position, project, slug_of, slugs_of
from twin.sources.linkedin.rows import DATE, article, comment, message, recommendation, share
from twin.sources.linkedin.rows import Row as Made
from twin.sources.prose import MAX_PAGE_BYTES
from twin.sources.table import BACKSLASH, RFC4180, TABS, Row, rows

_ARTICLES = r"articles/(?:articles/)?[^/]+\.html"
_HEAD_CHARS = 1 << 20
_STARTS = re.compile(
    r' ?"?\d{4}[-/]\d\d?[-/]\d\d? \d\d?:\d\d(?::\d\d)?(?: UTC)?"?(?:,"?https?://|\t)|(?:"")?,"?https://www\.linkedin\.com/'
)
_IN_ENGLISH = "set LinkedIn's language to English (Settings, Account preferences), then ask for the archive again"


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a file is called, which columns it needs, and where columns stand when their headings cannot be read."""

    file: str
    needed: tuple[str, ...]
    by_count: Mapping[int, str]
    starts: re.Pattern[str] | None = _STARTS

    @property
    def pattern(self) -> str:
        return self.file.replace(".", r"(?:_\d+)?\.")


_SHARES = _Layout(
    "Shares.csv",
    ("date", "sharelink", "sharecommentary"),
    {
        6: "date sharelink sharecommentary sharedurl mediaurl visibility",
        9: "date sharetitle sharedescription sharelink sharecommentary sharedurl mediaurl type visibility",  # 2018
    },
)
_COMMENTS = _Layout("Comments.csv", ("date", "link", "message"), {3: "date link message"})
_RECOMMENDATIONS = _Layout(
    "Recommendations_Given.csv",
    ("firstname", "lastname", "text"),
    {7: "firstname lastname company jobtitle text creationdate status"},
    starts=None,
)
_MESSAGES = _Layout(
    "messages.csv",
    ("date", "content"),
    {12: "conversationid conversationtitle from senderprofileurl to recipientprofileurls date subject content folder"},
    starts=None,
)
_PROFILE: tuple[tuple[_Layout, Callable[[Made], Iterator[Item]]], ...] = (
    (_Layout("Profile.csv", (), {13: "first name, last name, headline, summary"}, starts=None), of_self),
    (_Layout("Profile Summary.csv", (), {1: "profilesummary"}, starts=None), of_self),
    (
        _Layout("Positions.csv", ("companyname", "title", "description"), {6: "companyname title"}, starts=None),
        position,
    ),
    (_Layout("Projects.csv", ("title", "description"), {5: "title description"}, starts=None), project),
)
_WRITTEN = (_SHARES.pattern, _COMMENTS.pattern, _ARTICLES)
LARGER = (
    "ask LinkedIn for the larger archive (Settings, Data privacy, Get a copy of your data); it arrives in about a day"
)


def recognises(location: str) -> bool:
    return recognised_by(location, _SHARES.pattern) or recognised_by(location, r"profile\.csv", r"connections\.csv")


def owner(location: str) -> list[str]:
    """An archive in, the full name and profile URL of Profile.csv out, as far as they are there."""
    with open_archive(location) as archive:
        for name in archive.find(r"profile\.csv"):
            with archive.stream(name) as text:
                table = [] if isinstance(text, Skipped) else list(islice(rows(text, RFC4180), 2))
            if len(table) > 1:
                values = dict(zip(map(plain, table[0].cells), table[1].cells, strict=False))
                full = f"{values.get('firstname', '')} {values.get('lastname', '')}".strip()
                return [known for known in (full, values.get("publicprofileurl", "")) if known]
    return []


def holds_texts(location: str, reading: Reading) -> bool:
    """Whether there is something to read; LinkedIn's quick Basic archive has messages alone."""
    with open_archive(location) as archive:
        return _holds_texts(archive, reading)


def _holds_texts(archive: Archive, reading: Reading) -> bool:
    wanted = (*_WRITTEN, _MESSAGES.pattern) if reading.messages else _WRITTEN
    return any(archive.find(pattern) for pattern in wanted)


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource for the Basic archive, and where the headings of Shares.csv cannot be understood."""
    with open_archive(location) as archive:
        if not _holds_texts(archive, reading):
            if not archive.find(r"[^/]+\.csv"):
                raise BadSource(f"{location!r} holds no files of LinkedIn's", "add the archive as LinkedIn sent it")
            raise BadSource(f"the Basic archive holds no posts: {location!r}", LARGER)
        yield from archive.refused
        yield from each_once(_everything(archive, reading))


def _everything(archive: Archive, reading: Reading) -> Iterator[Item | Skipped]:
    for row in _table(archive, _SHARES):
        yield share(row) if isinstance(row, Made) else row
    for layout, made in ((_COMMENTS, comment), (_RECOMMENDATIONS, recommendation)):
        try:
            for row in _table(archive, layout):
                yield made(row) if isinstance(row, Made) else row
        except BadSource as bad:
            yield Skipped(layout.file, f"{bad.message}; {bad.hint}")
    yield from _of_self(archive)
    if reading.messages:
        try:
            yield from _messages(archive, reading.me)
        except BadSource as bad:
            yield Skipped(_MESSAGES.file, f"{bad.message}; {bad.hint}")
    for name in archive.find(_ARTICLES):
        page = archive.text(name, limit=MAX_PAGE_BYTES)
        yield page if isinstance(page, Skipped) else article(name, page)


def _of_self(archive: Archive) -> Iterator[Item | Skipped]:
    """What stands in the profile; the summary, which two files hold, once."""
    seen: set[tuple[str, str]] = set()
    for layout, made in _PROFILE:
        try:
            for row in _table(archive, layout):
                for one in made(row) if isinstance(row, Made) else ():
                    if (one.key, one.text) not in seen:
                        seen.add((one.key, one.text))
                        yield one
                if isinstance(row, Skipped):
                    yield row
        except BadSource as bad:
            yield Skipped(layout.file, f"{bad.message}; {bad.hint}")


def _messages(archive: Archive, me: Identity) -> Iterator[Item | Skipped]:
    mine, others = slugs_of(me), 0
    for row in _table(archive, _MESSAGES):
        found = message(row, mine, slug_of(row.values.get("senderprofileurl", ""))) if isinstance(row, Made) else row
        others += found is None
        if found is not None:
            yield found
    if others:
        who = "written by others" if mine else "twin init --me https://www.linkedin.com/in/you says which are yours"
        yield Skipped(_MESSAGES.file, f"{who} ({counted(others, 'message')})")


def _table(archive: Archive, layout: _Layout) -> Iterator[Made | Skipped]:
    """The rows of a file by plain column name. Raises: BadSource when its columns cannot be told."""
    for name in archive.find(layout.pattern):
        head = archive.head(name, _HEAD_CHARS)
        with archive.stream(name) as text:
            if isinstance(text, Skipped):
                yield text
                continue
            try:
                yield from _rows(name, rows(text, _dialect(head, layout), starts=layout.starts), layout)
            except DAMAGE as bad:
                yield Skipped(name, f"damaged in the archive, what stands before is kept: {bad}")


def _rows(name: str, found: Iterator[Row], layout: _Layout) -> Iterator[Made | Skipped]:
    heading: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    for row in found:
        if row.number == 0:
            heading = row.cells
            continue
        columns = columns or _columns(layout, heading, row.cells)
        values = dict(zip(columns, row.cells, strict=False))
        raw = json.dumps(dict(zip(heading, row.cells, strict=False)), ensure_ascii=False)
        reason = row.why or broken(*row.cells)
        yield Skipped(f"{name} row {row.number}", reason) if reason else Made(values, raw)
    if not heading:
        yield Skipped(name, "the file is empty")


def _dialect(text: str, layout: _Layout) -> dict[str, Any]:
    """A file's beginning in, how it quotes out.

    Comments.csv writes a quote as `\\"` (seen 2025) where Shares.csv doubles it; the 2018 files had tabs.
    """
    if "\t" in text.partition("\n")[0]:
        return TABS
    doubled = '\\"' not in text and re.search(r'(?<![,\r\n])""(?![,\r\n])|"""', text)
    return BACKSLASH if layout is _COMMENTS and not doubled else RFC4180


def _columns(layout: _Layout, heading: tuple[str, ...], first: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(map(plain, heading))
    if set(layout.needed) <= set(names):
        return names
    by_position = tuple(layout.by_count.get(len(heading), "").split())
    if by_position and first and DATE.match(first[0].strip()) and not DATE.match(heading[0].strip()):
        return by_position
    found, wanted = ", ".join(heading)[:200], layout.by_count[min(layout.by_count)].replace(" ", ", ")
    raise BadSource(f"{layout.file} has the columns {found!r}; expected were {wanted!r}", _IN_ENGLISH)


def plain(heading: str) -> str:
    return re.sub(r"[\W_]", "", heading).lower()
