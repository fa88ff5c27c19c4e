"""A blind test: which of two texts did the person write? A report in, pairs and their key out; answers in, counts out.

Pairs, sides, repeats and what the counts allow to be said follow EVALUATION.md §3. The key is a file of its own: the
page holds no name of a system, and nothing in its order or its ids tells one.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.core.errors import NotEnoughData
from twin.core.records import digest
from twin.core.text import URL, sentences, word_count
from twin.evaluation.protocol import AUTHOR, BASE, BASE_RETRIEVAL, EXEMPLARS, TWIN, TWIN_RETRIEVAL
from twin.evaluation.rows import texts_of
from twin.metrics.truth.atoms import atoms

LENGTHS = 1.25
"""The longer of two texts has at most so many times the words of the shorter."""
LEAST_WORDS = 20
LEAST_PAIRS = 4
REPEATED = 0.1
LEAST_REPEATED = 2
BETWEEN = 3
SEED = 7


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts side by side, and the system each is from; `repeats` is the id of the same pair with sides changed."""

    id: str
    left: str
    right: str
    left_system: str
    right_system: str
    brief: str
    repeats: str = ""


@dataclass(frozen=True, slots=True)
class BlindTest:
    """Pairs in the order shown. `skipped` counts briefs without two sound texts of like length."""

    author: str
    pairs: tuple[Pair, ...]
    skipped: int

    @property
    def digest(self) -> str:
        """Of what a reader sees: answers to another test do not count."""
        return digest("blind-1", [(pair.id, pair.left, pair.right) for pair in self.pairs])

    def key(self) -> dict[str, Any]:
        """What stands in the key file: `{test author skipped pairs: {id: {left right brief repeats}}}`."""
        return {
            "test": self.digest,
            "author": self.author,
            "skipped": self.skipped,
            "pairs": {
                pair.id: {
                    "left": pair.left_system,
                    "right": pair.right_system,
                    "brief": pair.brief,
                    "repeats": pair.repeats,
                }
                for pair in self.pairs
            },
        }


def blind_test(report: Mapping[str, Any], *, seed: int = SEED) -> BlindTest:
    """A report in; the twin against the best baseline and against the real texts, in a random order, out.

    No text is shown in two pairs: the second time it would be known.

    Raises: NotEnoughData where no twin wrote, or too few texts can be paired.
    """
    twin = next((name for name in (TWIN_RETRIEVAL, TWIN) if name in report["systems"]), "")
    if not twin:
        raise NotEnoughData("the newest report has no texts of a twin", "train one and measure it: twin train")
    baseline = _best_baseline(report)
    found, skipped = [], 0
    documents: set[str] = set()
    for i, row in enumerate(report["rows"]):
        rivals = [baseline] if baseline else []
        rivals += [] if row["document"] in documents else [AUTHOR]
        documents.add(row["document"])
        shown: set[str] = set()
        for rival in rivals[:: -1 if i % 2 else 1]:  # where one sound text is all there is, each rival gets its share
            pair = _nearest([text for text in _sound(row, twin) if text not in shown], _sound(row, rival))
            skipped += pair is None
            if pair:
                shown.add(pair[0])
                found.append((twin, rival, *map(anonymous, pair), row["id"]))
    if len(found) < LEAST_PAIRS:
        raise NotEnoughData(
            f"{len(found)} pairs of sound texts of like length, {LEAST_PAIRS} are the least for a blind test",
            "collect more texts, or look at the report for what is broken or copied: twin evaluate",
        )
    return BlindTest(str(report.get("author") or "the author"), tuple(_shuffled(found, random.Random(seed))), skipped)


def anonymous(text: str) -> str:
    """A text in, the same without what tells by knowledge and not by voice: names, numbers, links, handles."""
    plain = URL.sub("[link]", text)
    names = {name for sentence in sentences(plain) for name in atoms(sentence).names}
    for name in sorted(names, key=len, reverse=True):
        said = r"\s+".join(map(re.escape, name.split()))
        plain = re.sub(rf"(?<!\w){said}(?!\w)", "[name]", plain)
    return re.sub(r"\d", "0", re.sub(r"(?<!\w)@\w+", "[name]", plain))


def _best_baseline(report: Mapping[str, Any]) -> str:
    there = [name for name in (EXEMPLARS, BASE_RETRIEVAL, BASE) if name in report["systems"]]

    def nearness(name: str) -> float:
        value = report["variants"][name]["gap_closed"]["value"]
        return float("-inf") if value is None else float(value)

    return max(there, key=nearness, default="")


def _sound(row: Mapping[str, Any], system: str) -> list[str]:
    texts = [row["author"]] if system == AUTHOR else texts_of(row, system)
    return [
        one["text"]
        for one in texts
        if not one["degenerate"] and not one.get("copied") and word_count(one["text"]) >= LEAST_WORDS
    ]


def _nearest(left: Sequence[str], right: Sequence[str]) -> tuple[str, str] | None:
    """The two texts nearest in length, None where none are near enough."""

    def apart(pair: tuple[str, str]) -> float:
        sizes = sorted(word_count(text) for text in pair)
        return sizes[1] / max(1, sizes[0])

    best = min(((one, other) for one in left for other in right), key=apart, default=None)
    return best if best and apart(best) <= LENGTHS else None


def _shuffled(found: list[tuple[str, str, str, str, str]], dice: random.Random) -> list[Pair]:
    """Every second pair with its sides changed, and some again with sides changed once more, all in random order.

    A repeat stands anywhere after its pair, with `BETWEEN` others between them where there are so many.
    """
    dice.shuffle(found)
    made = [
        Pair("", two, one, second, first, brief) if i % 2 else Pair("", one, two, first, second, brief)
        for i, (first, second, one, two, brief) in enumerate(found)
    ]
    order = [(i, False) for i in dice.sample(range(len(made)), len(made))]
    early = [i for i, _ in order[: max(LEAST_REPEATED, len(order) - BETWEEN)]]
    for i in dice.sample(early, min(len(early), max(LEAST_REPEATED, round(REPEATED * len(made))))):
        earliest = min(len(order), order.index((i, False)) + 1 + BETWEEN)
        order.insert(dice.randint(earliest, len(order)), (i, True))
    ids = {i: f"p{place}" for place, (i, repeated) in enumerate(order, start=1) if not repeated}
    pairs = []
    for place, (i, repeated) in enumerate(order, start=1):
        one = made[i]
        sides = (one.right, one.left, one.right_system, one.left_system)
        pairs.append(
            Pair(f"p{place}", *sides, one.brief, ids[i])
            if repeated
            else Pair(f"p{place}", one.left, one.right, one.left_system, one.right_system, one.brief)
        )
    return pairs
