"""Substack: the export of Settings, Exports, or a publication's link, read through its JSON archive or its feed."""

from __future__ import annotations

from collections.abc import Iterator

from twin.core.protocols import Reading
from twin.core.records import Item, Route, Skipped
from twin.sources.substack import archive, live


def recognises(location: str) -> bool:
    return live.recognises(location) if "://" in location else archive.recognises(location)


def owner(location: str) -> list[str]:
    return live.owner(location) if "://" in location else archive.owner(location)


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    if "://" in location:
        return Route("the publication's own archive, whole for free posts", live.ASK)
    return Route("Substack's export, read from your disk")


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource when there is nothing of Substack's there."""
    yield from live.read(location, reading) if "://" in location else archive.read(location)
