"""Homes for benches of writing: copies of those that `bench.recipes` trained, which are only read, or new ones."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.recipes import filled
from twin.core.protocols import silent
from twin.core.records import Adapter
from twin.core.settings import load_settings
from twin.pipeline import Twin


@dataclass(frozen=True, slots=True)
class Trained:
    """A home of `bench.recipes`, how many texts it learned from, and one of its adapters."""

    home: Path
    texts: int
    adapter: str


def trained_by(author: str, cells: Path | None, texts: int = 0) -> Trained | None:
    """The author's cell of so many texts or the most, one without settings of its own before others; None if none."""
    found = [json.loads(file.read_text("utf-8")) for file in cells.glob("cells/*.json")] if cells else []
    found = [one for one in found if one["author"] == author and texts in (0, one["texts"])]
    if not cells or not found:
        return None
    best = max(found, key=lambda one: (one["texts"], -len(one["flags"]), sorted(one["flags"].items())))
    return Trained(cells / "homes" / f"{author}-{best['texts']}", best["texts"], best["train"]["adapter"])


def opened(corpus: Path, home: Path, trained: Trained | None, texts: int, flags: Mapping[str, str]) -> Twin:
    """An author's home: a copy of the trained one, its adapter active, or one that holds so many texts and no adapter.

    A home that is there already is opened as it is.
    """
    if trained and not home.is_dir():
        shutil.copytree(trained.home / "adapters" / trained.adapter, home / "adapters" / trained.adapter)
        with (
            closing(sqlite3.connect(f"file:{trained.home / 'twin.db'}?mode=ro", uri=True)) as there,
            closing(sqlite3.connect(home / "twin.db")) as here,
        ):
            there.backup(here)  # a whole copy, also while somebody writes
    settings, _ = load_settings(home, flags=flags)
    twin = Twin(settings, silent)
    filled(twin, corpus, trained.texts if trained else texts)
    active = twin.store.active_adapter()
    if trained and (active is None or active.id != trained.adapter):
        twin.store.add_adapter(adapter_in(home / "adapters" / trained.adapter), ())
        twin.store.set_adapter_state(trained.adapter, "active")
    return twin


def adapter_in(path: Path) -> Adapter:
    """The folder of an adapter in, what its card says of it out."""
    card = json.loads((path / "adapter.json").read_text("utf-8"))
    losses = {"before": card["before"], "after": card["after"]}
    return Adapter(path.name, card["dataset"], card["base"], "sft", "candidate", path, losses, {})
