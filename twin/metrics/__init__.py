"""One file for each measure of a text; a file's name is the metric's name and, capitalised, its class.

What the measures stand on lies in the folders beside them; a file without such a class is no metric. Third parties add
one by the entry point group `twin.metrics`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from twin.core.errors import BadRequest


def names() -> list[str]:
    """The metrics there are, sorted, without importing any."""
    files = (path for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    own = {file.stem for file in files if f"\nclass {file.stem.capitalize()}:" in file.read_text(encoding="utf-8")}
    return sorted(own | {point.name for point in entry_points(group="twin.metrics")})


def load(name: str) -> Any:
    """A metric's name in, its class out. Raises: BadRequest for a name that is not there."""
    for point in entry_points(group="twin.metrics"):
        if point.name == name:
            return point.load()
    if name not in names():
        raise BadRequest(f"no metric is called {name!r}", f"choose one of: {', '.join(names())}")
    return getattr(import_module(f"twin.metrics.{name}"), name.capitalize())
