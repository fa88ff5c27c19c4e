"""The copying gate on real authors: `python -m bench.copying CORPORA`.

Each author's oldest 80% of texts are what is known, the newest 20% are genuine. A genuine text that the gate flags is a
false alarm. Into each genuine text one sentence of a known text is then put, as a copy; the gate is to find it and to
name the text that it is from. A sentence shorter than the gate is no copy by definition and is counted apart.
"""

from __future__ import annotations

import argparse
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.people import writers
from twin.core.protocols import Sample
from twin.core.text import sentences, words
from twin.metrics.copying import Copying, _readable

LEAST_TEXTS = 40
SEED = 7


@dataclass(slots=True)
class Count:
    """Of one author: false alarms among genuine texts, and copies found among those planted."""

    gate: int
    known: int
    genuine: int = 0
    flagged: int = 0
    planted: int = 0
    caught: int = 0
    named: int = 0
    seconds: float = 0.0
    runs: list[int] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.copying", description=__doc__)
    parser.add_argument("corpora", type=Path)
    found = {
        name: counted(["\n".join(parts) for parts in one.texts])
        for name, one in writers(parser.parse_args().corpora).items()
        if len(one.texts) >= LEAST_TEXTS
    }
    print(f"{'author':26}{'known':>6}{'gate':>6}{'genuine flagged':>18}{'longest':>9}{'copies caught':>16}{'named':>8}")
    for name, one in found.items():
        print(
            f"{name[:25]:26}{one.known:6}{one.gate:6}{f'{one.flagged} of {one.genuine}':>18}{max(one.runs):9}"
            f"{f'{one.caught} of {one.planted}':>16}{one.named:8}"
        )
    genuine, flagged = sum(one.genuine for one in found.values()), sum(one.flagged for one in found.values())
    planted, caught = sum(one.planted for one in found.values()), sum(one.caught for one in found.values())
    measured = genuine + planted
    print(
        f"all: {flagged} of {genuine} genuine texts flagged ({flagged / genuine:.1%}), {caught} of {planted} copies "
        f"caught ({caught / planted:.1%}), {measured / sum(one.seconds for one in found.values()):.0f} texts a second"
    )


def counted(texts: list[str]) -> Count:
    rng = random.Random(SEED)
    cut = len(texts) - len(texts) // 5
    known = {str(i): text for i, text in enumerate(texts[:cut])}
    copying = Copying(known)
    count = Count(copying.gate, len(known))
    started = time.perf_counter()
    for text in texts[cut:]:
        found = copying.measure(Sample(text))
        count.genuine += 1
        count.flagged += bool(found.detail["copied"])
        count.runs.append(int(found.value or 0))
        chosen = _sentence(known, copying.gate, rng)
        if chosen is None or found.detail["copied"]:
            continue
        where, copy = chosen
        spliced = copying.measure(Sample(_spliced(text, copy, rng)))
        count.planted += 1
        count.caught += bool(spliced.detail["copied"])
        count.named += spliced.detail["document"] == where
    count.seconds = time.perf_counter() - started
    return count


def _sentence(known: dict[str, str], gate: int, rng: random.Random) -> tuple[str, str] | None:
    """A sentence of at least the gate's words, quotations and links apart, that stands in one known text only."""
    for _ in range(500):
        where = rng.choice(list(known))
        fitting = [one for one in sentences(known[where]) if _words(one) >= gate]
        if not fitting:
            continue
        copy = rng.choice(fitting)
        said = f" {' '.join(words(copy))} "
        if sum(said in f" {' '.join(words(text))} " for text in known.values()) == 1:
            return where, copy
    return None


def _words(sentence: str) -> int:
    """The longest stretch of words between quotations."""
    longest = run = 0
    for word in _readable(sentence, lambda _: True)[0]:
        run = run + 1 if word else 0
        longest = max(longest, run)
    return longest


def _spliced(text: str, copy: str, rng: random.Random) -> str:
    own = sentences(text)
    place = rng.randrange(len(own) + 1)
    return " ".join([*own[:place], copy, *own[place:]])


if __name__ == "__main__":
    main()
