"""LinkedIn: the data archive first, its Member Data Portability interface second, pages that the user saved third.

LinkedIn forbids reading its pages by machine, and shows posts to members only. No page of it is ever fetched here.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Item, Route, Skipped
from twin.sources.linkedin import api, archive, saved
from twin.sources.linkedin.archive import LARGER
from twin.sources.linkedin.profile import slug_of

_MEMBERS = "LinkedIn shows posts only to members"


def recognises(location: str) -> bool:
    if "://" in location:
        host = (urlsplit(location).hostname or "").lower()
        return host == "linkedin.com" or host.endswith(".linkedin.com")
    return archive.recognises(location) or saved.recognises(location)


def owner(location: str) -> list[str]:
    if "://" in location:
        return [f"https://www.linkedin.com/in/{slug}"] if (slug := slug_of(location)) else []
    return saved.owner(location) if _saved(location) else archive.owner(location)


def route(location: str, reading: Reading) -> Route:
    if "://" in location:
        if reading.tokens.get("linkedin"):
            return Route("LinkedIn's Member Data Portability interface, with your own token")
        return Route(f"none, for {_MEMBERS}", LARGER)
    if _saved(location):
        return Route("the pages that you saved", LARGER)
    if archive.holds_texts(location, reading):
        return Route("LinkedIn's data archive, read from your disk")
    return Route("LinkedIn's Basic archive, which holds no posts", LARGER)


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource for a link without a token, and for the Basic archive."""
    if "://" in location:
        if not reading.tokens.get("linkedin"):
            raise BadSource(f"{_MEMBERS}: {location!r} cannot be read", LARGER)
        yield from api.read(reading)
    elif _saved(location):
        yield from saved.read(location, reading)
    else:
        yield from archive.read(location, reading)


def _saved(location: str) -> bool:
    return not archive.recognises(location) and saved.recognises(location)
