"""The verifier of voice against the usual methods, on people it never saw: `python -m bench.voice CORPORA`.

Each modern author in turn is the one to be told. The model learns from n of their older texts and from half of the
other people; it is asked about their newest texts and about texts of 150 to 300 words by the other half, whom it has
never seen; then the halves change places. Every method gets the same texts. Nothing here asks a language model.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from bench.people import Writer, writers
from bench.verifiers import PEERS
from twin.core.text import word_count
from twin.metrics.background import Person, gathered
from twin.metrics.style import Style
from twin.metrics.voice.heads import HEADS

SIZES = (20, 50, 100)
LEAST_WORDS = 150
MOST_OWN, MOST_OF_ONE = 60, 40
TOGETHER = 5
OURS, OURS_FIVE = "ours", f"ours, mean of {TOGETHER}"
HARD = (("Alexander Hamilton", "James Madison"),)


@dataclass(frozen=True, slots=True)
class Trial:
    """One author with one half of the others: what is learned from, and the texts that are asked about."""

    author: str
    older: list[str]
    newer: list[str]
    strangers: list[str]
    background: dict[Person, list[str]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.voice", description=__doc__)
    parser.add_argument("corpora", type=Path)
    people = writers(parser.parse_args().corpora)
    modern = [name for name, one in people.items() if one.person.era == "modern"]
    trials = [trial(people, name, modern, half) for name in modern for half in (0, 1)]
    for size in SIZES:
        table(f"{size} texts of the author", [one for one in trials if len(one.older) >= size], size)
    for target, other in HARD:
        table(
            f"hard case: {target}, asked about {other}",
            [trial(people, target, [target, other], 0, least_newer=8)],
            min(SIZES),
        )


def trial(people: dict[str, Writer], name: str, peers: Sequence[str], half: int, *, least_newer: int = 20) -> Trial:
    mine = people[name].texts
    test = max(least_newer, len(mine) // 5)
    strangers = [other for other in peers if other != name][half::2]
    return Trial(
        name,
        [parts[0] for parts in mine[:-test]],
        list(_long(mine[-test:])[-MOST_OWN:]),
        [text for other in strangers for text in _long(people[other].texts)[:MOST_OF_ONE]],
        {one.person: one.background() for other, one in people.items() if other not in {name, *strangers}},
    )


def table(title: str, trials: Sequence[Trial], size: int) -> None:
    """AUC by author for each method, the mean of both halves; then what the product's verifier says of itself."""
    found: dict[str, dict[str, list[float]]] = {}
    briers, rates = [], []
    for one in trials:
        own, asked = one.older[-size:], [*one.newer, *one.strangers]
        target = np.array([1] * len(one.newer) + [0] * len(one.strangers))
        for method, verifier in PEERS.items():
            scores = verifier(own, list(one.background.values()))(asked)
            _add(found, method, one.author, roc_auc_score(target, scores))
        style = Style(own, gathered(one.background))
        if style.refusal:
            print(f"(in the product it refuses to score {one.author} here: {style.refusal})")
        scores, chances, by_head = style.judged(asked)
        for head, alone in zip(HEADS, by_head, strict=True):
            _add(found, f"ours, head {head}", one.author, roc_auc_score(target, alone))
        _add(found, OURS, one.author, roc_auc_score(target, scores))
        together = _means(scores[target == 1]), _means(scores[target == 0])
        labels = [1] * len(together[0]) + [0] * len(together[1])
        _add(found, OURS_FIVE, one.author, roc_auc_score(labels, np.concatenate(together)))
        wrong = (chances - target) ** 2
        briers.append((wrong[target == 1].mean() + wrong[target == 0].mean()) / 2)
        sure = (chances >= 0.75) | (chances <= 0.25)
        rates.append((sure.mean(), ((chances > 0.5) == (target == 1))[sure].mean()))
    _print(title, found)
    print(f"ours: balanced Brier {np.mean(briers):.3f}, worst {max(briers):.3f}; ", end="")
    print(f"sure of {np.mean([a for a, _ in rates]):.0%}, and right in {np.mean([b for _, b in rates]):.1%} of these\n")


def _print(title: str, found: dict[str, dict[str, list[float]]]) -> None:
    authors = list(found[OURS])
    print(f"{title}: AUC on people never seen")
    print(f"{'method':22}{'mean':>7}{'worst':>7}  " + "".join(f"{name.split()[-1][:10]:>11}" for name in authors))
    for method, by_author in found.items():
        means = [float(np.mean(by_author[name])) for name in authors]
        print(f"{method:22}{np.mean(means):7.3f}{min(means):7.3f}  " + "".join(f"{mean:11.3f}" for mean in means))
    best = max(PEERS, key=lambda name: np.mean([np.mean(values) for values in found[name].values()]))
    gains = sorted(float(np.mean(found[OURS][name]) - np.mean(found[best][name])) for name in authors)
    print(f"ours - {best}, worst author first: {', '.join(f'{gain:+.3f}' for gain in gains)}")


def _add(found: dict[str, dict[str, list[float]]], method: str, author: str, value: float) -> None:
    found.setdefault(method, {}).setdefault(author, []).append(float(value))


def _means(scores: Any) -> Any:
    """Scores in, the means of random fives out: as many as there are scores."""
    rng = np.random.default_rng(7)
    size = min(TOGETHER, len(scores))
    return np.array([rng.choice(scores, size, replace=False).mean() for _ in range(max(50, len(scores)))])


def _long(texts: Sequence[Sequence[str]]) -> list[str]:
    return [parts[0] for parts in texts if word_count(parts[0]) >= LEAST_WORDS]


if __name__ == "__main__":
    main()
