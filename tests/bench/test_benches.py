"""Benches are run by hand and seldom: each can at least be started."""

import subprocess
import sys
from pathlib import Path

import bench

NAMES = sorted(file.stem for file in Path(bench.__path__[0]).glob("*.py") if file.stem != "__init__")


def test_every_bench_finds_what_it_is_made_of() -> None:
    assert len(NAMES) > 15
    code = "".join(f"import bench.{name}\n" for name in NAMES)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
