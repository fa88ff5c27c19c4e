"""A file that someone sends in, the same file under a safe name in the home folder out."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import AsyncIterable
from pathlib import Path
from typing import Any

from twin.app.studio.shared import SharedTwin
from twin.core.errors import BadRequest, StorageFailed, TwinError

MOST_BYTES = 2_000_000_000
"""Largest upload, in bytes; a bigger export is added by its path."""
_UNSAFE = re.compile(r"[^\w.-]+")


def safe_name(name: str, digest: str) -> str:
    """A name from outside in, one path part out: no folders, no leading dot, no control characters, at most 80 long.

    The digest of the content is part of it, so that two exports of one name stay two files, and one stays one.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = _UNSAFE.sub("_", last).strip("._-")
    stem, dot, suffix = plain.rpartition(".")
    if not dot or not stem:
        stem, suffix = plain or "file", ""
    ending = f".{suffix[:12].lower()}" if suffix else ""
    return f"{stem[:50].strip('._-')}-{digest[:8]}{ending}"


def as_known(text: str, home: Path) -> str:
    """A text that names kept uploads in, the same with the names that the person knows them by out."""
    return re.sub(rf"{re.escape(str(home / 'uploads'))}/([^\s/'\"]+)-[0-9a-f]{{8}}(?=\W|$)", r"\1", text)


async def keep(name: str, chunks: AsyncIterable[bytes], folder: Path, *, most_bytes: int = MOST_BYTES) -> Path:
    """Writes to a temporary file first, so that a broken upload leaves nothing.

    Raises: BadRequest when it is empty or larger than `most_bytes`; StorageFailed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".upload-")
    except OSError as bad:
        raise StorageFailed(f"cannot write in {str(folder)!r}: {bad.strerror}", "check disk space") from bad
    try:
        with os.fdopen(handle, "wb") as file:
            size, digest = 0, hashlib.sha256()
            async for chunk in chunks:
                size += len(chunk)
                if size > most_bytes:
                    raise BadRequest(
                        f"{name!r} is larger than {most_bytes:,} bytes", "add it by its path: twin add FILE"
                    )
                digest.update(chunk)
                file.write(chunk)
        if not size:
            raise BadRequest(f"{name!r} is empty", "choose the export file as it was sent to you")
        target = folder / safe_name(name, digest.hexdigest())
        Path(temporary).replace(target)
    except OSError as bad:
        raise StorageFailed(f"cannot store the upload: {bad.strerror}", "free some disk space, then try again") from bad
    finally:
        Path(temporary).unlink(missing_ok=True)
    return target


async def add_file(
    twin: SharedTwin,
    name: str,
    chunks: AsyncIterable[bytes],
    *,
    kind: str = "",
    mine: bool = True,
    messages: bool = False,
) -> dict[str, Any]:
    """A file's name and content in, the source it became out. Raises: as `Twin.add`, and keeps nothing then."""
    await twin.ask(lambda one: one.author)
    folder = twin.settings.home / "uploads"
    known = set(folder.glob("*")) if folder.is_dir() else set()
    path = await keep(name, chunks, folder)
    try:
        return await twin.ask(lambda one: one.add(str(path), kind=kind, mine=mine, messages=messages))
    except TwinError as bad:
        if path not in known:
            path.unlink(missing_ok=True)
        raise type(bad)(bad.message.replace(str(path), name), bad.hint.replace(str(path), name)) from bad
