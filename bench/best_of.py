"""What choosing among n texts brings: `python -m bench.best_of CORPORA --kept FOLDER` of bench.recipes.

The verifier that chooses has topic masked and sentence form of one half of the other people, and knows none of the
held-out texts. It takes the sound text that it likes best (`most`), or the one whose score lies nearest to the middle
of the author's own (`nearest`): a text may read more like an author than the author does. Every system chooses alike.
Judged on the product's scale, that of EVALUATION.md, and by a second verifier with characters and the other half.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench.corpora import HELD_OUT, older
from bench.homes import takes_settings, twin_in
from bench.recipes import SEARCHED, cell, number, ours, scale, second
from twin.core.protocols import Sample
from twin.evaluation.compare import compare
from twin.evaluation.heldout import cases_of, posts_first
from twin.evaluation.protocol import FULL
from twin.evaluation.rows import Case
from twin.metrics.degenerate import Degenerate
from twin.metrics.style import CHOOSES, LEAST_TO_CHOOSE, Style
from twin.pipeline import Twin

MOST = 4
Choose = Callable[[Sequence[str], str], str]
"""Texts and what was asked in, one of the texts out."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.best_of", description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument("--authors", default=",".join(SEARCHED))
    parser.add_argument("--texts", type=int, default=100)
    takes_settings(parser)
    chosen = parser.parse_args()
    flags = {**dict(chosen.settings), "train.seed": "7"}
    print("author, n, way | base, exemplars, twin, its 95%, lead on exemplars: the product's scale | EVALUATION.md's |")
    print("the second verifier, broken, brief covered", flush=True)
    for author in chosen.authors.split(","):
        adapter = cell(chosen.corpora, chosen.kept, author, chosen.texts, flags)["train"]["adapter"]
        twin = twin_in(chosen.kept / "homes" / f"{author}-{chosen.texts}", flags)
        show(author, twin, adapter, older(chosen.corpora / f"{author}.jsonl", chosen.texts))
        twin.close()


def show(author: str, twin: Twin, adapter: str, unlearned: Sequence[str]) -> None:
    """A line for each number of texts that one is chosen from, and each way to choose."""
    learned, held_out = twin.store.documents("train", side="train"), twin.store.documents("evaluate", side="test")
    bench = replace(twin._bench(None, short=True), adapter=twin.home / "adapters" / adapter, samples=MOST)
    negatives = twin._base_texts(learned, bench)
    style, scores = twin.fit_style(negatives)
    cases = cases_of([(doc, FULL) for doc in posts_first(held_out)[-HELD_OUT:]], learned, bench=bench, scores=scores)
    chooser = Style(
        [doc.text for doc in posts_first(learned)],
        twin._background().halves()[1],
        negatives=negatives,
        author=twin.author.name,
        weights=CHOOSES,
        least_auc=LEAST_TO_CHOOSE,
    )
    instruments = twin._instruments(style, learned, bench, short=True)
    for n, way in ((1, most), (2, most), (2, nearest), (MOST, most), (MOST, nearest)):
        picked = [chosen_of(case, n, partial(way, chooser=chooser)) for case in cases]
        report = compare(picked, instruments, resamples=2000, seed=7)
        print(line(author, n, way.__name__ if n > 1 else "", report, second(twin, report, unlearned)), flush=True)


def most(texts: Sequence[str], request: str, *, chooser: Style) -> str:
    """The sound text that the chooser likes best."""
    return max(texts, key=lambda text: (sound(text, request), chooser.scores([text])[0] or 0.0))


def nearest(texts: Sequence[str], request: str, *, chooser: Style) -> str:
    """The sound text whose score is nearest to the middle of the author's own; one too short to score comes last."""
    middle = median(chooser.own_scores)

    def distance(text: str) -> float:
        score = chooser.scores([text])[0]
        return float("inf") if score is None else abs(score - middle)

    return min(texts, key=lambda text: (not sound(text, request), distance(text)))


def sound(text: str, request: str) -> bool:
    return not Degenerate().measure(Sample(text, request)).value


def chosen_of(case: Case, n: int, choose: Choose) -> Case:
    """The case with one of the first n texts of each system."""
    return replace(
        case,
        outputs={
            name: replace(one, texts=(choose(one.texts[:n], case.request),), again=(False,))
            for name, one in case.outputs.items()
        },
    )


def line(author: str, n: int, way: str, report: dict[str, Any], told: dict[str, Any]) -> str:
    twin = report["variants"]["twin"]
    return (
        f"{author[:12]:12}{n:3} {way:8}|{scale(ours(report))} |{scale(told['plain'])} |"
        f"{number(told['second'].get('twin')):>6}{twin['degenerate']['value']:8.0%}{twin['coverage']['value']:7.2f}"
    )


if __name__ == "__main__":
    main()
