"""What every command shares: the twin of a home, progress on stderr, results on stdout, errors in two lines."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from twin.core.protocols import Progress
    from twin.pipeline import Twin

FAILED, INTERRUPTED = 1, 130
PACE_OF_S = 1800.0
"""A bar reckons with the last half hour: rich's own half minute is one step of a larger model, which has no pace."""
_COMMANDS = re.compile(r"\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def folder_of_home(typed: str) -> Path:
    """Raises: BadSettings for an empty one: a path of no parts is the current folder."""
    if not typed.strip():
        from twin.core.errors import BadSettings

        raise BadSettings(
            "--home is empty", "name a folder, or leave --home out: TWIN_HOME or ~/.llm-twin is meant then"
        )
    return Path(typed)


Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        parser=folder_of_home,
        metavar="<path>",
        help="Folder of this twin (default: ~/.llm-twin or TWIN_HOME).",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


class Stopped(Exception):
    """Ctrl-C inside a command, under a name that the command line library does not swallow."""


@contextmanager
def opened(home: Path | None, flags: dict[str, Any] | None = None, *, doing: str = "") -> Iterator[Twin]:
    """The twin of a home, with a progress bar named after the command; closed whatever happens."""
    from twin.core.layers import load_settings
    from twin.pipeline import Twin

    given = {name: value for name, value in (flags or {}).items() if value is not None}
    settings, _ = load_settings(home, flags=given)
    with progress_bar(doing) as progress:
        twin = Twin(settings, progress)
        try:
            yield twin
        except KeyboardInterrupt:
            raise Stopped from None
        finally:
            twin.close()


@contextmanager
def progress_bar(doing: str) -> Iterator[Progress]:
    """A rich bar on stderr; in a log, where a bar cannot be drawn, a line every ten seconds."""
    from twin.core.protocols import silent

    if not doing:
        yield silent
    elif not sys.stderr.isatty():
        yield _lines(doing)
    else:
        with _bar() as bar:
            task = bar.add_task(doing, total=None, note="")

            def show(done: int, total: int, note: str) -> None:
                bar.update(task, completed=done, total=total or None, note=note)

            yield show


def _bar() -> RichProgress:
    """A bar with the time that is left, also of work whose steps take minutes."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.progress import TimeRemainingColumn as Remaining

    columns = (TextColumn("{task.description:>10}"), BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(
        *columns,
        Remaining(),
        TextColumn("{task.fields[note]}"),
        console=Console(stderr=True),
        speed_estimate_period=PACE_OF_S,
    )


def _lines(doing: str) -> Progress:
    from twin.core.pace import Pace

    last, pace = [0.0], [Pace()]

    def show(done: int, total: int, note: str) -> None:
        pace[0], now = pace[0].at(done, total), time.monotonic()
        if now - last[0] > 10:
            last[0] = now
            counted = f"{done} of {total} " if total else f"{done} " if done else ""
            said = f"  {doing}: {counted}{note}{pace[0].left(now)}"
            print(said, file=sys.stderr, flush=True)  # noqa: T201

    return show


def emit(result: Any, as_json: bool, text: str, next_command: str = "") -> None:
    """The result on stdout, as JSON or as text; the next command to type on stderr."""
    if as_json:
        ascii_alone = (sys.stdout.encoding or "utf-8").lower() not in ("utf-8", "utf8")
        print(json.dumps(result, ensure_ascii=ascii_alone, indent=2, default=str))  # noqa: T201
        return
    print(harmless(text))  # noqa: T201
    if next_command:
        print(f"next: {harmless(next_command)}", file=sys.stderr)  # noqa: T201


def harmless(text: str) -> str:
    """A text in, the same out with "�" for what would command a terminal: a title or a page may hold anything."""
    return _COMMANDS.sub("�", text)


def fail(message: str, hint: str, *, status: int = FAILED) -> NoReturn:
    """Two lines on stderr: what happened, and what to type."""
    print(f"error: {harmless(message)}", file=sys.stderr)  # noqa: T201
    if hint:
        print(f"  try: {harmless(hint)}", file=sys.stderr)  # noqa: T201
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(status)


def quiet_libraries() -> None:
    """Libraries under the product print bars, banners and advice of their own; none of it is for its user."""
    for name, value in {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_VERBOSITY": "error",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "LANCE_LOG": "error",
    }.items():
        os.environ.setdefault(name, value)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def run(command: Callable[[], Any]) -> None:
    """Runs a command; every failure is two lines and a status, never a traceback."""
    quiet_libraries()
    from twin.core.errors import TwinError
    from twin.core.text import is_utf8

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no UTF-8 still shows the rest
    for word in sys.argv[1:]:
        if not is_utf8(word):
            fail(f"{word!r} is not UTF-8", "type it in UTF-8; a file of such a name has to be renamed")
    try:
        command()
    except TwinError as bad:
        fail(bad.message, bad.hint)
    except (KeyboardInterrupt, Stopped):
        fail("stopped", "run the same command again: what was finished is kept", status=INTERRUPTED)
    except BrokenPipeError:
        raise SystemExit(FAILED) from None
    except OSError as bad:
        fail(f"the system said: {bad.strerror or bad} {_file(bad)}".rstrip(), _os_hint(bad))


def _file(bad: OSError) -> str:
    return f"({bad.filename})" if bad.filename else ""


def _os_hint(bad: OSError) -> str:
    import errno

    if bad.errno == errno.ENOSPC:
        return "free some disk space, then run the same command again; nothing that was finished is lost"
    return "check that folder and its permissions, then run the same command again"
