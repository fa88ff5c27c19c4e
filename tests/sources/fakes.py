"""What a source reads with in tests: an author, a folder, and a web that holds what the test wrote into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Identity, Page

ADA = Identity("Ada Example", ("ada@example.org",))


@dataclass
class FakeWeb:
    """Pages by address; an error in place of a page is raised. `asked` holds every address, in order."""

    pages: Mapping[str, Page | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Page:
        self.asked.append(url)
        found = self.pages.get(url, BadSource(f"{url!r} answered 404"))
        if isinstance(found, Exception):
            raise found
        return found

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> Page:
        return self.get(url)


def reading(cache: Path, me: Identity = ADA, **rest: object) -> Reading:
    return Reading(me, cache, **{"web": FakeWeb(), **rest})  # type: ignore[arg-type]
