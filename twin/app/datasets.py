"""`twin dataset` and what stands below it: building a version, reading its examples, deciding on them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.app.face import Home, Json, emit, fail, opened

Example = Annotated[str, typer.Argument(help="Id of an example: twin dataset list.")]
NEXT = "twin dataset"

group = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


@group.callback()
def dataset(
    context: typer.Context,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what a helper model would be sent, and cost.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Agree to what a helper model is sent, and costs.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Build a dataset version to train on; below: read it, edit it, compare it."""
    from twin.app import show

    if context.invoked_subcommand:
        if plan or yes or home or json:
            name = context.invoked_subcommand
            fail(f"options stand behind {name!r}", f"twin dataset {name} … --home FOLDER --json")
        return
    with opened(home, doing="dataset") as twin:
        asked = twin.helper_plan()
        if plan:
            emit(asked, json, show.helper_plan(asked), "twin dataset --yes" if asked else NEXT)
            return
        if asked and asked["requests"]:
            typer.echo(show.helper_plan(asked, whole=asked["consent"] and not yes), err=True)
        result = twin.dataset(agreed=yes)
    emit(result, json, show.dataset(result), "twin dataset list, or twin train")


@group.command("list")
def list_examples(
    side: Annotated[str, typer.Option(help="train, tune or test.")] = "",
    shape: Annotated[str, typer.Option(help="Only examples of this shape.")] = "",
    document: Annotated[str, typer.Option(help="Only examples of this document.")] = "",
    decision: Annotated[str, typer.Option(help="Only what you `excluded` or `edited`.")] = "",
    home: Home = None,
    json: Json = False,
) -> None:
    """Every example of the newest version, and what you decided of it."""
    from twin.app import show

    with opened(home) as twin:
        result = twin.examples(side=side, shape=shape, document=document, decision=decision)
    emit(result, json, show.examples(result), f"twin dataset show {result[0]['id']}" if result else "")


@group.command("show")
def show_example(example: Example, home: Home = None, json: Json = False) -> None:
    """One example: its prompt, and the text that is learned."""
    from twin.app import show

    with opened(home) as twin:
        result = twin.example(example)
    emit(result, json, show.example(result), f"twin dataset exclude {example}, or twin dataset edit {example}")


@group.command()
def exclude(
    example: Example,
    why: Annotated[str, typer.Option(help="A note to yourself.")] = "",
    home: Home = None,
    json: Json = False,
) -> None:
    """Learn nothing from the section that an example was made of."""
    with opened(home) as twin:
        result = twin.exclude(example, why)
    emit(result, json, f"Excluded, with {result['shared']} of its shapes; the next version leaves it out.", NEXT)


@group.command()
def include(example: Example, home: Home = None, json: Json = False) -> None:
    """Take an exclusion back."""
    with opened(home) as twin:
        result = twin.include(example)
    emit(result, json, "Included again, from the next version on.", NEXT)


@group.command()
def edit(
    example: Example,
    file: Annotated[Path | None, typer.Option(help="A file with the new text; without one, stdin is read.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Learn the section as it was written again.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Learn another text in its place; the document stays as you wrote it."""
    with opened(home) as twin:
        text = None
        if not undo:
            text = file.read_text("utf-8") if file else typer.get_text_stream("stdin", encoding="utf-8").read()
        result = twin.edit(example, text)
    said = "Edited" if result["decision"] == "edited" else "As it was written again"
    emit(result, json, f"{said}, from the next version on.", NEXT)


@group.command()
def diff(
    before: Annotated[str, typer.Argument(help="A version, or how it begins; without one, the one before.")] = "",
    after: Annotated[str, typer.Argument(help="The version to compare with; without one, the newest.")] = "",
    home: Home = None,
    json: Json = False,
) -> None:
    """What changed from one version to another, in words."""
    from twin.app import show

    with opened(home) as twin:
        result = twin.difference(before, after)
    emit(result, json, show.difference(result))
