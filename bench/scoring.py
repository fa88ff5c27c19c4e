"""How fast 1,000 texts are measured, instrument by instrument: `python -m bench.scoring CORPORA`."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import TypeVar

from bench.people import writers
from twin.core.protocols import Metric, Sample
from twin.metrics.background import shipped
from twin.metrics.canaries import Canaries
from twin.metrics.copying import Copying
from twin.metrics.degenerate import Degenerate
from twin.metrics.repetition import Repetition
from twin.metrics.style import Style

AUTHOR = "Simon Willison"
TEXTS = 1000
T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scoring", description=__doc__)
    parser.add_argument("corpora", type=Path)
    people = writers(parser.parse_args().corpora)
    own = [parts[0] for parts in people[AUTHOR].texts][-200:]
    known = {str(i): text for i, text in enumerate(own)}
    others = [parts[0] for name, one in people.items() if name != AUTHOR for parts in one.texts]
    asked = list(islice(cycle(others), TEXTS))
    style = timed(f"fit on {len(own)} texts", lambda: Style(own, shipped(), author=AUTHOR))
    timed("style, all at once", lambda: style.scores(asked))
    for metric in (Copying(known), Repetition(known), Canaries(known), Degenerate(language="en")):
        timed(metric.name, lambda metric=metric: _each(metric, asked))  # type: ignore[misc]


def timed(said: str, work: Callable[[], T]) -> T:
    started = time.perf_counter()
    made = work()
    print(f"{said:24}{time.perf_counter() - started:7.2f} s", flush=True)
    return made


def _each(metric: Metric, texts: list[str]) -> None:
    for text in texts:
        metric.measure(Sample(text))


if __name__ == "__main__":
    main()
