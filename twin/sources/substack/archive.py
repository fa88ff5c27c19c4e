"""A Substack export: the zip or the unpacked folder of Settings, Exports.

Read are `posts.csv` and `posts/*.html`. The lists of subscribers, deliveries and openings are never opened.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import PurePosixPath

from twin.core.errors import BadSource
from twin.core.records import Item, Skipped
from twin.sources.archive import Archive, broken, each_once, moment, open_archive, recognised_by
from twin.sources.prose import MAX_PAGE_BYTES, Prose, parsed, prose_of, without
from twin.sources.table import RFC4180, rows

_REGISTER = r"posts\.csv"
_PAGES = r"posts/[^/]+\.html"
_NEEDED = ("post_id", "post_date", "is_published", "title")
_STARTS = re.compile(r'"?\d+\.[^\s,"]*"?,')
WELCOME = "how-to-use-the-substack-editor"
_WIDGETS = (
    "[class^=subscription-widget]", ".button-wrapper", ".captioned-button-wrap", ".tweet", ".twitter-embed",
    "[data-component-name^=Twitter]", ".embedded-post-wrap", ".embedded-publication", ".digest-post-embed",
    ".youtube-wrap", ".vimeo-wrap", ".spotify-wrap", ".apple-podcast-container", ".soundcloud-wrap", ".instagram",
    ".bluesky-wrap", ".poll-embed", ".paywall-jump", ".comment", ".file-embed-wrapper", ".image-gallery-embed img",
    ".install-substack-app-embed", ".community-chat", ".directMessage", ".footnote-anchor", ".footnote-number",
    ".pullquote",
)  # fmt: skip


def recognises(location: str) -> bool:
    return recognised_by(location, _REGISTER, _PAGES)


def owner(location: str) -> list[str]:
    """An export in, the publication's address out, told by the *name* of its subscriber list, which stays closed."""
    with open_archive(location) as archive:
        return [site.removeprefix("https://") for site in [_site(archive)] if site]


def read(location: str) -> Iterator[Item | Skipped]:
    """Raises: BadSource when there is no posts.csv, or its columns are not those of one."""
    with open_archive(location) as archive:
        registers = archive.find(_REGISTER)
        if not registers:
            raise BadSource(
                f"{location!r} holds no posts.csv", "ask Substack for your export (Settings, Exports, New export)"
            )
        yield from archive.refused
        yield from each_once(_posts(archive, registers[0]))


def _posts(archive: Archive, register: str) -> Iterator[Item | Skipped]:
    table = archive.text(register)
    if isinstance(table, Skipped):
        raise BadSource(f"{register} cannot be read: {table.reason}", "download the export again, then add it again")
    pages = {PurePosixPath(name).stem: name for name in archive.find(_PAGES)}
    site = _site(archive)
    heading: tuple[str, ...] = ()
    for row in rows(StringIO(table, newline=""), RFC4180, starts=_STARTS):
        if row.number == 0:
            heading = tuple(name.strip().lower() for name in row.cells)
            if not set(_NEEDED) <= set(heading):
                found = ", ".join(row.cells)[:200]
                raise BadSource(
                    f"{register} has the columns {found!r}; expected were at least {', '.join(_NEEDED)!r}",
                    "add the export as Substack sent it, unchanged",
                )
            continue
        if reason := row.why or broken(*row.cells):
            yield Skipped(f"{register} row {row.number}", reason)
            continue
        values = dict(zip(heading, row.cells, strict=True))
        name = pages.pop(values["post_id"], "")
        yield _post(archive, name, values, site)
    for name in pages.values():
        yield Skipped(name, "not listed in posts.csv")


def _post(archive: Archive, name: str, values: dict[str, str], site: str) -> Item | Skipped:
    number, _, slug = values["post_id"].partition(".")
    if slug == WELCOME:
        return Skipped(number, "Substack's own draft on how to use the editor")
    if values.get("type") == "restack":
        return Skipped(number, "a restack of another's post")
    if not name:
        return Skipped(number, "its page is not in the archive")
    page = archive.text(name, limit=MAX_PAGE_BYTES)
    if isinstance(page, Skipped):
        return Skipped(number, page.reason)
    if reason := broken(page):
        return Skipped(number, reason)
    prose = own_prose(page)
    if not prose.text:
        return Skipped(number, "no words of your own")
    draft = values["is_published"].strip().lower() != "true"
    published = None if draft else moment(values["post_date"])
    return Item(
        number, "article", "substack", prose.text, title=html.unescape(values["title"]).strip(),
        url=f"{site}/p/{slug}" if site and slug and not draft else "", published=published,
        quoted=prose.quoted, raw=json.dumps({**values, "html": page}, ensure_ascii=False),
        raw_type="application/json", draft=draft, visibility=values.get("audience", "").strip()[:32],
    )  # fmt: skip


def own_prose(page: str) -> Prose:
    """A post's HTML in, its text without the site's widgets, link cards and others' embedded words out."""
    soup = parsed(page)
    without(soup, *_WIDGETS)
    return prose_of(soup)


def _site(archive: Archive) -> str:
    """The publication's address, from `email_list.<publication>.csv`; empty when there is none."""
    for name in archive.find(r"email_list\.[\w-]+\.csv"):
        return f"https://{PurePosixPath(name).name.split('.')[1].lower()}.substack.com"
    return ""
