"""Commands on drafts that are there: another version, the one before, the one that is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.app import drafts as written
from twin.app import whole
from twin.app.face import Home, Json, emit, opened
from twin.core.errors import BadRequest
from twin.core.text import counted, word_count


def drafts(
    draft: Annotated[str, typer.Argument(help="Id of one, to see all of it; none: a row for each.")] = "",
    home: Home = None,
    json: Json = False,
) -> None:
    """Every draft with its versions; of one, all that was found of it and the exact prompt."""
    with opened(home) as twin:
        if draft:
            found = twin.draft(draft)
            emit(found, json, whole.draft(found), f"twin refine {draft}")
            return
        rows = twin.drafts()
    emit(rows, json, whole.listed(rows), f"twin drafts {rows[0]['id']}" if rows else 'twin write "…"')


def refine(
    draft: Annotated[str, typer.Argument(help="Id of a draft; `write` prints it.")],
    ask: Annotated[
        str,
        typer.Argument(
            help="shorter, longer, continue, plainer, more me, another hook, again, translate to …; none: numbers."
        ),
    ] = "",
    sentence: Annotated[
        list[int] | None, typer.Option(help="Only this sentence, counted from 1; repeat it for more.")
    ] = None,
    keep: Annotated[list[int] | None, typer.Option(help="A sentence that stays; repeat it.")] = None,
    edited: Annotated[Path | None, typer.Option(help="A file with the text as you changed it: a version too.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Back to the version before; both stay.")] = False,
    seed: Annotated[int | None, typer.Option(help="Another seed draws other words.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Another version of a draft: checked like the first, and the first stays."""
    _one_of(draft, ask=ask, edited=edited, undo=undo, some=sentence or keep)
    with opened(home, {"write.seed": seed}, doing="refine") as twin:
        if not (undo or ask or edited):
            lines = twin.numbered(draft)
            numbers = "\n".join(f"{i:3} {line}" for i, line in enumerate(lines, 1))
            emit(lines, json, numbers, f'twin refine {draft} "plainer" --sentence 1')
            return
        if edited:
            result = twin.revise(draft, _text_of(edited))
        else:
            result = twin.undo(draft) if undo else twin.refine(draft, ask, sentences=sentence or (), keep=keep or ())
    emit(result, json, written.version(result), f"twin refine {result['draft']['id']} --undo")


def choose(
    draft: Annotated[str, typer.Argument(help="Id of the draft that you take.")],
    edited: Annotated[Path | None, typer.Option(help="A file with the text as you changed it.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Say which draft you take, and how you changed it: with your consent it is learned from."""
    text = _text_of(edited) if edited else ""
    with opened(home) as twin:
        result = twin.choose(draft, edited=text)
    told = f"Taken: draft {result['draft']['id']}, preferred to {counted(len(result['pairs']), 'other text')}."
    emit(result, json, told, "twin preferences")


def preferences(
    forget: Annotated[list[str] | None, typer.Option(help="Id of a pair to delete, or `all`; repeat it.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """What you chose and edited, as it may be learned from; all of it can be deleted."""
    with opened(home) as twin:
        if forget:
            gone = twin.forget_preferences(forget)
            emit(gone, json, f"{counted(gone['forgotten'], 'pair')} gone.")
            return
        rows = twin.preferences()
    emit(rows, json, written.preferences(rows), "twin preferences --forget ID")


def _one_of(draft: str, *, ask: str, edited: Path | None, undo: bool, some: object) -> None:
    """Raises: BadRequest for what cannot be done in one step, rather than leave a part of it undone."""
    asked = [one for one in (ask and repr(ask), edited and "--edited", undo and "--undo") if one]
    if len(asked) > 1:
        raise BadRequest(f"{' and '.join(asked)} are two steps", f"take the one first: twin refine {draft} {asked[0]}")
    if some and not ask:
        raise BadRequest("--sentence and --keep say what an ask may change", f'twin refine {draft} "plainer" …')


def _text_of(file: Path) -> str:
    """Raises: BadRequest for a file that is no text, or has no word."""
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as bad:
        raise BadRequest(f"{file.name!r} is no text in UTF-8", "save it as UTF-8, then run the same command") from bad
    if not word_count(text):
        raise BadRequest(f"there is no word in {file.name!r}", "write your version into it, then run the same command")
    return text
