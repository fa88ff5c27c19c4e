"""A Substack publication's feed: some twenty posts, whole where they are free, told as the archive tells them."""

from __future__ import annotations

import json
from typing import Any

from twin.core.errors import BadSource
from twin.core.protocols import Web
from twin.sources._feeds import Entry, feed_of
from twin.sources.archive import broken
from twin.sources.prose import MAX_PAGE_BYTES, one_line, parsed


class Feeds:
    """The feed of a publication, asked for once and only where it is needed."""

    def __init__(self, site: str, web: Web) -> None:
        self.site, self.web = site, web
        self.found: dict[str, Entry] | None = None
        self.asked = False

    def _entries(self) -> dict[str, Entry] | None:
        """The posts by slug; None where there is no feed."""
        if not self.asked:
            self.asked = True
            try:
                read = feed_of(self.web.get(f"{self.site}/feed")).entries
                self.found = {_slug(entry): entry for entry in reversed(read)}
            except BadSource:
                self.found = None
        return self.found

    def entries(self) -> dict[str, dict[str, Any]] | None:
        """By slug what the archive would say of each post, newest first; None where there is no feed."""
        found = self._entries()
        return None if found is None else {slug: _told(entry) for slug, entry in reversed(found.items())}

    def answer(self, slug: str) -> str | None:
        """A post's slug in, what the site's own answer for that post would be out; None where the feed lacks it."""
        entry = (self._entries() or {}).get(slug)
        if entry is None or broken(entry.html):
            return None
        text, cut_off = _preview(entry.html) if len(entry.html) <= MAX_PAGE_BYTES else (entry.html, False)
        return json.dumps({"body_html": text, "cut_off": cut_off or not entry.whole})


def _slug(entry: Entry) -> str:
    return entry.url.partition("?")[0].rstrip("/").rpartition("/")[2] or entry.key


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "title": entry.title,
        "canonical_url": entry.url.partition("?")[0],
        "post_date": entry.published.isoformat() if entry.published else "",
        "audience": "",
        "publishedBylines": [{"name": name} for name in entry.authors],
    }


def _preview(page: str) -> tuple[str, bool]:
    """A post's HTML in, the same without the link to the rest of it, and whether there was one, out."""
    if "Read more" not in page and "paywall" not in page:
        return page, False
    soup = parsed(page)
    cut_off = soup.select_one("[class^=paywall]") is not None
    for last in soup.find_all("p")[-1:]:
        if one_line(last) == "Read more" and last.find("a"):
            last.decompose()
            cut_off = True
    return (soup.body.decode_contents() if soup.body else ""), cut_off
