"""The places a person writes: one module for each, found by its file name, or by entry point for third parties.

Each module satisfies `core.protocols.Source`. One more place is one more file.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import cast

from twin.core.errors import MissingPart, UnknownSource
from twin.core.protocols import Source

GROUP = "twin.sources"
HELPERS = frozenset({"archive", "prose", "table"})
"""Modules of this package that are not sources but serve them, like those whose name begins with `_`."""
LAST = ("folder",)
"""Asked last by `which`: they recognise almost anything."""


def names() -> list[str]:
    """Every known kind of source, sorted."""
    return sorted(_own() | _entry_points().keys())


def load(kind: str) -> Source:
    """A kind in, the source of that name out; one of the house comes before a third party's.

    Raises: UnknownSource, MissingPart.
    """
    if kind not in names():
        raise UnknownSource(f"there is no source named {kind!r}", f"known sources: {', '.join(names())}")
    try:
        found = import_module(f"{__name__}.{kind}") if kind in _own() else _entry_points()[kind].load()
    except ImportError as bad:
        raise MissingPart(
            f"the source {kind!r} cannot be loaded: {bad}", "install what it names, then try again"
        ) from bad
    lacking = [name for name in ("recognises", "owner", "read") if not callable(getattr(found, name, None))]
    if lacking:
        raise MissingPart(
            f"the source {kind!r} has no {' and no '.join(lacking)}", "ask its maker, or uninstall the package it is in"
        )
    return cast(Source, found)


def which(location: str) -> str:
    """A location in, the kind of the first source that recognises it out.

    Raises: UnknownSource; BadSource for a file that ends in .zip but cannot be opened as one.
    """
    if not location.strip():
        raise UnknownSource("no location was given", "give the path of an export or folder, or a git address")
    try:
        path = Path(location).expanduser()
        there = "://" in location or path.exists()
    except (OSError, RuntimeError) as bad:  # too long for a path; the home of a user who is not there
        raise UnknownSource(f"{location[:200]!r} is no path: {bad}"[:300], "check the path that you gave") from bad
    for kind in sorted(names(), key=lambda name: (name in LAST, name)):
        if load(kind).recognises(location):
            return kind
    if not there:
        raise UnknownSource(f"nothing is at {location!r}", "check the path, or give the address of a git repository")
    if "://" not in location and path.suffix.lower() == ".zip" and path.is_file():
        from twin.sources.archive import open_archive

        with open_archive(location):
            pass
    raise UnknownSource(
        f"no source recognises {location!r}",
        f"known sources: {', '.join(names())}; an export is added as the zip file that you were sent, or unpacked",
    )


def _own() -> set[str]:
    found = {module.name for module in pkgutil.iter_modules(__path__)}
    return {name for name in found - HELPERS if not name.startswith("_")}


def _entry_points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
