"""What links gave, held in the home for an hour: several drafts from one link ask for it once. A file for each link."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from twin.core.paths import write_whole
from twin.core.records import digest

HOLD_S = 3_600.0
MOST_BYTES = 50_000_000
"""Of all links together; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Gave:
    """What a link or file gave: where it stands, its title, its text.

    `cut` says that the text goes on where it was read from; `lacks` says in words what else was not read.
    """

    url: str
    title: str
    text: str
    cut: bool = False
    lacks: str = ""


def hold(folder: Path, gave: Gave, link: str) -> None:
    """Raises: StorageFailed."""
    write_whole(_file(folder, link), json.dumps({"link": link, **asdict(gave)}))
    sweep(folder)


def recall(folder: Path, link: str) -> Gave | None:
    """What a link gave within the last hour; None where nothing is held, or what is was damaged."""
    path = _file(folder, link)
    try:
        told = json.loads(path.read_text("utf-8"))
        return Gave(**told) if _is_new(path) and told.pop("link") == link else None
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return None


def sweep(folder: Path) -> None:
    """What is older than an hour goes, and the oldest of what is too much together."""
    dated = []
    for path in folder.glob(f"{'[0-9a-f]' * len(digest())}.json"):
        try:
            dated.append((path.stat().st_mtime, path.stat().st_size, path))
        except OSError:
            continue  # another process swept it
    total = 0
    for _, size, path in sorted(dated, reverse=True):
        total += size
        if total > MOST_BYTES or not _is_new(path):
            path.unlink(missing_ok=True)


def _is_new(path: Path) -> bool:
    try:
        return 0 <= time.time() - path.stat().st_mtime < HOLD_S
    except OSError:
        return False


def _file(folder: Path, link: str) -> Path:
    return folder / f"{digest('link', link)}.json"
