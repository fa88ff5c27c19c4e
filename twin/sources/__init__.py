"""The places a person writes: one module for each, found by its file name, or by entry point for third parties.

Each module satisfies `core.protocols.Source`. One more place is one more file.
"""

from __future__ import annotations

import pkgutil
import re
import shlex
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from twin.core.errors import BadSource, MissingPart, UnknownSource
from twin.core.paths import typed_path
from twin.core.protocols import Source
from twin.core.records import Identity, SourceRef
from twin.core.text import is_utf8

GROUP = "twin.sources"
HELPERS = frozenset({"archive", "prose", "table"})
"""Modules of this package that are not sources but serve them, like those whose name begins with `_`."""
LEAST_NAME = 5
"""Letters of a name from which on a handle of the same letters is its owner's."""
OF_ONE = frozenset({"linkedin", "medium", "substack", "x"})
"""Kinds whose exports are one person's: every text in them is taken for the owner's."""
LAST = ("folder", "site")
"""Asked last by `which`: they recognise almost anything."""
_ARXIV = re.compile(r"(?:arxiv:\s*)?(\d{4}\.\d{4,5}(?:v\d+)?|(?:[a-z-]+(?:\.[A-Z]{2})?)/\d{7}(?:v\d+)?)", re.IGNORECASE)
_CLONE = re.compile(r"(?:ssh://)?git@([\w.-]+)[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?")
_DOI = re.compile(r"(?:doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)
_FILES = (".zip", ".md", ".txt", ".html", ".htm", ".pdf", ".docx", ".json", ".csv", ".mbox", ".eml", ".tex", ".js")


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
    lacking = [name for name in ("recognises", "owner", "route", "read") if not callable(getattr(found, name, None))]
    if lacking:
        raise MissingPart(
            f"the source {kind!r} has no {' and no '.join(lacking)}", "ask its maker, or uninstall the package it is in"
        )
    return cast(Source, found)


def address(location: str) -> str:
    """What the user typed in, a web address or an absolute path out.

    A path that is there wins; `arxiv:2004.14974`, `10.1000/xyz`, `medium.com/@ada`, `www.example.org/blog` and
    `git@github.com:ada/notes.git` become addresses.
    Raises: UnknownSource for nothing at all, for a broken link, and for what can be neither a path nor a link.
    """
    typed = location.strip()
    if not typed:
        raise UnknownSource("no location was given", "give the path of an export or folder, or a link")
    if clone := _CLONE.fullmatch(typed):
        typed = f"https://{clone[1]}/{clone[2]}"
    if "://" in typed:
        return _sound(typed)
    try:
        path = typed_path(typed)
        if path.exists():
            return _storable(str(path.absolute()))
    except (OSError, RuntimeError) as bad:  # too long for a path; the home of a user who is not there
        raise UnknownSource(f"{typed[:200]!r} is no path: {bad}"[:300], "check the path that you gave") from bad
    if paper := _ARXIV.fullmatch(typed):
        return f"https://arxiv.org/abs/{paper[1]}"
    if paper := _DOI.fullmatch(typed):
        return f"https://doi.org/{paper[1]}"
    if _HOST.match(typed) and not typed.lower().partition("/")[0].endswith(_FILES):
        return _sound(f"https://{typed}")
    return str(path.absolute())


def _storable(path: str) -> str:
    """Raises: UnknownSource for a path whose name is not UTF-8, which no database takes."""
    if not is_utf8(path):
        raise UnknownSource(f"the name {path!r} is not UTF-8", "rename it, then add it again")
    return path


def which(location: str) -> str:
    """A location in, the kind of the first source that recognises it out.

    Raises: UnknownSource; BadSource for a file that ends in .zip but cannot be opened as one.
    """
    location = address(location)
    path = Path(location)
    there = "://" in location or path.exists()
    for kind in sorted(names(), key=lambda name: (name in LAST, name)):
        if load(kind).recognises(location):
            return kind
    if not there:
        raise UnknownSource(f"nothing is at {location!r}", "check the path, or paste a link with https:// in front")
    if "://" not in location and path.suffix.lower() == ".zip" and path.is_file():
        from twin.sources.archive import open_archive

        with open_archive(location) as archive:
            if archive.entries and all(name.lower().endswith(".zip") for name in archive.entries):
                raise UnknownSource(f"{location!r} holds other zip files", "unpack it once, then add what is inside")
    raise UnknownSource(
        f"no source recognises {location!r}",
        f"known sources: {', '.join(names())}; an export is added as the zip file that you were sent, or unpacked",
    )


def must_be_of(me: Identity, ref: SourceRef) -> None:
    """Raises: BadSource for the export of a person whom the author has not said to be."""
    if ref.consent != "mine" or ref.kind not in OF_ONE or "://" in ref.location:
        return
    owner = load(ref.kind).owner(ref.location)
    if owner and not any(me.is_me(handle) or _named(me, handle) for handle in owner):
        flags = " ".join(f"--me {shlex.quote(handle)}" for handle in owner)
        raise BadSource(
            f"this export says that its owner is {', '.join(owner)}, and you are {me.name}",
            f"if that is you: twin init {flags}; else forget it, then: twin add {shlex.quote(ref.location)} --not-mine",
        )


def _named(me: Identity, handle: str) -> bool:
    """Whether a handle is the author's name run together, as in `adaexample.substack.com` or `@ada.example`."""
    name = re.sub(r"[\W_]", "", me.name.lower())
    said = re.sub(r"\.substack\.com$|^.*/", "", handle.strip().rstrip("/").lower())
    return len(name) >= LEAST_NAME and re.sub(r"[\W_]", "", said) == name


def _sound(link: str) -> str:
    try:
        parts = urlsplit(link)
        sound = bool(parts.hostname) and parts.port != 0 and not re.search(r"[\s\\]", parts.netloc)
    except ValueError:
        sound = False
    if not sound or parts.scheme.lower() not in {"http", "https"} or not link.isprintable():
        raise UnknownSource(f"{link[:200]!r} is no link to a page", "copy it from the address bar: https://example.org")
    if "@" in parts.netloc:
        raise UnknownSource("the link holds a name or password of yours", "leave out what stands before the @")
    return link


def _own() -> set[str]:
    found = {module.name for module in pkgutil.iter_modules(__path__)}
    return {name for name in found - HELPERS if not name.startswith("_")}


def _entry_points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
