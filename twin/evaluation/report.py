"""A report in, two files out: report.html for a person, report.json for a program, both whole or not there."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twin.core.errors import StorageFailed
from twin.evaluation.gate import gate
from twin.evaluation.page import page


def write_report(report: Mapping[str, Any], folder: Path) -> Path:
    """A report of `compare` and a folder in, the path of report.html out. Raises: StorageFailed.

    The verdict of `gate` stands in both files, taken from the report where it has one.
    The JSON is written first: a page is never newer than its numbers.
    """
    verdict = report.get("gate") or gate(report)
    numbers = json.dumps({**report, "gate": verdict}, ensure_ascii=False, indent=1, allow_nan=False)
    target = folder / "report.html"
    write_whole(folder / "report.json", numbers + "\n")
    write_whole(target, page(report, verdict))
    return target


def write_whole(path: Path, text: str) -> None:
    """A file that is there as a whole or not at all. Raises: StorageFailed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)
    except OSError as bad:
        raise StorageFailed(
            f"cannot write to {str(path.parent)!r}: {bad.strerror}", "make room there, or choose another folder"
        ) from bad


def _replace(path: Path, text: str) -> None:
    """The file as a whole: written beside it, then renamed over it. A lone surrogate of a text becomes "?"."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
        beside.chmod(0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
