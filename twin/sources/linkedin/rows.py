"""One row or page as LinkedIn hands it out, from the archive or the interface, in; the item that it is out."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from twin.core.records import Item, Kind, Skipped, digest
from twin.sources._mentions import names_someone
from twin.sources.archive import broken
from twin.sources.prose import one_line, parsed, prose_of, without

DATE = re.compile(r"(\d{4})[-/](\d\d?)[-/](\d\d?)[ T](\d\d?):(\d\d)(?::(\d\d))?")
_URN = re.compile(r"(?:share|ugcPost|groupPost|activity)(?::|%3A|-)(?:\d+-)?(\d+)", re.IGNORECASE)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_VISIBILITY = frozenset({"MEMBER_NETWORK", "PUBLIC", "CONNECTIONS", "COMPANY", "LOGGED_IN"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row by plain column name (`sharelink`), with what it was read from as JSON."""

    values: Mapping[str, str]
    raw: str


def share(row: Row) -> Item | Skipped:
    link = row.values["sharelink"]
    found = _URN.search(link)
    key = found.group(1) if found else f"share-{digest(row.values['date'], link)}"
    text = _unquirked(row.values["sharecommentary"])
    if not text.strip():
        return Skipped(key, "a reshare without words of your own")
    if text in _VISIBILITY and row.values.get("visibility") not in _VISIBILITY:
        return Skipped(key, "a broken row: the cells do not stand under their headings")
    published = date_of(row.values["date"]) or urn_time(key)
    return _item(key, "post", text, row, url=link, published=published)


def message(row: Row, mine: Collection[str], slug: str) -> Item | Skipped | None:
    """A private message in; None for those of others, who are told by their profile's address and never by a name.

    `mine` are the names in the addresses of my profile, `slug` the one in the sender's. In 2018 a column said which way
    a message went. Nothing of the other side is kept, not their names either.
    """
    sent = row.values.get("direction", "").strip().upper() == "OUTGOING"
    if slug not in mine if "senderprofileurl" in row.values else not sent:
        return None
    date, content = row.values.get("date", ""), row.values.get("content", "")
    key = f"message-{digest(row.values.get('conversationid', ''), date, content)}"
    drafts = (row.values.get("ismessagedraft", ""), row.values.get("isconversationdraft", ""))
    if any(draft.strip().lower() in ("yes", "true", "1") for draft in drafts):
        return Skipped(key, "a draft of a message")
    text = prose_of(parsed(content)).text if re.search(r"</(?:p|div|span|a)>|<br", content) else content
    if not text.strip():
        return Skipped(key, "a message without words")
    own = Row({}, json.dumps({"DATE": date, "CONTENT": content}, ensure_ascii=False))
    return _item(key, "message", text, own, published=date_of(date))


def _unquirked(cell: str) -> str:
    """Undoes the export's quirk (rows of 2010 to 2025): every line break inside a share stands between two quotes."""
    if "\r" not in cell and cell.count('"\n"') == cell.count("\n"):
        return cell.replace('"\n"', "\n")
    if re.search(r'(?<!["\r])\n|(?<!")\r\n|\n(?!")', cell):
        return cell
    return re.sub(r'"(\r?\n)"', r"\1", cell)


def comment(row: Row) -> Item | Skipped:
    date, link, text = (row.values[name] for name in ("date", "link", "message"))
    key = f"comment-{digest(date, link) if date else digest(link, text)}"
    if not text.strip():
        return Skipped(key, "a comment without words")
    return _item(key, "reply" if names_someone(text) else "comment", text, row, url=link, published=date_of(date))


def recommendation(row: Row) -> Item | Skipped:
    first, last, text = (row.values[name] for name in ("firstname", "lastname", "text"))
    written = row.values.get("creationdate", "")
    key = f"recommendation-{digest(first, last, written)}"
    if not text.strip():
        return Skipped(key, "a recommendation without words")
    return _item(key, "other", text, row, published=date_of(written))


def _item(key: str, kind: Kind, text: str, row: Row, *, url: str = "", published: datetime | None) -> Item:
    seen = row.values.get("visibility", "")
    return Item(
        key, kind, "linkedin", text, url=url, published=published, raw=row.raw, raw_type="application/json",
        visibility=seen if seen in _VISIBILITY else "",
    )  # fmt: skip


def article(name: str, page: str) -> Item | Skipped:
    """An article's page in, its text out. A draft says "Published on ---", or has a date for a name (seen 2019)."""
    path = PurePosixPath(name)
    key = f"article-{path.stem}"
    if reason := broken(page):
        return Skipped(key, reason)
    soup = parsed(page)
    heading, stamp = soup.find("h1"), soup.select_one("p.published")
    link = soup.select_one("h1 a[href]")
    title, url = one_line(heading) if heading else "", str(link["href"]) if link else ""
    published = date_of(stamp.get_text().removeprefix("Published on").strip()) if stamp else None
    draft = not published if stamp else bool(DATE.match(path.stem))
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


def date_of(value: str) -> datetime | None:
    """The export's dates, which are UTC: `2021-10-05 06:27:54`, `2017/06/08 08:15:44 UTC`, `22 Mar 2019`, `3/22/19`."""
    value = value.strip()
    try:
        if full := DATE.match(value):
            return datetime(*(int(part or 0) for part in full.groups()), tzinfo=UTC)  # type: ignore[arg-type,misc]
        if worded := re.match(r"(\d\d?) ([A-Za-z]{3})\w* (\d{4})", value):
            month = _MONTHS.index(worded[2].lower()) + 1
            return datetime(int(worded[3]), month, int(worded[1]), tzinfo=UTC)
        if slashed := re.match(r"(\d\d?)/(\d\d?)/(\d\d)(?!\d)", value):
            return datetime(2000 + int(slashed[3]), int(slashed[1]), int(slashed[2]), tzinfo=UTC)
    except ValueError:
        return None
    return None


def urn_time(key: str) -> datetime | None:
    """Ids of 15 digits and more hold their time in milliseconds above bit 22; those of 2010 do not."""
    if not key.isdecimal() or not 15 <= len(key) <= 19:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(key) >> 22)
