"""Who a LinkedIn profile is of, and what a member says there: headline, summary, positions, projects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote

from twin.core.records import Identity, Item, digest
from twin.sources.linkedin.rows import Row

_SLUG = re.compile(r"(?:^|[/.@])linkedin\.com/in/([^/?#\s]+)|^/in/([^/?#\s]+)", re.IGNORECASE)
_NUMBERED = "acoaa"
"""How an address begins that names a member by a number of LinkedIn's, in place of the name that they chose."""


def slug_of(address: str) -> str:
    """A profile's address in any spelling (`https://ch.linkedin.com/in/ada?trk=x`) in, the chosen name in it out."""
    found = _SLUG.search(address.strip())
    slug = unquote(found[1] or found[2]).casefold() if found else ""
    return "" if slug.startswith(_NUMBERED) else slug


def slugs_of(me: Identity) -> frozenset[str]:
    return frozenset(filter(None, map(slug_of, me.handles)))


def of_self(row: Row) -> Iterator[Item]:
    """A row of Profile.csv or Profile Summary.csv in, its headline and summary out; birthday and address stay there."""
    for key, name in (("headline", "headline"), ("summary", "summary"), ("summary", "profilesummary")):
        text = row.values.get(name, "")
        yield from _item(f"profile-{key}", text, json.dumps({key: text}, ensure_ascii=False))


def position(row: Row) -> Iterator[Item]:
    """What a member says of a post they held; nothing where they say nothing."""
    named = (row.values.get(name, "") for name in ("companyname", "title", "startedon"))
    yield from _item(f"position-{digest(*named)}", row.values.get("description", ""), row.raw)


def project(row: Row) -> Iterator[Item]:
    named = (row.values.get(name, "") for name in ("title", "startedon"))
    yield from _item(f"project-{digest(*named)}", row.values.get("description", ""), row.raw)


def _item(key: str, text: str, raw: str) -> Iterator[Item]:
    if text.strip():
        yield Item(key, "other", "linkedin", text, raw=raw, raw_type="application/json")
