"""The .tex files of a folder in, the texts that they make together out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from twin.sources._files import tex_source
from twin.sources.archive import decoded


@dataclass(slots=True)
class Projects:
    """Main files with their whole text, and the files that are parts of one."""

    texts: dict[Path, str] = field(default_factory=dict)
    parts: set[Path] = field(default_factory=set)


def projects(files: Sequence[Path], root: Path) -> Projects:
    """Parts are looked for in the main file's folder and those around it up to `root`, never outside."""
    found = Projects()
    for file in files:
        text = _text(file)
        if text is None or not tex_source.MAIN.search(text[:200_000].encode("utf-8", "replace")):
            continue
        base = file.parent

        def fetch(name: str, base: Path = base) -> str | None:
            path = (base / name).resolve()
            return _text(path) if path.is_relative_to(root) else None

        whole, used = tex_source.whole(file.name, fetch)
        found.texts[file] = whole
        found.parts |= {(base / name).resolve() for name in used}
    found.parts -= found.texts.keys()
    return found


def _text(path: Path) -> str | None:
    try:
        if not path.is_file() or path.stat().st_size > tex_source.MAX_BYTES:
            return None
        return decoded(path.read_bytes())
    except OSError:
        return None
