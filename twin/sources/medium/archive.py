"""A Medium export: the zip or the unpacked folder of "Download your information".

Read are `posts` and, for the owner, `profile`. Highlights, claps and bookmarks hold the words of others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from bs4 import BeautifulSoup
from bs4.element import Tag

from twin.core.errors import BadSource
from twin.core.records import Item, Skipped
from twin.sources.archive import broken, each_once, moment, open_archive, recognised_by
from twin.sources.prose import MAX_PAGE_BYTES, Prose, one_line, parsed, prose_of, without

_POSTS = r"posts/[^/]+\.html"
_PROFILE = r"profile/profile\.html"
_NAME = re.compile(r"(draft|\d{4}-\d\d-\d\d)_(?:.*-)?([0-9a-f]{6,12})")
_LINK_CARD = ".graf--mixtapeEmbed"


def recognises(location: str) -> bool:
    """By `posts/*.html` and one more sign, since a Substack export and any web site have such files too."""
    named = r"posts/(?:draft|\d{4}-\d\d-\d\d)_[^/]*\.html"
    return recognised_by(location, named) or recognised_by(location, _POSTS, _PROFILE)


def owner(location: str) -> list[str]:
    """An export in, the profile URL, display name and mail of its profile page out."""
    with open_archive(location) as archive:
        for name in archive.find(_PROFILE):
            page = archive.text(name, limit=MAX_PAGE_BYTES)
            if not isinstance(page, Skipped) and not broken(page):
                return _handles(parsed(page))
    return []


def read(location: str) -> Iterator[Item | Skipped]:
    """Raises: BadSource when there are no posts."""
    with open_archive(location) as archive:
        pages = archive.find(_POSTS)
        if not pages:
            raise BadSource(
                f"{location!r} holds no posts folder",
                "ask Medium for your export (Settings, Security and apps, Download your information)",
            )
        yield from archive.refused
        yield from each_once(
            page if isinstance(page, Skipped) else _post(PurePosixPath(name).stem, page)
            for name in pages
            for page in [archive.text(name, limit=MAX_PAGE_BYTES)]
        )


def _handles(profile: BeautifulSoup) -> list[str]:
    address, name = profile.select_one("a.u-url[href]"), profile.select_one(".p-name")
    mail = re.search(r"^Email address:\s*(\S+@\S+)", "\n".join(map(one_line, profile.find_all("li"))), re.MULTILINE)
    found = [str(address["href"]) if address else "", one_line(name) if name else "", mail[1] if mail else ""]
    return [handle for handle in found if handle]


def _post(stem: str, page: str) -> Item | Skipped:
    named = _NAME.fullmatch(stem)
    key = named[2] if named else stem
    if reason := broken(page):
        return Skipped(key, reason)
    soup = parsed(page)
    body = soup.select_one("section.e-content")
    if body is None:
        return Skipped(key, "not a page of a Medium post")
    stamp = soup.select_one("time.dt-published[datetime]")
    link = soup.select_one("a.p-canonical[href]") or soup.select_one('footer a[href*="medium.com/p/"]')
    published = moment(str(stamp["datetime"])) if stamp else None
    draft = named[1] == "draft" if named else not stamp and soup.select_one("a.p-canonical") is None
    if not published and not draft and named:
        published = moment(named[1])
    title, prose = _title_and_text(soup, body)
    if not prose.text:
        return Skipped(key, "no words of your own")
    url = str(link["href"]) if link else ""
    return Item(
        key, "article" if title else "comment", "medium", prose.text, title=title, url=url,
        published=published, quoted=prose.quoted, raw=page, raw_type="text/html", draft=draft,
    )  # fmt: skip


def _title_and_text(soup: BeautifulSoup, body: Tag) -> tuple[str, Prose]:
    """A post's title, empty for a response, and its text without the repeats of title and subtitle.

    A response has no title in its body and is named by the first words of its first paragraph (359 of 370, 2024).
    """
    name, summary = soup.select_one("h1.p-name"), soup.select_one("section.p-summary")
    title = one_line(name) if name else ""
    without(body, _LINK_CARD)
    headings = list(body.select(".graf--title"))
    first = body.select_one(".graf")
    if not headings and first and first.name in ("h2", "h3", "h4") and folded(one_line(first)) == folded(title):
        headings = [first]
    if headings:
        title = one_line(headings[0]) or title
        headings[0].decompose()
    subtitle = body.select_one(".graf--subtitle")
    repeated = folded(one_line(summary)) if summary else ""
    if subtitle and repeated and folded(one_line(subtitle)).startswith(repeated):
        subtitle.decompose()
    pulled = [prose_of(pull.extract()) for pull in body.select(".graf--pullquote")]
    prose = prose_of(body)
    own = folded(prose.text)
    prose.quotes += [pull.quoted or pull.text for pull in pulled if folded(pull.quoted or pull.text) not in own]
    if headings or not title:
        return title, prose
    return "" if starts_with(title, prose) else title, prose


def starts_with(title: str, prose: Prose) -> bool:
    """Whether a title is but the first words of the text, or of the words that it answers, as a response's is."""
    return any(folded(part).startswith(folded(title)) for part in (*prose.blocks[:1], *prose.quotes[:1]))


def folded(text: str) -> str:
    """A text in, what two copies of it have in common out: its words and signs, no cut-off dots."""
    return " ".join(text.split()).casefold().rstrip("… ")
