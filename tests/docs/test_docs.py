"""What the documents say is so: every command and setting is there, links lead somewhere, code blocks run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from twin.core.settings import names
from twin.inference.places import listed

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "docs.generate", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_place_is_documented_with_its_length_and_limit() -> None:
    page = (ROOT / "docs" / "places.md").read_text("utf-8")
    assert len(listed()) == 10
    for place in listed():
        [row] = [line for line in page.splitlines() if line.startswith(f"| `{place['name']}` |")]
        assert f"| {place['words']} words |" in row
        assert not place["limit"] or f"{place['limit']:,} " in row


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "config.md").read_text("utf-8")
    assert len(names()) > 40
    assert [name for name in names() if f"`{name}`" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
    broken = [one for one in targets if "://" not in one and not (page.parent / one).exists()]
    assert broken == []


def test_commands_in_the_readme_exist() -> None:
    """Every `twin …` line of a shell block parses: the command is known and so is each of its options."""
    blocks = re.findall(r"```(?:sh|bash|shell)\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    calls = [shlex.split(line) for line in lines if line.startswith("twin ")]
    assert len(calls) >= 5
    for _, command, *arguments in calls:
        shown = subprocess.run(
            [sys.executable, "-c", "from twin.app.cli import main; main()", command, "--help"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert shown.returncode == 0, command
        for option in (one.split("=")[0] for one in arguments if one.startswith("--")):
            assert option in shown.stdout, f"{command} {option}"


def test_make_targets_in_the_readme_exist() -> None:
    rules = (ROOT / "Makefile").read_text("utf-8")
    asked = set(re.findall(r"(?:^|`)make ([a-z]+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= asked
    assert [target for target in asked if f"\n{target}:" not in rules] == []
