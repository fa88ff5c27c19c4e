"""How long `twin --help` takes, against a bare Typer program with as many commands: `python -m bench.startup`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 15
BARE = (
    "import typer\napp = typer.Typer()\n"
    + "\n".join(f"@app.command()\ndef c{i}(): 'A command.'" for i in range(18))
    + "\napp(['--help'])"
)
OURS = "import sys; sys.argv = ['twin', '--help']; from twin.app.cli import main; main()"


def seconds(program: str) -> list[float]:
    """Wall seconds of a fresh interpreter, each run."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
        times.append(time.perf_counter() - started)
    return times


def main() -> None:
    seconds(OURS)
    bare, ours = seconds(BARE), seconds(OURS)
    print(f"{'program':24} {'median ms':>10} {'worst ms':>10} {'ratio':>7}")
    for name, times in (("bare Typer, 18 commands", bare), ("twin --help", ours)):
        ratio = statistics.median(times) / statistics.median(bare)
        print(f"{name:24} {statistics.median(times) * 1000:10.0f} {max(times) * 1000:10.0f} {ratio:7.2f}")


if __name__ == "__main__":
    main()
