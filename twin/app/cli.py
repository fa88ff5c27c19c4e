"""The command line. Each command calls one method of `Twin`, prints its result and names the next command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from twin.app import datasets, keeping, search, versions
from twin.app.face import FAILED, Home, Json, emit, opened, run

BOTH_PIPED = 'say the brief on the command line: twin write "what you want to answer" --answer - < post.txt'


class MainPath(TyperGroup):
    """Commands in the order in which they run, also `dataset`, which has others below it and would come last."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002
        names = [name for name in self.commands if name != "dataset"]
        at = names.index("index") + 1
        return [*names[:at], "dataset", *names[at:]]


app = typer.Typer(
    cls=MainPath,
    help="Learns to write like one person, and checks what it writes. Everything stays on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(datasets.group, name="dataset")


@app.command()
def init(
    author: Annotated[str, typer.Option(help="Your name, as you sign; needed once.")] = "",
    me: Annotated[list[str] | None, typer.Option(help="A mail, handle or profile URL that is you; repeat it.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Say who you are in each source."""
    with opened(home) as twin:
        result = twin.init(author, me or [])
    known = ", ".join(result["me"]) or "no handles yet"
    emit(result, json, f"This is the twin of {result['author']} ({known}).", "twin add ~/Downloads/your-export.zip")


@app.command()
def add(
    location: Annotated[str, typer.Argument(help="An export file, a folder, a link; `-` for a pasted note.")],
    kind: Annotated[str, typer.Option(help="What it is, where that cannot be told.")] = "",
    not_mine: Annotated[bool, typer.Option("--not-mine", help="Someone else's words: for facts, never voice.")] = False,
    messages: Annotated[
        bool, typer.Option("--messages", help="Private messages too; without it they stay unread.")
    ] = False,
    zone: Annotated[str, typer.Option(help="Time zone of a chat's clock, as in Europe/Berlin.")] = "",
    home: Home = None,
    json: Json = False,
) -> None:
    """Add a place to collect from."""
    with opened(home) as twin:
        if location == "-":
            result = twin.note(typer.get_text_stream("stdin").read(), mine=not not_mine)
        else:
            result = twin.add(location, kind=kind, mine=not not_mine, messages=messages, zone=zone)
    lines = [f"Added {result['location']} as {result['kind']} ({result['consent']}): {result['route']}."]
    if result["better"]:
        lines.append(f"Better: {result['better']}.")
    if result["proposed_me"]:
        flags = " ".join(f'--me "{handle}"' for handle in result["proposed_me"])
        lines.append(f"It says that its owner is {', '.join(result['proposed_me'])}. If that is you: twin init {flags}")
    emit(result, json, "\n".join(lines), "twin collect")


@app.command()
def collect(home: Home = None, json: Json = False) -> None:
    """Read every source; store only what is new."""
    from twin.app import show

    with opened(home, doing="collect") as twin:
        result = twin.collect()
    emit(result, json, show.collected(result), "twin train")
    if any("error" in source for source in result["sources"]):
        raise typer.Exit(FAILED)


@app.command()
def index(home: Home = None, json: Json = False) -> None:
    """Make your texts searchable."""
    from twin.core.text import counted

    with opened(home, doing="index") as twin:
        result = twin.index()
    text = (
        f"{counted(result['chunks'], 'chunk')} of {counted(result['documents'], 'document')}: "
        f"{result['embedded']} embedded, {result['unchanged']} unchanged, "
        f"{result['removed']} removed ({result['seconds']} s)."
    )
    emit(result, json, text, "twin train")


app.command()(search.search)


@app.command()
def train(
    epochs: Annotated[int | None, typer.Option(help="Passes over the examples.")] = None,
    refit: Annotated[bool | None, typer.Option(help="After a passed gate, fit again on everything.")] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Only say how long it would take, by a few real steps and texts.")
    ] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Fine-tune the model on your words, then gate it."""
    from twin.app import show

    with opened(home, {"train.epochs": epochs, "train.refit": refit}, doing="train") as twin:
        if plan:
            planned = twin.plan_training()
            emit(planned, json, show.planned(planned), "twin train")
            return
        result = twin.train()
    emit(result, json, show.trained(result), 'twin write "what you want to say"')


@app.command()
def write(
    brief: Annotated[str, typer.Argument(help="What to write about, in your words; `-` reads it.")] = "",
    link: Annotated[list[str] | None, typer.Option(help="A link, file or folder with material; repeat it.")] = None,
    place: Annotated[str | None, typer.Option(help="Where it will be posted; see: twin places.")] = None,
    audience: Annotated[str, typer.Option(help="For whom it is.")] = "",
    must: Annotated[list[str] | None, typer.Option(help="Words that must stand in it; repeat it.")] = None,
    avoid: Annotated[list[str] | None, typer.Option(help="Words that must not; repeat it.")] = None,
    answer: Annotated[str, typer.Option(help="A post to answer: a link, a file, or `-` for a pasted one.")] = "",
    kind: search.Kinds = None,
    site: search.Sites = None,
    since: search.Since = "",
    until: search.Until = "",
    words: Annotated[int | None, typer.Option(help="Length, in words.")] = None,
    variants: Annotated[int | None, typer.Option(help="Drafts to show.")] = None,
    candidates: Annotated[int | None, typer.Option(help="Next passages to sample at each step.")] = None,
    year: Annotated[int | None, typer.Option(help="In your voice of that year.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed; the same one gives the same draft.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Write a post, or what another place takes, with its sources and claims.

    --kind, --from, --since and --until say which of your texts it may stand on.
    """
    from twin.app import drafts as written
    from twin.core.errors import BadRequest
    from twin.inference.material.narrow import where_of

    if brief == answer == "-":
        raise BadRequest("what is piped in cannot be both the brief and the post to answer", BOTH_PIPED)
    flags = {
        "write.place": place,
        "write.words": words,
        "write.variants": variants,
        "write.candidates": candidates,
        "write.year": year,
        "write.seed": seed,
    }
    with opened(home, flags, doing="write") as twin:
        pasted = typer.get_text_stream("stdin").read() if "-" in (brief, answer) else ""
        result = twin.write(
            pasted if brief == "-" else brief,
            links=link or [],
            audience=audience,
            must=must or [],
            avoid=avoid or [],
            answer=pasted if answer == "-" else answer,
            where=where_of(kinds=kind or [], places=site or [], since=since, until=until),
        )
    emit(result, json, written.drafts(result), "twin serve" if result["drafts"] else 'twin write "…" --link notes.md')


@app.command()
def places(json: Json = False) -> None:
    """The places that a draft can be written for, and their limits."""
    from twin.app import show
    from twin.inference.places import listed

    rows = listed()
    emit(rows, json, show.places(rows), 'twin write "what you want to say" --place x-thread')


@app.command()
def repurpose(
    draft: Annotated[str, typer.Argument(help="Id of a draft; `write` prints it.")],
    place: Annotated[str, typer.Option(help="The place to turn it into; see: twin places.")],
    home: Home = None,
    json: Json = False,
) -> None:
    """Turn a draft into what another place takes; what is lost on the way is said."""
    from twin.app import drafts as written

    with opened(home) as twin:
        result = twin.repurpose(draft, place)
    emit(result, json, written.repurposed(result), "twin serve")


app.command()(versions.drafts)
app.command()(versions.refine)
app.command()(versions.choose)
app.command()(versions.preferences)


@app.command()
def evaluate(
    blind: Annotated[bool, typer.Option("--blind", help="Write a page that asks readers which text is yours.")] = False,
    answers: Annotated[list[Path] | None, typer.Option(help="A file that a reader saved; repeat it.")] = None,
    against: Annotated[Path | None, typer.Option(help="An older report: what became better or worse since.")] = None,
    curve: Annotated[bool, typer.Option("--curve", help="Train on parts of your texts too: would more help?")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Measure the twin on texts it has never seen."""
    from twin.app import show

    if against:
        with opened(home) as twin:
            result = twin.against(against)
        emit(result, json, "\n".join(result["sentences"]), f"open {Path(result['report']).with_suffix('.html')}")
        return
    if answers:
        with opened(home) as twin:
            result = twin.blind_results(answers)
        emit(result, json, show.blind_results(result), "twin evaluate --blind")
        return
    if blind:
        with opened(home) as twin:
            result = twin.blind()
        emit(result, json, show.blind(result), "twin evaluate --answers answers-NAME.json")
        return
    with opened(home, doing="evaluate") as twin:
        result = twin.evaluate(curve=curve)
    emit(result, json, show.evaluated(result), f"open {result['report']}")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address; any but loopback needs TWIN_SERVE__TOKEN.")] = None,
    port: Annotated[int | None, typer.Option(help="Port.")] = None,
    home: Home = None,
) -> None:
    """Open the studio and the REST API on this machine."""
    from twin.app import server
    from twin.core.layers import load_settings

    given = {name: value for name, value in {"serve.host": host, "serve.port": port}.items() if value is not None}
    settings, _ = load_settings(home, flags=given)
    server.serve(settings)


for command in (
    keeping.status,
    keeping.doctor,
    keeping.config,
    keeping.sources,
    keeping.documents,
    keeping.mark,
    keeping.privacy,
    keeping.adapters,
    keeping.activate,
    keeping.forget,
    keeping.export,
):
    app.command()(command)


def main() -> None:
    """Runs a command; every failure is two lines and a status, never a traceback."""
    run(app)
