"""Homes for benches of writing: copies of those that `bench.recipes` trained, which are only read, or new ones."""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.corpora import filled
from twin.core.layers import load_settings
from twin.core.prompts import VERSION as PROMPTS
from twin.core.protocols import silent
from twin.core.records import Adapter, digest
from twin.core.settings import Settings
from twin.metrics.background import shipped
from twin.metrics.claims import Claims
from twin.metrics.copying import Copying
from twin.metrics.coverage import Coverage
from twin.metrics.degenerate import Degenerate
from twin.metrics.style import VERSION as STYLE
from twin.pipeline import Twin

DECIDING = ("index", "dataset", "train", "write", "evaluate")
"""Sections of the settings that a figure may hang on."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A home of `bench.recipes`, how many texts it learned from, and one of its adapters."""

    home: Path
    texts: int
    adapter: str


def takes_settings(parser: argparse.ArgumentParser) -> None:
    """The option `--set NAME=VALUE`, as often as one likes; `dict(chosen.settings)` are the flags."""
    parser.add_argument("--set", action="append", default=[], dest="settings", type=setting, metavar="NAME=VALUE")


def setting(said: str) -> tuple[str, str]:
    name, value = said.split("=", 1)
    return name, value


def twin_in(home: Path, flags: Mapping[str, Any]) -> Twin:
    settings, _ = load_settings(home, flags=flags)
    return Twin(settings, silent)


def made_with(settings: Settings) -> str:
    """Settings in, a digest of what decides a figure out: they as they are resolved, the model, metrics and prompts."""
    metrics = (STYLE, shipped().version, *(one.version for one in (Claims, Copying, Coverage, Degenerate)), PROMPTS)
    chosen = {section: getattr(settings, section).model_dump() for section in DECIDING}
    return digest(metrics, settings.model.kind, settings.model.name, chosen)


def trained_by(author: str, cells: Path | None, texts: int = 0) -> Trained | None:
    """The author's cell of so many texts or the most, one without settings of its own before others; None if none.

    Of several that are alike the newest.
    """
    files = sorted(cells.glob("cells/*.json"), key=lambda one: one.stat().st_mtime, reverse=True) if cells else []
    found = [json.loads(file.read_text("utf-8")) for file in files]
    found = [one for one in found if one["author"] == author and texts in (0, one["texts"])]
    if not cells or not found:
        return None
    best = max(found, key=lambda one: (one["texts"], -len(one["flags"]), sorted(one["flags"].items())))
    return Trained(cells / "homes" / f"{author}-{best['texts']}", best["texts"], best["train"]["adapter"])


def home_for(kept: Path, author: str, trained: Trained | None, texts: int) -> Path:
    """Where an author's home lies: one for each adapter, and one for each number of texts without any."""
    return kept / "homes" / (f"{author}-{trained.texts}-{trained.adapter}" if trained else f"{author}-{texts}")


def opened(corpus: Path, home: Path, trained: Trained | None, texts: int, flags: Mapping[str, str]) -> Twin:
    """An author's home: a copy of the trained one, its adapter active, or one that holds so many texts and no adapter.

    A home that is there already is opened as it is.
    """
    if trained and not home.is_dir():
        _copied(trained, home)
    twin = twin_in(home, flags)
    filled(twin, corpus, trained.texts if trained else texts)
    active = twin.store.active_adapter()
    if trained and (active is None or active.id != trained.adapter):
        twin.store.add_adapter(adapter_in(home / "adapters" / trained.adapter), ())
        twin.store.set_adapter_state(trained.adapter, "active")
    return twin


def _copied(trained: Trained, home: Path) -> None:
    """The database and the adapter of a trained home in another, which is there as a whole or not at all."""
    scratch = home.with_name(f"{home.name}.new")
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(trained.home / "adapters" / trained.adapter, scratch / "adapters" / trained.adapter)
    with (
        closing(sqlite3.connect(f"file:{trained.home / 'twin.db'}?mode=ro", uri=True)) as there,
        closing(sqlite3.connect(scratch / "twin.db")) as here,
    ):
        there.backup(here)  # a whole copy, also while somebody writes
    scratch.rename(home)


def adapter_in(path: Path) -> Adapter:
    """The folder of an adapter in, what its card says of it out."""
    card = json.loads((path / "adapter.json").read_text("utf-8"))
    losses = {"before": card["before"], "after": card["after"]}
    return Adapter(path.name, card["dataset"], card["base"], "sft", "candidate", path, losses, {})
