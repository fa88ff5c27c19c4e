"""A zip file or a folder in, its entries one at a time out, bounded and within its own walls."""

from __future__ import annotations

import codecs
import lzma
import os
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TextIO

from twin.core.errors import BadSource
from twin.core.paths import typed_path
from twin.core.records import Item, Skipped, digest

MAX_ENTRY_BYTES = 256 << 20
MAX_TABLE_BYTES = 4 << 30
"""A table is read row by row, so its size costs time alone."""
MAX_TOTAL_BYTES = 1 << 30
MAX_ENTRIES = 200_000
MAX_DEPTH = 4  # <top>/Articles/Articles/<file>
MAX_RATIO = 200
"""Uncompressed to compressed size; prose compresses 3 to 10 times. Only asked above `RATIO_FLOOR_BYTES`."""
RATIO_FLOOR_BYTES = 128 << 20

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an export: its size, its size as packed, and how to open it."""

    size: int
    packed: int
    open: Callable[[], IO[bytes]]


@dataclass(slots=True)
class Archive:
    """An opened export: `entries` by their path with `/`, and in `refused` what was left out and why."""

    location: str
    entries: dict[str, Entry]
    refused: list[Skipped]
    left_bytes: int = MAX_TOTAL_BYTES

    def find(self, pattern: str) -> list[str]:
        """A regular expression in, the entries whose whole path matches in any case out, sorted.

        An export inside one extra top folder (`Complete_LinkedInDataExport_…/Shares.csv`) is found just as well.
        """
        wanted = re.compile(pattern, re.IGNORECASE)
        found = sorted(name for name in self.entries if wanted.fullmatch(name))
        if not found and len({name.partition("/")[0] for name in self.entries}) == 1:
            found = sorted(name for name in self.entries if wanted.fullmatch(name.partition("/")[2]))
        return found

    def text(self, name: str, *, limit: int = MAX_ENTRY_BYTES) -> str | Skipped:
        """An entry in, its text out, or why not."""
        entry = self.entries[name]
        if entry.size > limit:
            return Skipped(name, f"larger than {limit:,} bytes")
        if entry.size > self.left_bytes:
            return Skipped(name, f"the texts of this archive are larger than {MAX_TOTAL_BYTES:,} bytes in all")
        if entry.size > max(RATIO_FLOOR_BYTES, entry.packed * MAX_RATIO):
            return Skipped(name, f"unpacks to more than {MAX_RATIO} times its size")
        try:
            with entry.open() as stream:
                data = stream.read(entry.size)
        except DAMAGE as bad:
            return Skipped(name, f"damaged in the archive: {bad}")
        self.left_bytes -= len(data)
        return decoded(data)

    @contextmanager
    def stream(self, name: str, *, limit: int = MAX_TABLE_BYTES) -> Iterator[TextIO | Skipped]:
        """An entry in, its text as a stream of lines with their own ends out, or why not; no more than a part is held.

        Damage that shows while it is read raises one of `DAMAGE`.
        """
        entry = self.entries[name]
        if entry.size > limit:
            yield Skipped(name, f"larger than {limit:,} bytes")
        elif entry.size > max(RATIO_FLOOR_BYTES, entry.packed * MAX_RATIO):
            yield Skipped(name, f"unpacks to more than {MAX_RATIO} times its size")
        else:
            try:
                opened = entry.open()
            except DAMAGE as bad:
                yield Skipped(name, f"damaged in the archive: {bad}")
                return
            encoding, errors = _encoding(entry)
            with TextIOWrapper(opened, encoding, errors, newline="") as text:
                yield text

    def head(self, name: str, chars: int) -> str:
        """The beginning of an entry; empty where it cannot be read."""
        with self.stream(name) as text:
            try:
                return "" if isinstance(text, Skipped) else text.read(chars)
            except DAMAGE:
                return ""


@contextmanager
def open_archive(location: str) -> Iterator[Archive]:
    """A zip file or folder in, an archive out.

    Raises: BadSource when it is neither, is cut off, or is locked by a password.
    """
    path = Path(location)
    with ExitStack() as stack:
        try:
            path = typed_path(path)
            if path.is_dir():
                opened = _folder(path)
            elif path.is_file():
                opened = _zip(location, stack.enter_context(zipfile.ZipFile(path)))
            else:
                raise BadSource(f"nothing is at {location!r}", "check the path of the export")
        except DAMAGE as bad:
            raise _not_a_zip(path, bad) from bad
        yield opened


def recognised_by(location: str, *patterns: str) -> bool:
    """A location in, whether it is an archive in which every pattern finds an entry."""
    try:
        with open_archive(location) as archive:
            return all(archive.find(pattern) for pattern in patterns)
    except BadSource:
        return False


def each_once(found: Iterable[Item | Skipped]) -> Iterator[Item | Skipped]:
    """What a source found in, the same with unique keys out.

    Of equal texts under one key the first stays (a share has a row for each of its pictures, seen 2021); another text
    under a known key gets a key of its own. Keys and texts are remembered as 64 bits each, not as words.
    """
    keys: set[int] = set()
    texts: set[int] = set()
    repeats: Counter[str] = Counter()
    for one in found:
        key, said = _bits(one.key), one.text if isinstance(one, Item) else one.reason
        text = _bits(f"{one.key}\x00{said}")
        if key not in keys:
            yield one
        elif isinstance(one, Item) and text not in texts:
            yield replace(one, key=f"{one.key}-{digest(one.text)}")
        else:
            reason = one.reason if isinstance(one, Skipped) else "stands more than once in the archive"
            repeats[one.key] += 1
            yield Skipped(f"{one.key} ({repeats[one.key] + 1})", reason)
        keys.add(key)
        texts.add(text)


def _bits(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def decoded(data: bytes) -> str:
    """Bytes in, text out: by BOM, then UTF-8, then cp1252. A byte broken inside UTF-8 becomes a lone surrogate."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        order = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return data[2 : len(data) // 2 * 2].decode(order, "surrogatepass")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
    if len(_BEYOND_ASCII.findall(text)) > len(_ESCAPED_BYTE.findall(text)):
        return text
    return data.decode("cp1252", "replace")


def _encoding(entry: Entry) -> tuple[str, str]:
    """An entry in, the encoding and error handler that `decoded` would read it with out; read through, up to damage."""
    beyond = escaped = 0
    with entry.open() as stream, suppress(*DAMAGE):
        head = stream.read(4)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", "replace"
        plain = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        part = head
        while part:
            text = plain.decode(part)
            if not text.isascii():
                beyond += len(_BEYOND_ASCII.findall(text))
                escaped += len(_ESCAPED_BYTE.findall(text))
            part = stream.read(1 << 16)
    if escaped and beyond <= escaped:
        return "cp1252", "replace"
    return "utf-8-sig", "surrogateescape"


def broken(*texts: str) -> str:
    """Texts in, why they cannot be kept out: NUL bytes or characters that are no characters; else nothing."""
    for text in texts:
        if "\x00" in text:
            return "holds NUL bytes"
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            return "holds broken characters"
    return ""


def moment(value: str) -> datetime | None:
    """An ISO 8601 date in, the same in UTC out, which it is in when it names no zone; None when it is no date."""
    try:
        found = datetime.fromisoformat(value.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _folder(root: Path) -> Archive:
    archive = Archive(str(root), {}, [])
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        deep = len(here.relative_to(root).parts) >= MAX_DEPTH - 1
        for name in sorted([*files, *folders]):
            path = here / name
            status = path.lstat()
            inside = path.relative_to(root).as_posix()
            if _junk(name) or stat.S_ISDIR(status.st_mode):
                continue
            if stat.S_ISREG(status.st_mode):
                archive.entries[inside] = Entry(status.st_size, status.st_size, partial(_opened, path))
            else:
                reason = "a symbolic link" if stat.S_ISLNK(status.st_mode) else "not a plain file"
                archive.refused.append(Skipped(inside, reason))
        folders[:] = [] if deep else sorted(name for name in folders if not _junk(name))
        _bounded(len(archive.entries), str(root))
    return archive


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")


def _zip(location: str, opened: zipfile.ZipFile) -> Archive:
    archive = Archive(location, {}, [])
    members = opened.infolist()
    _bounded(len(members), location)
    if any(member.flag_bits & 0x1 for member in members):
        raise BadSource(f"{location!r} is locked by a password", "unpack it yourself, then add the folder")
    for member in members:
        name = member.filename.replace("\\", "/")
        parts = name.split("/")
        if member.is_dir() or any(_junk(part) for part in parts):
            continue
        if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name):
            archive.refused.append(Skipped(name, "a path that leads out of the archive"))
        elif stat.S_ISLNK(member.external_attr >> 16):
            archive.refused.append(Skipped(name, "a symbolic link"))
        else:
            archive.entries[name] = Entry(member.file_size, member.compress_size, partial(opened.open, member))
    return archive


def _bounded(count: int, location: str) -> None:
    if count > MAX_ENTRIES:
        raise BadSource(
            f"{location!r} holds more than {MAX_ENTRIES:,} files", "add the export itself, nothing around it"
        )


def _junk(name: str) -> bool:
    """Whether macOS or a version control system put it there."""
    return name == "__MACOSX" or name.startswith("._") or name in (".DS_Store", ".git")


def _not_a_zip(path: Path, bad: Exception) -> BadSource:
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
    except OSError as denied:
        return BadSource(f"cannot open {str(path)!r}: {denied.strerror}", "check its permissions")
    if head == b"PK\x03\x04":
        return BadSource(f"{str(path)!r} is cut off or damaged: {bad}", "download the export again, then add it again")
    return BadSource(
        f"{str(path)!r} is not a zip archive", "give the zip file that you were sent, or the unpacked folder"
    )
