"""The demo author's archives are what their texts say."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_archives_are_built_from_the_texts() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "demo.exports", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
