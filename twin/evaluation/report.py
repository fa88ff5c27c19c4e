"""A report in, two files out: report.html for a person, report.json for a program, both whole or not there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twin.core.paths import write_whole
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
