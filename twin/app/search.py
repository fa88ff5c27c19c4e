"""What the command line and REST say of where to look in, and the command that looks."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from twin.app.face import Home, Json, emit, opened

Kinds = Annotated[
    list[str] | None, typer.Option("--kind", help="Only texts of this kind, as post or article; repeat it.")
]
Sites = Annotated[
    list[str] | None, typer.Option("--from", help="Only texts from there, as linkedin or medium; repeat it.")
]
Since = Annotated[str, typer.Option(help="Only texts since this day, month or year, as 2024-05-06.")]
Until = Annotated[str, typer.Option(help="Only texts until then, the day itself included.")]


def search(
    query: Annotated[str, typer.Argument(help="What to look for, in your words.")],
    kind: Kinds = None,
    site: Sites = None,
    since: Since = "",
    until: Until = "",
    most: Annotated[int, typer.Option(min=1, max=50, help="Passages to show.")] = 8,
    home: Home = None,
    json: Json = False,
) -> None:
    """Find what you wrote on something: the passages that a draft would stand on."""
    from twin.inference.material.narrow import where_of

    where = where_of(kinds=kind or [], places=site or [], since=since, until=until)
    with opened(home, doing="search") as twin:
        result = twin.search(query, where=where, most=most)
    emit(result, json, shown(result), 'twin write "what you want to say"')


def shown(result: Mapping[str, Any]) -> str:
    """Each passage with its title, day and place, and how it begins."""
    lines = []
    for number, one in enumerate(result["passages"], 1):
        title = textwrap.shorten(one["title"] or one["text"], 60, placeholder=" …")
        stands = f"{one['published'] or 'undated'}  {one['kind']} from {one['place']}"
        lines += [
            f"[{number}] {stands}  {title}  {one['url']}".rstrip(),
            textwrap.indent(textwrap.fill(textwrap.shorten(one["text"], 280, placeholder=" …"), 96), "    "),
        ]
    return "\n".join(lines) or "Nothing of yours is near this."
