"""`python -m twin.metrics.background build FOLDER` writes the pack; `credits` prints whose features it holds."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from twin.core.errors import TwinError
from twin.metrics.background import PACK, shipped


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m twin.metrics.background", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="compute the pack from the corpora")
    building.add_argument("folder", type=Path)
    building.add_argument("--out", type=Path, default=PACK)
    commands.add_parser("credits", help="people, licences and attributions of the pack")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "build":
            _build(chosen.folder, chosen.out)
        else:
            _credits()
    except TwinError as bad:
        sys.stderr.write(f"{bad.message}\n{bad.hint}\n")
        return 1
    return 0


def _build(folder: Path, out: Path) -> None:
    from twin.metrics.background.build import build

    background = build(folder)
    unfinished = out.with_suffix(".part")
    with unfinished.open("wb") as file:
        background.save(file)
    unfinished.replace(out)
    buckets = f"{len(background.chars.buckets)} n-gram buckets and {len(background.masked.buckets)} masked ones"
    sys.stdout.write(
        f"{out}: {len(background.person)} parts by {len(background.people)} people, {buckets}, "
        f"{out.stat().st_size / 1e6:.2f} MB, version {background.version}\n"
    )


def _credits() -> None:
    background = shipped()
    shares = Counter(background.people[i].name for i in background.person)
    for person in background.people:
        sys.stdout.write(
            f"{person.name}: {shares[person.name]} parts ({person.register}, {person.era}), {person.licence}. "
            f"{person.attribution}\n"
        )


if __name__ == "__main__":
    sys.exit(main())
