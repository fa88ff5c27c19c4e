"""What choosing among n texts of a twin brings: `python -m bench.best_of CORPORA --kept FOLDER` of bench.recipes.

The verifier that chooses has topic masked and sentence form of one half of the other people; the one that judges has
characters and the other half. What one verifier likes best of eight is no proof of anything to that verifier.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.corpora import HELD_OUT
from bench.homes import takes_settings, twin_in
from bench.recipes import SEARCHED, cell
from twin.core.protocols import Sample
from twin.evaluation.compare import compare
from twin.evaluation.heldout import cases_of, posts_first
from twin.evaluation.protocol import FULL, TWIN
from twin.evaluation.rows import Case
from twin.evaluation.words import interval
from twin.metrics.degenerate import Degenerate
from twin.metrics.style import CHOOSES, JUDGES, LEAST_TO_CHOOSE, Style
from twin.pipeline import Twin

MOST = 8


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.best_of", description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument("--authors", default=",".join(SEARCHED))
    takes_settings(parser)
    chosen = parser.parse_args()
    flags = {**dict(chosen.settings), "train.seed": "7"}
    print(f"{'author':26}{'n':>3}  {'voice, judged':22}{'voice, all heads':22}{'broken':>8}  brief covered", flush=True)
    for author in chosen.authors.split(","):
        adapter = cell(chosen.corpora, chosen.kept, author, 100, flags)["train"]["adapter"]
        twin = twin_in(chosen.kept / "homes" / f"{author}-100", flags)
        show(author, twin, adapter)
        twin.close()


def show(author: str, twin: Twin, adapter: str) -> None:
    """A line for each number of texts that one is chosen from."""
    learned, held_out = twin.store.documents("train", side="train"), twin.store.documents("evaluate", side="test")
    bench = replace(
        twin._bench(None, short=True), adapter=twin.home / "adapters" / adapter, systems=(TWIN,), samples=MOST
    )
    negatives = twin._base_texts(learned, bench)
    judging, choosing = twin._background().halves()
    chooser, _ = twin.fit_style(negatives, background=choosing, weights=CHOOSES, least_auc=LEAST_TO_CHOOSE)
    judges = (twin.fit_style(negatives, background=judging, weights=JUDGES), twin.fit_style(negatives))
    asked = [(doc, FULL) for doc in posts_first(held_out)[-HELD_OUT:]]
    cases = cases_of(asked, learned, bench=bench, scores={})
    for n in (1, 2, 4, MOST):
        picked = [chosen_of(case, n, chooser) for case in cases]
        told = []
        for style, scores in judges:
            instruments = twin._instruments(style, learned, bench, short=True)
            scored = [replace(case, author_score=scores.get(case.document)) for case in picked]
            told.append(compare(scored, instruments, resamples=2000, seed=7)["variants"][TWIN])
        voices = "".join(f"{interval(one['gap_closed']):22}" for one in told)
        shares = f"{told[0]['degenerate']['value']:8.0%}  {told[0]['coverage']['value']:.2f}"
        print(f"{author:26}{n:3}  {voices}{shares}", flush=True)


def chosen_of(case: Case, n: int, chooser: Style) -> Case:
    """The case with one text of the twin's first n: a sound one that the chooser likes best."""
    texts: Sequence[str] = case.outputs[TWIN].texts[:n]

    def liking(text: str) -> tuple[bool, float]:
        sound = not Degenerate().measure(Sample(text, case.request)).value
        return sound, chooser.scores([text])[0] or 0.0

    best = max(texts, key=liking)
    return replace(case, outputs={TWIN: replace(case.outputs[TWIN], texts=(best,))})


if __name__ == "__main__":
    main()
