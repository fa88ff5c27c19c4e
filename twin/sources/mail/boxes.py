"""A mailbox in any of its forms in, one mail at a time out: never more than one mail in memory, of bounded size."""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from twin.core.errors import BadSource
from twin.core.paths import typed_path
from twin.core.records import Skipped
from twin.sources.archive import MAX_RATIO, RATIO_FLOOR_BYTES, open_archive, recognised_by

MAX_MAIL = 8 << 20
"""Bytes of one mail that are kept; texts stand before attachments, which may be cut off."""
MAX_DEPTH = 8
MAX_FILES = 2_000_000
LINE = 1 << 16

_MBOX = r"(?:.*/)?[^/]+\.mbox"
_SINGLE = (".eml", ".emlx")
_TEXTS = (".md", ".markdown", ".txt", ".html", ".htm", ".pdf", ".docx", ".tex", ".rst", ".org")
_FROM = re.compile(rb"From (?=[^\n]{0,1000}\d\d:\d\d)(?=[^\n]{0,1000}(?:19|20)\d\d)")
_HEADER = re.compile(rb"(?:[!-9;-~]{1,200}:|>From )")
_QUOTED_FROM = re.compile(rb">+From ")
_DRAFTS = re.compile(r"(?:^|[/.])(?:drafts?|entwürfe|brouillons|borradores|bozze)(?:[/.]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail's bytes, the name of the file it stands in, and whether that says it is a draft."""

    name: str
    data: bytes
    draft: bool = False


def recognises(location: str) -> bool:
    if "://" in location:
        return False
    path = typed_path(location)
    if path.is_dir():
        return not (path / ".git").exists() and _is_mail_folder(path)
    if not path.is_file():
        return False
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return recognised_by(location, _MBOX)
    return suffix in _SINGLE or (suffix not in _TEXTS and _is_mbox(path))


def mails(location: str) -> Iterator[Mail | Skipped]:
    """Every mail of a location, in a fixed order. Raises: BadSource when nothing is there or it cannot be opened."""
    path = typed_path(location)
    if path.is_dir():
        yield from _of_folder(path)
    elif path.is_file() and path.suffix.lower() == ".zip":
        yield from _of_zip(location)
    elif path.is_file():
        yield from _of_file(path, path.name)
    else:
        raise BadSource(f"nothing is at {location!r}", "check the path of the mailbox")


def split(stream: IO[bytes]) -> Iterator[bytes]:
    """An mbox in, its mails out, without their separator lines and with `>From ` unquoted.

    A separator is a `From ` line with a time and a year in it, after an empty line and before a header: many programs
    do not quote such lines in texts (mboxcl). A mail beyond `MAX_MAIL` bytes is cut off there.
    """
    kept: list[bytes] = []
    size, blank, whole, before = 0, True, True, b""
    waiting = b""
    while line := stream.readline(LINE):
        starts, whole = whole, line.endswith(b"\n")
        if waiting:
            if _HEADER.match(line):
                if kept:
                    yield b"".join(kept)
                kept, size = [], 0
            else:
                kept.append(waiting)
                size += len(waiting)
            waiting = b""
        if starts and blank and line.startswith(b"From ") and _FROM.match(line):
            waiting, blank = line, False
            continue
        blank = starts and not line.strip(b"\r\n")
        if starts and line.startswith(b">") and _QUOTED_FROM.match(line) and not before.startswith(b">"):
            line = line[1:]
        before = line
        if size < MAX_MAIL:
            kept.append(line)
            size += len(line)
    if kept:
        yield b"".join(kept)


def _is_mbox(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            first, second = stream.readline(LINE), stream.readline(LINE)
    except OSError:
        return False
    return bool(_FROM.match(first) and _HEADER.match(second)) or (path.suffix.lower() == ".mbox" and not first)


def _is_mail_folder(root: Path) -> bool:
    """By a Maildir, a .mbox, or more mails than other texts among the first 2,000 files."""
    single = other = seen = 0
    for folder, folders, files in _walk(root):
        if {"cur", "new"} <= set(folders) and folder.name != "site-packages":
            return True
        for name in files:
            suffix = Path(name).suffix.lower()
            if suffix == ".mbox" or (name == "mbox" and folder.suffix.lower() == ".mbox"):
                return True
            single += suffix in _SINGLE
            other += suffix in _TEXTS
        seen += len(files)
        if seen > 2000:
            break
    return single > other


def _walk(root: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    seen = 0
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders.sort()
        yield here, folders, sorted(name for name in files if not name.startswith("._") and name != ".DS_Store")
        folders[:] = [name for name in folders if name not in (".git", "__MACOSX") and not (here / name).is_symlink()]
        if len(here.relative_to(root).parts) >= MAX_DEPTH:
            folders[:] = []
        seen += len(files)
        if seen > MAX_FILES:
            raise BadSource(f"{str(root)!r} holds more than {MAX_FILES:,} files", "add the mailbox itself")


def _of_folder(root: Path) -> Iterator[Mail | Skipped]:
    for folder, _, files in _walk(root):
        maildir = (
            folder.name in ("cur", "new") and (folder.parent / "cur").is_dir() and (folder.parent / "new").is_dir()
        )
        for name in files:
            path = folder / name
            inside = path.relative_to(root).as_posix()
            box = not maildir and Path(name).suffix.lower() not in (*_SINGLE, *_TEXTS)
            if not (maildir or Path(name).suffix.lower() in _SINGLE or box):
                continue
            if not stat.S_ISREG(path.lstat().st_mode):
                yield Skipped(inside, "a symbolic link or no plain file")
            elif maildir:
                yield from _single(path, inside, draft="D" in name.rpartition(":2,")[2] and ":2," in name)
            elif not box or _is_mbox(path):
                yield from _of_file(path, inside)


def _of_file(path: Path, name: str) -> Iterator[Mail | Skipped]:
    if path.suffix.lower() in _SINGLE:
        yield from _single(path, name)
        return
    try:
        with path.open("rb") as stream:
            yield from (Mail(name, data, bool(_DRAFTS.search(name))) for data in split(stream))
    except OSError as bad:
        yield Skipped(name, f"cannot be read: {bad.strerror}")


def _single(path: Path, name: str, *, draft: bool = False) -> Iterator[Mail | Skipped]:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_MAIL)
    except OSError as bad:
        yield Skipped(name, f"cannot be read: {bad.strerror}")
        return
    if path.suffix.lower() == ".emlx":
        first, _, rest = data.partition(b"\n")
        data = rest[: int(first)] if first.strip().isdigit() and len(first) < 12 else data
    yield Mail(name, data.lstrip(b"\r\n"), draft or bool(_DRAFTS.search(name)))


def _of_zip(location: str) -> Iterator[Mail | Skipped]:
    with open_archive(location) as archive:
        yield from archive.refused
        names = archive.find(_MBOX)
        names += [name for name in sorted(archive.entries) if name.lower().endswith(_SINGLE)]
        for name in names:
            entry = archive.entries[name]
            if entry.size > max(RATIO_FLOOR_BYTES, entry.packed * MAX_RATIO):
                yield Skipped(name, f"unpacks to more than {MAX_RATIO} times its size")
                continue
            try:
                with closing(entry.open()) as stream:
                    if name.lower().endswith(_SINGLE):
                        yield Mail(name, stream.read(MAX_MAIL))
                    else:
                        yield from (Mail(name, data, bool(_DRAFTS.search(name))) for data in split(stream))
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as bad:
                yield Skipped(name, f"damaged in the archive: {bad}")
