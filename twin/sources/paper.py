"""A paper on arXiv or under a DOI: its text where it is open, its authors and date as the registers name them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Item, Page, Route, Skipped
from twin.sources._feeds import Entry, feed_of
from twin.sources._files import Found, latex, pdf
from twin.sources._files.names import authorship_of
from twin.sources._files.tex_source import e_print, mains, whole
from twin.sources.archive import broken, decoded, moment

_ARXIV = re.compile(r"/(?:abs|pdf|e-print|html)/(.+?)(?:\.pdf)?/?$")
_VERSION = re.compile(r"v\d+$")


def recognises(location: str) -> bool:
    parts = urlsplit(location)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("export.")
    if host == "arxiv.org":
        return bool(_ARXIV.search(parts.path))
    return host in ("doi.org", "dx.doi.org") and parts.path.strip("/").startswith("10.")


def owner(location: str) -> list[str]:  # noqa: ARG001  (a paper's authors are checked when it is read)
    return []


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    if "arxiv" in location:
        return Route("the paper's source from arXiv, or its PDF")
    return Route("the open PDF that the registers know of", "add the PDF that you have as a file")


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource for a paper that is not there or not open."""
    if "arxiv" in (urlsplit(location).hostname or ""):
        yield _from_arxiv(location, reading)
    else:
        yield _from_doi(unquote(urlsplit(location).path.strip("/")), reading)


def _from_arxiv(location: str, reading: Reading) -> Item | Skipped:
    named = _ARXIV.search(urlsplit(location).path)
    identity = _VERSION.sub("", named[1]) if named else ""
    told = feed_of(reading.web.get(f"https://export.arxiv.org/api/query?id_list={quote(identity)}&max_results=1"))
    if not told.entries or "/api/errors" in told.entries[0].key:
        raise BadSource(f"arXiv has no paper {identity!r}", "check its number")
    entry = told.entries[0]
    found = _source(identity, reading) or _pdf(f"https://arxiv.org/pdf/{identity}", reading)
    return _item(f"arxiv:{identity}", found, entry, f"https://arxiv.org/abs/{identity}", reading)


def _source(identity: str, reading: Reading) -> Found | None:
    """The text of the paper's LaTeX; None where it has none that can be read."""
    try:
        data = reading.web.get(f"https://export.arxiv.org/e-print/{identity}").content
    except BadSource:
        return None
    files = e_print(data) or {}
    read = [latex.read(whole(name, files.get)[0]) for name in mains(files)]
    good = [one for one in read if isinstance(one, Found)]
    return max(good, key=lambda one: len(one.text)) if good else None


def _pdf(url: str, reading: Reading) -> Found:
    found = pdf.read(reading.web.get(url).content)
    if isinstance(found, str):
        raise BadSource(f"{url!r}: {found}", "add the PDF that you have as a file")
    return found


def _from_doi(doi: str, reading: Reading) -> Item | Skipped:
    """OpenAlex knows where an open copy stands (docs.openalex.org)."""
    page = reading.web.get(f"https://api.openalex.org/works/doi:{quote(doi, safe='/')}")
    work = _object(page)
    told = work.get("best_oa_location")
    place = told if isinstance(told, dict) else {}
    url = str(place.get("pdf_url") or "")
    if not url:
        raise BadSource(f"no open copy of {doi!r} is known", "add the PDF that you have as a file")
    names = []
    for one in work.get("authorships") or []:
        author = one.get("author") if isinstance(one, dict) else None
        names += [str(author["display_name"])] if isinstance(author, dict) and author.get("display_name") else []
    entry = Entry(
        key=doi, url=f"https://doi.org/{doi}", title=str(work.get("title") or ""), html="", whole=True,
        published=moment(str(work.get("publication_date") or "")), authors=tuple(names), categories=(),
        licence=str(place.get("license") or ""),
    )  # fmt: skip
    return _item(f"doi:{doi.lower()}", _pdf(url, reading), entry, entry.url, reading)


def _object(page: Page) -> dict[str, Any]:
    try:
        found = json.loads(decoded(page.content))
    except (ValueError, RecursionError) as bad:
        raise BadSource(f"{page.url!r} did not answer with JSON") from bad
    if not isinstance(found, dict):
        raise BadSource(f"{page.url!r} did not answer with a work")
    return found


def _item(key: str, found: Found, entry: Entry, url: str, reading: Reading) -> Item | Skipped:
    title = " ".join((entry.title or found.title).split())
    if reason := broken(found.text, title, found.raw):
        return Skipped(key, reason)
    return Item(
        key, "paper", "paper", found.text, title=title, url=url, published=entry.published or found.published,
        authorship=authorship_of(entry.authors or found.authors, reading.me), quoted=found.quoted,
        raw=found.raw or found.text, raw_type=found.raw_type, licence=entry.licence, truncated=found.truncated,
    )  # fmt: skip
