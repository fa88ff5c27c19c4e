"""Habits of writing that a person understands, each beside the author's own range: no score, a handful of plain facts.

The habits and the range (10th to 90th percentile of the author's texts) are those of EVALUATION.md §3.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from statistics import fmean, pstdev

from twin.core.protocols import Measurement, Sample
from twin.core.text import sentences, word_count, words

LEAST_TEXTS = 8
_TAG = re.compile(r"(?<!\w)#\w+")
_ITEM = re.compile(r"^\s*(?:[-*•–]|\d+[.)])\s", re.M)
_I = frozenset("i me my mine myself i'm i've i'd i'll".split())
_YOU = frozenset("you your yours yourself you're you've you'd you'll".split())


def _lengths(text: str) -> list[int]:
    return [word_count(one) for one in sentences(text) if word_count(one)] or [0]


def _rate(text: str, said: frozenset[str]) -> float:
    tokens = words(text)
    return 100 * sum(token in said for token in tokens) / max(1, len(tokens))


def _paragraphs(text: str) -> list[str]:
    return [one for one in re.split(r"\n\s*\n", text) if one.strip()] or [text]


HABITS: dict[str, Callable[[str], float]] = {
    "words a sentence": lambda text: fmean(_lengths(text)),
    "spread of sentence length": lambda text: pstdev(_lengths(text)),
    "words a paragraph": lambda text: word_count(text) / len(_paragraphs(text)),
    "questions": lambda text: float(text.count("?")),
    "exclamation marks": lambda text: float(text.count("!")),
    "lines of a list": lambda text: float(len(_ITEM.findall(text))),
    "hashtags": lambda text: float(len(_TAG.findall(text))),
    "emoji": lambda text: float(sum(unicodedata.category(char) == "So" for char in text)),
    "“I” in 100 words": lambda text: _rate(text, _I),
    "“you” in 100 words": lambda text: _rate(text, _YOU),
}


class Habits:
    """The share of habits within the author's own range; `detail["habits"]` has every one with its range.

    `author_texts` are read for the ranges. Refuses under `LEAST_TEXTS` of them, and for a text without words.
    """

    name = "habits"
    version = "2"

    def __init__(self, author_texts: Sequence[str]) -> None:
        texts = [text for text in author_texts if word_count(text)]
        self.ranges = {name: _range([count(text) for text in texts]) for name, count in HABITS.items()} if texts else {}
        self._texts = len(texts)

    def measure(self, sample: Sample) -> Measurement:
        """A text in; the share within range as value, and in `detail` a row `{habit value low high within}` each."""
        if self._texts < LEAST_TEXTS:
            return Measurement(self.name, self.version, None, f"a range needs {LEAST_TEXTS} texts of the author")
        if not word_count(sample.text):
            return Measurement(self.name, self.version, None, "no words in it")
        rows = []
        for name, count in HABITS.items():
            value, (low, high) = count(sample.text), self.ranges[name]
            within = low <= value <= high
            rows.append({"habit": name, "value": round(value, 2), "low": low, "high": high, "within": within})
        share = sum(bool(row["within"]) for row in rows) / len(rows)
        return Measurement(self.name, self.version, share, "", {"habits": rows})


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Values in, their 10th and 90th percentile out, by the nearest rank."""
    ranked = sorted(values)
    last = len(ranked) - 1
    return round(ranked[round(0.1 * last)], 2), round(ranked[round(0.9 * last)], 2)
