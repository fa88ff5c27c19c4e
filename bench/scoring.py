"""How fast 1,000 texts are measured, instrument by instrument: `python -m bench.scoring CORPORA`.

Seconds by the clock, and of this program's own work: on a machine that does other things too the second is the figure.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from bench.people import writers
from twin.core.protocols import Metric, Sample
from twin.metrics.background import shipped
from twin.metrics.canaries import Canaries
from twin.metrics.copying import Copying
from twin.metrics.degenerate import Degenerate
from twin.metrics.habits import Habits
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
    print(f"{'':24}{'clock':>9}{'work':>9}")
    style, _ = timed(f"fit on {len(own)} texts", lambda: Style(own, shipped(), author=AUTHOR))
    _, took = timed("style, all at once", lambda: style.scores(asked))
    for metric in (Copying(known), Repetition(known), Canaries(known), Habits(own), Degenerate(language="en")):
        took += timed(metric.name, lambda metric=metric: _each(metric, asked))[1]  # type: ignore[misc]
    print(f"{f'{len(asked)} texts, without fit':24}{took[0]:7.2f} s{took[1]:7.2f} s")


def timed(said: str, work: Callable[[], T]) -> tuple[T, Any]:
    """Work in; what it made, and its seconds `[clock, work]`, out."""
    started = np.array([time.perf_counter(), time.process_time()])
    made = work()
    took = np.array([time.perf_counter(), time.process_time()]) - started
    print(f"{said:24}{took[0]:7.2f} s{took[1]:7.2f} s", flush=True)
    return made, took


def _each(metric: Metric, texts: list[str]) -> None:
    for text in texts:
        metric.measure(Sample(text))


if __name__ == "__main__":
    main()
