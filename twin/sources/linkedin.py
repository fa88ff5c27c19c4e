"""A LinkedIn data archive: the zip or the unpacked folder of "Get a copy of your data", from 2018 on.

Read are shares, comments, articles and recommendations given. Messages, contacts and the words of others never are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Item, Kind, Route, Skipped, digest
from twin.sources._mentions import names_someone
from twin.sources.archive import DAMAGE, Archive, broken, each_once, open_archive, recognised_by
from twin.sources.prose import MAX_PAGE_BYTES, one_line, parsed, prose_of, without
from twin.sources.table import BACKSLASH, RFC4180, TABS, Row, rows

_ARTICLES = r"articles/(?:articles/)?[^/]+\.html"
_HEAD_CHARS = 1 << 20
_DATE = re.compile(r"(\d{4})[-/](\d\d?)[-/](\d\d?)[ T](\d\d?):(\d\d)(?::(\d\d))?")
_STARTS = re.compile(
    r' ?"?\d{4}[-/]\d\d?[-/]\d\d? \d\d?:\d\d(?::\d\d)?(?: UTC)?"?(?:,"?https?://|\t)|(?:"")?,"?https://www\.linkedin\.com/'
)
_URN = re.compile(r"(?:share|ugcPost|groupPost|activity)(?::|%3A|-)(?:\d+-)?(\d+)", re.IGNORECASE)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_VISIBILITY = frozenset({"MEMBER_NETWORK", "PUBLIC", "CONNECTIONS", "COMPANY", "LOGGED_IN"})
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
_WRITTEN = (_SHARES.pattern, _COMMENTS.pattern, _ARTICLES)
_LARGER = (
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
                values = dict(zip(map(_plain, table[0].cells), table[1].cells, strict=False))
                full = f"{values.get('firstname', '')} {values.get('lastname', '')}".strip()
                return [known for known in (full, values.get("publicprofileurl", "")) if known]
    return []


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    with open_archive(location) as archive:
        if any(archive.find(pattern) for pattern in _WRITTEN):
            return Route("LinkedIn's data archive, read from your disk")
    return Route("LinkedIn's Basic archive, which holds no posts", _LARGER)


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource for the Basic archive, and where the headings of Shares.csv cannot be understood."""
    del reading  # the archive holds its owner's words only, and nothing is fetched
    with open_archive(location) as archive:
        if not any(archive.find(pattern) for pattern in _WRITTEN):
            if not archive.find(r"[^/]+\.csv"):
                raise BadSource(f"{location!r} holds no files of LinkedIn's", "add the archive as LinkedIn sent it")
            raise BadSource(
                f"the Basic archive holds no posts: {location!r}",
                _LARGER,
            )
        yield from archive.refused
        yield from each_once(_everything(archive))


def _everything(archive: Archive) -> Iterator[Item | Skipped]:
    for row in _table(archive, _SHARES):
        yield _share(row) if isinstance(row, _Row) else row
    for layout, made in ((_COMMENTS, _comment), (_RECOMMENDATIONS, _recommendation)):
        try:
            for row in _table(archive, layout):
                yield made(row) if isinstance(row, _Row) else row
        except BadSource as bad:
            yield Skipped(layout.file, f"{bad.message}; {bad.hint}")
    for name in archive.find(_ARTICLES):
        page = archive.text(name, limit=MAX_PAGE_BYTES)
        yield page if isinstance(page, Skipped) else _article(name, page)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    values: dict[str, str]
    raw: str


def _table(archive: Archive, layout: _Layout) -> Iterator[_Row | Skipped]:
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


def _rows(name: str, found: Iterator[Row], layout: _Layout) -> Iterator[_Row | Skipped]:
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
        yield Skipped(f"{name} row {row.number}", reason) if reason else _Row(row.number, values, raw)
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
    names = tuple(map(_plain, heading))
    if set(layout.needed) <= set(names):
        return names
    by_position = tuple(layout.by_count.get(len(heading), "").split())
    if by_position and first and _DATE.match(first[0].strip()) and not _DATE.match(heading[0].strip()):
        return by_position
    found, wanted = ", ".join(heading)[:200], layout.by_count[min(layout.by_count)].replace(" ", ", ")
    raise BadSource(f"{layout.file} has the columns {found!r}; expected were {wanted!r}", _IN_ENGLISH)


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]", "", heading).lower()


def _share(row: _Row) -> Item | Skipped:
    link = row.values["sharelink"]
    found = _URN.search(link)
    key = found.group(1) if found else f"share-{digest(row.values['date'], link)}"
    text = _unquirked(row.values["sharecommentary"])
    if not text.strip():
        return Skipped(key, "a reshare without words of your own")
    if text in _VISIBILITY and row.values.get("visibility") not in _VISIBILITY:
        return Skipped(key, "a broken row: the cells do not stand under their headings")
    published = _date(row.values["date"]) or _urn_time(key)
    return _item(key, "post", text, row, url=link, published=published)


def _unquirked(cell: str) -> str:
    """Undoes the export's quirk (rows of 2010 to 2025): every line break inside a share stands between two quotes."""
    if "\r" not in cell and cell.count('"\n"') == cell.count("\n"):
        return cell.replace('"\n"', "\n")
    if re.search(r'(?<!["\r])\n|(?<!")\r\n|\n(?!")', cell):
        return cell
    return re.sub(r'"(\r?\n)"', r"\1", cell)


def _comment(row: _Row) -> Item | Skipped:
    date, link, text = (row.values[name] for name in ("date", "link", "message"))
    key = f"comment-{digest(date, link) if date else digest(link, text)}"
    if not text.strip():
        return Skipped(key, "a comment without words")
    return _item(key, "reply" if names_someone(text) else "comment", text, row, url=link, published=_date(date))


def _recommendation(row: _Row) -> Item | Skipped:
    first, last, text = (row.values[name] for name in ("firstname", "lastname", "text"))
    written = row.values.get("creationdate", "")
    key = f"recommendation-{digest(first, last, written)}"
    if not text.strip():
        return Skipped(key, "a recommendation without words")
    return _item(key, "other", text, row, published=_date(written))


def _item(key: str, kind: Kind, text: str, row: _Row, *, url: str = "", published: datetime | None) -> Item:
    return Item(key, kind, "linkedin", text, url=url, published=published, raw=row.raw, raw_type="application/json")


def _article(name: str, page: str) -> Item | Skipped:
    """An article's page in, its text out. A draft says "Published on ---", or has a date for a name (seen 2019)."""
    path = PurePosixPath(name)
    key = f"article-{path.stem}"
    if reason := broken(page):
        return Skipped(key, reason)
    soup = parsed(page)
    heading, stamp = soup.find("h1"), soup.select_one("p.published")
    link = soup.select_one("h1 a[href]")
    title, url = one_line(heading) if heading else "", str(link["href"]) if link else ""
    published = _date(stamp.get_text().removeprefix("Published on").strip()) if stamp else None
    draft = not published if stamp else bool(_DATE.match(path.stem))
    if heading:
        heading.decompose()
    without(soup, "p.created", "p.published")
    prose = prose_of(soup)
    if not prose.text:
        return Skipped(key, "an article without words of your own")
    return Item(
        key, "article", "linkedin", prose.text, title=title, url=url,
        published=published, quoted=prose.quoted, raw=page, raw_type="text/html", draft=draft,
    )  # fmt: skip


def _date(value: str) -> datetime | None:
    """The export's dates, which are UTC: `2021-10-05 06:27:54`, `2017/06/08 08:15:44 UTC`, `22 Mar 2019`, `3/22/19`."""
    value = value.strip()
    try:
        if full := _DATE.match(value):
            return datetime(*(int(part or 0) for part in full.groups()), tzinfo=UTC)  # type: ignore[arg-type,misc]
        if worded := re.match(r"(\d\d?) ([A-Za-z]{3})\w* (\d{4})", value):
            month = _MONTHS.index(worded[2].lower()) + 1
            return datetime(int(worded[3]), month, int(worded[1]), tzinfo=UTC)
        if slashed := re.match(r"(\d\d?)/(\d\d?)/(\d\d)(?!\d)", value):
            return datetime(2000 + int(slashed[3]), int(slashed[1]), int(slashed[2]), tzinfo=UTC)
    except ValueError:
        return None
    return None


def _urn_time(key: str) -> datetime | None:
    """Ids of 15 digits and more hold their time in milliseconds above bit 22; those of 2010 do not."""
    if not key.isdecimal() or not 15 <= len(key) <= 19:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(key) >> 22)
