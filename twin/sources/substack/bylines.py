"""Whose a post is, by the names above it. A publication has guests, and posts of two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from twin.core.errors import BadSource
from twin.core.records import Authorship, Identity
from twin.sources._files.names import is_author

Byline = Mapping[str, Any]


class Authors:
    """Tells my bylines from those of others. `host` is the publication's, `user` my number where a profile gave it."""

    def __init__(self, me: Identity, host: str, user: str = "") -> None:
        self.me, self.user = me, user
        self.own_host = me.is_me(host)
        self.unknown = not me.name.strip() and not me.handles

    def is_mine(self, byline: Byline) -> bool:
        """By number, name or handle; else, where the publication is mine, by being its editor and no guest."""
        if self.unknown or (self.user and str(byline.get("id")) == self.user):
            return True
        handle = str(byline.get("handle") or "")
        if handle and (self.me.is_me(handle) or self.me.is_me(f"substack.com/@{handle}")):
            return True
        names = (byline.get("name"), byline.get("previous_name"))
        if any(name and is_author(self.me, str(name)) for name in names):
            return True
        return self.own_host and not byline.get("is_guest") and _edits(byline)

    def of(self, entry: Mapping[str, Any]) -> tuple[str, Authorship]:
        """An entry of the archive in; why it is not mine, or nothing, and whether others wrote it too, out."""
        named = bylines_of(entry)
        mine = sum(map(self.is_mine, named))
        if named and not mine:
            return f"written by {', '.join(map(name_of, named))[:80]}", "own"
        return "", "co-authored" if len(named) > mine else "own"

    def numbers(self, entries: Iterable[Mapping[str, Any]]) -> list[str]:
        """My numbers as the bylines have them, each once."""
        mine = (str(one["id"]) for entry in entries for one in bylines_of(entry) if one.get("id") and self.is_mine(one))
        known = [self.user] if self.user else []
        return list(dict.fromkeys([*known, *(number for number in mine if number.isdecimal())]))

    def check(self, site: str, entries: Iterable[Mapping[str, Any]]) -> None:
        """Raises: BadSource where there are authors and none of them is me."""
        others: Counter[tuple[str, str]] = Counter()
        for one in (byline for entry in entries for byline in bylines_of(entry)):
            if self.is_mine(one):
                return
            others[name_of(one), str(one.get("handle") or "")] += 1
        if others:
            (name, handle), _ = others.most_common(1)[0]
            named = ", ".join(dict.fromkeys(name for (name, _), _ in others.most_common(5)))
            known = f"substack.com/@{handle}" if handle else name
            raise BadSource(
                f"none of the posts of {site} is by you; their authors: {named[:200]}",
                f"if one of them is you: twin init --me {known!r}",
            )


def bylines_of(entry: Mapping[str, Any]) -> list[Byline]:
    found = entry.get("publishedBylines")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def name_of(byline: Byline) -> str:
    return str(byline.get("name") or byline.get("handle") or "someone else")


def _edits(byline: Byline) -> bool:
    roles = byline.get("publicationUsers")
    found = [one.get("role") for one in roles if isinstance(one, dict)] if isinstance(roles, list) else []
    return not found or "admin" in found
