"""`accelerate launch -m twin.training DATASET`: the long part of `twin train` by several processes or GPUs.

DATASET is a version's folder in a home. The adapter lands in the home's `adapters`, under the name that `twin train`
looks for: run that afterwards, and it finds the adapter, keeps the pass that sounds most like the author, checks,
gates and registers it. Settings are the home's.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import fields
from pathlib import Path

from twin.core.errors import NotFound, TwinError
from twin.core.layers import load_settings
from twin.core.pace import Pace
from twin.core.protocols import Progress
from twin.core.records import Example, Message
from twin.models.hf import compute
from twin.models.weights import find_base
from twin.store.lock import only_writer
from twin.training.methods import chosen
from twin.training.together import Together
from twin.training.train import CARD, best_pass, preferred, train_adapter


def main() -> int:
    parser = argparse.ArgumentParser(prog="accelerate launch -m twin.training", description=__doc__)
    parser.add_argument("dataset", type=Path, help="folder of a dataset version: HOME/datasets/VERSION")
    parser.add_argument("--refit-of", default="", help="id of a gated adapter: learn from everything, stop by nothing")
    asked = parser.parse_args()
    try:
        adapter = run(asked.dataset.expanduser().absolute(), refit_of=asked.refit_of)
    except TwinError as bad:
        sys.stderr.write(f"error: {bad.message}\n  try: {bad.hint}\n")
        return 1
    if adapter:
        sys.stdout.write(f"{adapter}\nnext: twin train\n")
    return 0


def run(dataset: Path, *, refit_of: str = "") -> str:
    """A dataset folder in, the adapter's folder out; "" in the processes that write nothing."""
    home = dataset.parent.parent
    settings, _ = load_settings(home)
    learned = list(examples(dataset, "train"))
    base = find_base(settings.train.base, cache=settings.cache)
    recipe, methods, why = chosen(settings.train.model_dump(), base=base, examples=len(learned))
    if refit_of:
        learned += [one for side in ("tune", "test") for one in examples(dataset, side)]
        before = gated(home, refit_of)
        recipe, methods = recipe.again(best_pass(before)), methods.again(preferred=preferred(before))
    together = Together(compute()[0])
    with only_writer(home, "training") if together.main else nullcontext():
        made, _ = train_adapter(
            learned,
            [] if refit_of else [one for one in examples(dataset, "tune") if one.measured],
            dataset=dataset.name,
            base=base,
            recipe=recipe,
            folder=home / "adapters",
            cache=settings.cache,
            refit_of=refit_of,
            methods=methods,
            why=why,
            decide=False,
            progress=_telling(),
        )
    return str(made.path) if together.main else ""


def gated(home: Path, adapter: str) -> Path:
    """The folder of an adapter that is there. Raises: NotFound."""
    folder = home / "adapters" / adapter
    if not (folder / CARD).is_file():
        raise NotFound(f"no adapter {adapter!r} to fit again", "list them with: twin adapters")
    return folder


def examples(dataset: Path, side: str) -> Iterator[Example]:
    """One side of a dataset folder. Raises: NotFound where there is no such folder."""
    file = dataset / f"{side}.jsonl"
    if not file.is_file():
        raise NotFound(f"no dataset in {str(dataset)!r}", "name a version's folder: HOME/datasets/VERSION")
    names = [field.name for field in fields(Example) if field.name != "prompt"]
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            found = json.loads(line)
            asked = tuple(Message(**message) for message in found["prompt"])
            yield Example(prompt=asked, **{name: found[name] for name in names})


def _telling() -> Progress:
    """A line for each word of progress, with the time that is left."""
    pace = [Pace()]

    def tell(done: int, total: int, note: str) -> None:
        pace[0] = pace[0].at(done, total)
        sys.stderr.write(f"  train: {done} of {total} {note}{pace[0].left(time.monotonic())}\n")

    return tell


if __name__ == "__main__":
    sys.exit(main())
