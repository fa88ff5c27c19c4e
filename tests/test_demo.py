"""The demo author's archives are what their texts say."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from twin.core.layers import load_settings
from twin.pipeline import Twin

ROOT = Path(__file__).resolve().parents[1]


def test_the_archives_are_built_from_the_texts() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "demo.exports", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_archive_of_the_demo_is_read_as_its_authors(tmp_path: Path) -> None:
    """By the very words of its script, which nothing else runs to the end."""
    script = (ROOT / "demo" / "run.sh").read_text("utf-8")
    (said,) = re.findall(r"^step init (.*)$", script, re.M)
    (archives,) = re.findall(r"^for archive in (.*); do$", script, re.M)
    asked = shlex.split(said)
    author = asked[asked.index("--author") + 1]
    twin = Twin(load_settings(tmp_path / "home")[0])
    twin.init(author, [asked[i + 1] for i, word in enumerate(asked) if word == "--me"])
    for archive in archives.split():
        twin.add(str(ROOT / "demo" / "archives" / archive))
    collected = twin.collect()
    twin.close()
    assert [one.get("error", "") for one in collected["sources"]] == [""] * 4
    assert collected["documents"] == 154
