"""A folder of documents, or a single one: Markdown, text, saved pages, Word, PDF, LaTeX, JATS.

A static site, a notes vault, a folder of papers; a note that was pasted is a single text file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from twin.core.errors import BadSource
from twin.core.paths import typed_path
from twin.core.protocols import Reading
from twin.core.records import Item, Route, Skipped
from twin.sources.folder.documents import DOCUMENTS, MAYBE, MOST_BYTES, head_of, is_wanted, items_of
from twin.sources.folder.licences import Licences, is_licence
from twin.sources.folder.matter import as_utc, decoded, prose_of, split_front_matter
from twin.sources.folder.projects import projects

__all__ = ["as_utc", "decoded", "ignored", "owner", "prose_of", "read", "recognises", "route", "split_front_matter"]

_FOLDERS = """
__pycache__ _site bower_components build dist external fixtures generated godeps node_modules pods site-packages
target testdata third-party third_party vendor vendored venv
"""
NOT_OWN = frozenset(_FOLDERS.split())


def recognises(location: str) -> bool:
    path = typed_path(location)
    if path.is_dir():
        return not (path / ".git").exists()
    suffix = path.suffix.lower()
    return path.is_file() and (suffix in DOCUMENTS or (suffix in MAYBE and is_wanted(path, head_of(path))))


def owner(location: str) -> list[str]:  # noqa: ARG001  (documents name authors, none of whom need be the owner)
    return []


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    return Route("the texts and documents in it, read from your disk")


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Every document in, keyed by its full path, so that two folders with an `index.md` stay two."""
    path = typed_path(location).resolve()
    if not path.exists():
        raise BadSource(f"there is nothing at {location!r}", "check the path, then try again")
    alone = path.is_file()
    found = [path] if alone else list(_files(path))
    if not found:
        raise BadSource(
            f"{location!r} holds no texts: no Markdown, text, HTML, Word, PDF or LaTeX files",
            "add the folder that your texts are in",
        )
    root = path.parent if alone else path
    licences = Licences(root)
    whole = projects([one for one in found if isinstance(one, Path) and one.suffix.lower() == ".tex"], root)
    for file in found:
        if isinstance(file, Skipped):
            yield file
        elif is_licence(file):
            yield Skipped(str(file), "a licence, not a text of yours")
        elif file not in whole.parts:
            yield from items_of(file, reading.me, licence=licences.of(file.parent), tex=whole.texts.get(file, ""))


def _files(root: Path) -> Iterator[Path | Skipped]:
    """The documents under a folder in a fixed order; links are named, never followed."""
    for name, folders, files in os.walk(root):
        here = Path(name)
        for link in sorted(folder for folder in folders if (here / folder).is_symlink()):
            if not (here / link).resolve().is_relative_to(root):
                yield Skipped(str(here / link), "a link that leaves the folder")
        folders[:] = sorted(f for f in folders if not ignored(f) and not (here / f).is_symlink())
        for file in sorted(here / f for f in files if not f.startswith((".", "~$"))):
            suffix = file.suffix.lower()
            if suffix not in DOCUMENTS and suffix not in MAYBE:
                continue
            if not file.is_symlink():
                if suffix in DOCUMENTS or (file.stat().st_size <= MOST_BYTES and is_wanted(file, head_of(file))):
                    yield file
            elif file.resolve().is_relative_to(root):
                yield Skipped(str(file), "a link to another file of the folder")
            else:
                yield Skipped(str(file), "a link that leaves the folder")


def ignored(folder: str) -> bool:
    """Whether a folder's name says that its texts are hidden, generated or someone else's."""
    return folder.startswith(".") or folder.lower() in NOT_OWN
