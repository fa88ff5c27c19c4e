"""Writes the documentation that is made from code: docs/config.md, docs/commands.md and twin.toml.example.

`python -m docs.generate` writes them, `--check` only says whether they are as they would be written.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from twin.core.settings import ENVIRONMENT_ONLY, env_name, sections

ROOT = Path(__file__).resolve().parent.parent


def config_page() -> str:
    """Every setting with its default, bounds and meaning."""
    lines = [
        "# Settings",
        "",
        "A flag comes before the environment, that before `twin.toml` in the home folder, that before the default.",
        "`twin config` shows every value and where it came from. Two folders are not settings: `TWIN_HOME` (or",
        "`--home`), the folder of one twin, and `TWIN_CACHE`, where unpacked base models are kept for all twins.",
    ]
    for section, kind in sections().items():
        lines += ["", f"## {section}", "", "| name | default | environment | meaning |", "|---|---|---|---|"]
        for key, field in kind.model_fields.items():
            name = f"{section}.{key}"
            lines.append(
                f"| `{name}` | `{toml(field.default)}` | `{env_name(name)}` | {field.description}{bounds(field)} |"
            )
    return "\n".join(lines) + "\n"


def bounds(field: Any) -> str:
    """The limits that the type checks, in words."""
    words = {"ge": "from", "gt": "over", "le": "to", "lt": "under"}
    found = [
        f"{words[name]} {value}"
        for one in field.metadata
        for name in words
        if (value := getattr(one, name, None)) is not None
    ]
    return f" ({', '.join(found)})" if found else ""


def toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def toml_example() -> str:
    """A `twin.toml` that changes nothing: every line is a comment with the default."""
    lines = ["# Copy to twin.toml in the home folder of a twin and take the # off the lines you change."]
    for section, kind in sections().items():
        lines += ["", f"[{section}]"]
        for key, field in kind.model_fields.items():
            if f"{section}.{key}" not in ENVIRONMENT_ONLY:
                lines += [f"# {field.description}", f"# {key} = {toml(field.default)}"]
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """The help of every command, as the command prints it."""
    from typer.main import get_command
    from typer.testing import CliRunner

    from twin.app.cli import app

    runner = CliRunner(env={"COLUMNS": "100", "TERMINAL_WIDTH": "100"})
    names = command_names(get_command(app))
    lines = ["# Commands", "", "Every command takes `--home`, and `--json` for a result that a program can read.", ""]
    for name in ["", *names]:
        shown = runner.invoke(app, [*name.split(), "--help"], prog_name="twin").output
        lines += [
            f"## {name or 'twin'}",
            "",
            "```text",
            *(line.rstrip() for line in shown.strip().splitlines()),
            "```",
            "",
        ]
    return "\n".join(lines)


def command_names(group: Any, above: str = "") -> list[str]:
    """Every command in the order of the help, each followed by those below it."""
    found: list[str] = []
    for name in group.list_commands(None) if hasattr(group, "commands") else ():
        found += [above + name, *command_names(group.commands[name], f"{above}{name} ")]
    return found


PAGES = {"docs/config.md": config_page, "docs/commands.md": commands_page, "twin.toml.example": toml_example}


def main() -> int:
    stale = []
    for name, page in PAGES.items():
        text = page()
        file = ROOT / name
        if "--check" in sys.argv and (not file.is_file() or file.read_text("utf-8") != text):
            stale.append(name)
        elif "--check" not in sys.argv:
            file.write_text(text, "utf-8")
    if stale:
        sys.stderr.write(f"out of date: {', '.join(stale)}; run: make docs\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
