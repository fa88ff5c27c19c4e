"""Commands that look after a twin: what there is, what a text or a voice is, what is forgotten, what leaves."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from twin.app.face import FAILED, Home, Json, emit, fail, opened


def status(home: Home = None, json: Json = False) -> None:
    """What there is, what is stale, and what to do next."""
    from twin.app import show

    with opened(home) as twin:
        result = twin.status()
    emit(result, json, show.status(result), result["advice"])


def doctor(home: Home = None, json: Json = False) -> None:
    """What works, what is missing and how to mend it."""
    from twin.app import doctor as checks
    from twin.app import show

    result = checks.examine(home)
    emit(result, json, show.doctor(result))
    if any(row["state"] == "FAIL" for row in result):
        raise typer.Exit(FAILED)


def config(
    name: Annotated[str, typer.Argument(help="One setting, as in `privacy.phone`.")] = "",
    value: Annotated[str | None, typer.Argument(help="What to set it to; left out, it is only shown.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Every setting, its value and where it came from, or one of them; with a value, sets it."""
    from twin.app import show
    from twin.core.layers import default_home, known_setting, load_settings, origin_of_folders, write_setting
    from twin.inference import places

    if name:
        known_setting(name)
    if value is not None:
        if name == "write.place":
            places.load(value)
        write_setting((home or default_home()) / "twin.toml", name, value)
    settings, origin = load_settings(home)
    with opened(home) as twin:
        result = show.config_rows(settings, origin | origin_of_folders(home), by_size=twin.by_size())
    result = [row for row in result if name in ("", row["name"])]
    emit(result, json, show.config(result), f"edit {settings.home / 'twin.toml'}")


def sources(home: Home = None, json: Json = False) -> None:
    """Every source, and what became of the texts found there."""
    from twin.app import show

    with opened(home) as twin:
        result = twin.sources()
    emit(result, json, show.sources(result), "twin documents" if result else "twin add ~/Downloads/your-export.zip")


def documents(home: Home = None, json: Json = False) -> None:
    """Every stored text and what it may be used for."""
    from twin.app import show

    with opened(home) as twin:
        result = twin.documents()
    emit(result, json, show.documents(result))


def mark(
    what: Annotated[list[str], typer.Argument(help="Ids of documents, or of a source for all its texts.")],
    authorship: Annotated[str, typer.Option(help="own, co-authored, quoted or ai-assisted.")] = "",
    kind: Annotated[str, typer.Option(help="post, comment, article, note …")] = "",
    language: Annotated[str, typer.Option(help="ISO 639-1 code.")] = "",
    licence: Annotated[str, typer.Option(help="`mine`: its licence forbids others to learn from it, not you.")] = "",
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what came out since then.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Say what a text is, where a source or a guess says it wrongly."""
    from twin.core.text import counted

    given = {"authorship": authorship, "kind": kind, "language": language, "licence": licence}
    said = {name: value for name, value in given.items() if value}
    if not said:
        fail("nothing was said of it", "add one of --authorship, --kind, --language, --licence")
    with opened(home) as twin:
        result = twin.mark(what, since=since.date() if since else None, **said)
    words = ", ".join(f"{name} {value}" for name, value in said.items())
    emit(result, json, f"{counted(result['documents'], 'document')} marked: {words}.", "twin documents")


def privacy(home: Home = None, json: Json = False) -> None:
    """Private things found in your texts, and what becomes of them."""
    from twin.app import show

    with opened(home) as twin:
        result = twin.privacy()
    emit(result, json, show.privacy(result), "twin config privacy.phone drop")


def adapters(
    adapter: Annotated[str, typer.Argument(help="Id of one, to see all of it.")] = "",
    compare: Annotated[tuple[str, str] | None, typer.Option(help="Ids of two: what differs.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Every trained voice: what it is made of, its losses and its gate."""
    from twin.app import voices

    with opened(home) as twin:
        if compare:
            found = twin.compare_adapters(*compare)
            emit(found, json, voices.compared(found), f"twin activate {found['after']}")
        elif adapter:
            one = twin.adapter(adapter)
            emit(one, json, voices.whole(one), f"twin activate {one['id']}" if one["state"] != "active" else "")
        else:
            rows = twin.adapters()
            emit(rows, json, voices.listed(rows), f"twin adapters {rows[-1]['id']}" if rows else "twin train")


def activate(
    adapter: Annotated[str, typer.Argument(help="Id of an adapter; `none` writes without one.")] = "",
    previous: Annotated[bool, typer.Option("--previous", help="Roll back to the one that was active before.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Make an adapter active, or roll back to an earlier one."""
    with opened(home) as twin:
        result = twin.activate(adapter, previous=previous)
    was = f" (before: {result['before']})" if result["before"] else ""
    emit(result, json, f"Active: {result['active'] or 'no adapter'}{was}.", 'twin write "…"')


def forget(
    what: Annotated[str, typer.Argument(help="Id of a document or of a source, or `everything`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, where `everything` is forgotten.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Remove a text from everything that was made of it."""
    from twin.app import show

    with opened(home, doing="forget") as twin:
        if what == "everything" and not yes:
            typer.confirm(f"Forget the whole twin in {twin.home}? Your own files elsewhere stay.", abort=True, err=True)
        result = twin.forget(what)
    emit(result, json, show.forgotten(result), "twin train" if result["adapters"] else "twin status")


def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write the active adapter into.")],
    merged: Annotated[bool, typer.Option("--merged", help="Add a GGUF model that holds the adapter, float16.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Write the active adapter for llama.cpp, Ollama, vLLM and PEFT, with a card that says what it is."""
    with opened(home) as twin:
        result = twin.export(folder, merged=merged)
    emit(result, json, "\n".join(result["files"]))
