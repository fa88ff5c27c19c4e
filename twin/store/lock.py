"""One writer a home: a file lock that dies with its process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twin.core.errors import Busy, StorageFailed


@contextmanager
def only_writer(home: Path, doing: str) -> Iterator[None]:
    """Holds the home for one stage. Raises: Busy, naming what the other process is doing."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle = (home / "lock").open("a+")
    except OSError as bad:
        raise StorageFailed(
            f"cannot write in {str(home)!r}: {bad.strerror}", "choose another folder with --home"
        ) from bad
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            handle.seek(0)
            other = handle.read().strip() or "another command"
            raise Busy(f"this twin is busy: {other}", "wait until it ends, then try again") from held
        handle.truncate(0)
        handle.write(f"{doing} (process {os.getpid()})")
        handle.flush()
        yield
        handle.truncate(0)
