"""Voice: does a text read as its author, told from other people and from the bare model by a trained verifier.

Method and measured worth: EVALUATION.md §2 and §3. Every score of a text that the verifier was fitted on is out of
fold: folds are blocks of time for the author and whole people for the others. A new text is scored by all folds, or,
beside one of the author's own, by the fold that scored that: the others have read it, and its topic with it. Zero is
the mean of the others, one their spread: a number is relative to this background, and means nothing for one text
without its verdict. It is never "% you".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.core.protocols import Measurement, Sample
from twin.core.text import word_count
from twin.metrics.background import Background
from twin.metrics.background.typography import parts, spoken
from twin.metrics.voice.heads import HEADS, Heads, Lens, View, fitted, stacked
from twin.metrics.voice.machine import Ends, Machine, machine

VERSION = "6"
LEAST_TEXTS = 20
LEAST_AUC = 0.85
LEAST_TO_CHOOSE = 0.7
"""To prefer one draft to another takes less than to say how one reads."""
LEAST_WORDS = 75
LEAST_WORDS_IN_A_MEAN = 40
"""One text is judged from LEAST_WORDS; a mean over many may count shorter ones (AUC at 50 words .89, at 75 .92)."""
NEWEST_TEXTS = 200
PARTS_A_TEXT = 3
FOLDS = 5
SURE = 0.75
WEIGHTS: Mapping[str, float] = {"chars": 3, "masked": 2, "form": 1}
"""Of the heads in the score, each in units of the others' spread: `python -m bench.voice`, docs/log.md."""
CHOOSES: Mapping[str, float] = {"masked": 2, "form": 1}
JUDGES: Mapping[str, float] = {"chars": 1}
"""For drafts: topic has no part in choosing one, and what chose it does not say how well it reads."""
LEAST_PEOPLE = 2
SAME_TEXT, SAME_TEXTS = 0.9, 2
"""So alike are two parts that one is a copy, and so many copies make their writer the author by another name."""
TORN = 0.3
"""Heads further apart than this on the way from others to author take, one of them, the topic for the voice."""


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """The score of one of the author's texts by the verifier that never saw its time, and which of them that is."""

    score: float
    fold: int


class Style:
    """A fitted verifier of one author.

    `author_texts` come oldest first; the newest `NEWEST_TEXTS` count, short neighbours are read together. `negatives`
    are the base model's own texts for the same kind of brief: without them a small model's output fools the verifier.
    `author` takes people of that name out of the background; `weights` may leave heads out. Without `tell_model` the
    negatives are other people like any. `refusal` says why there is no score, or is empty.
    """

    name = "style"

    def __init__(
        self,
        author_texts: Sequence[str],
        background: Background,
        *,
        negatives: Sequence[str] = (),
        author: str = "",
        weights: Mapping[str, float] = WEIGHTS,
        least_auc: float = LEAST_AUC,
        tell_model: bool = True,
        seed: int = 7,
    ) -> None:
        self.weights = weights
        self._least_auc = least_auc
        self._tell_model = tell_model
        self.background = background.without(author) if author else background
        self.version = f"{VERSION}+{self.background.version}"
        self.texts = len(author_texts)
        self.left_out: tuple[str, ...] = ()
        self.auc: float | None = None
        self.head_aucs: dict[str, float] = {}
        self.miss_rate: float | None = None
        self.base_outranks: float | None = None
        self.own_scores: list[float] = []
        self.other_scores: list[float] = []
        self._by_text: dict[int, OutOfFold] = {}
        self.refusal = self._lacking(author_texts)
        if not self.refusal:
            read = [spoken(text) for text in negatives]
            self._fit([spoken(text) for text in author_texts], [text for text in read if word_count(text) >= 25], seed)

    def measure(self, sample: Sample) -> Measurement:
        """A text in; the score as value, and in `detail` the verdict, the chance and the percentile.

        `detail["gap"]` is the score on the scale where 1 is the mean of the author's own texts, `detail["own"]` their
        10th and 90th percentile.
        """
        if self.refusal:
            return Measurement(self.name, self.version, None, self.refusal, {"verdict": "unclear"})
        size = word_count(spoken(sample.text))
        if size < LEAST_WORDS:
            why = f"{size} words are too short to judge, {LEAST_WORDS} are needed"
            return Measurement(self.name, self.version, None, why, {"verdict": "too-short"})
        scores, chances, gaps = self.judged([sample.text])
        score, chance, by_head = (
            float(scores[0]),
            float(chances[0]),
            dict(zip(HEADS, map(float, gaps[:, 0]), strict=True)),
        )
        verdict = "reads-like-you" if chance >= SURE else "does-not" if chance <= 1 - SURE else "unclear"
        below = sum(own <= score for own in self.own_scores) / len(self.own_scores)
        detail = {
            "verdict": verdict,
            "chance": round(chance, 3),
            "percentile": round(100 * below),
            "gap": round(score / max(1e-9, sum(self.own_scores) / len(self.own_scores)), 3),
            "heads": {name: round(gap, 3) for name, gap in by_head.items()},
            "own": self.own_range,
            "torn": max(by_head.values()) - min(by_head.values()) > TORN,
        }
        return Measurement(self.name, self.version, round(score, 6), "", detail)

    def scores(
        self, texts: Sequence[str], *, fold: int | None = None, least_words: int = LEAST_WORDS_IN_A_MEAN
    ) -> list[float | None]:
        """New texts in, a score each, None for a text under `least_words` or where the verifier refuses.

        `fold` is that of the author's text which they are compared with, as `out_of_fold` says it.
        """
        long_enough = [word_count(spoken(text)) >= least_words for text in texts]
        if self.refusal or not any(long_enough):
            return [None] * len(texts)
        judged = self.judged([text for text, enough in zip(texts, long_enough, strict=True) if enough], fold=fold)
        found = iter(judged[0])
        return [float(next(found)) if enough else None for enough in long_enough]

    def by_head(self, texts: Sequence[str], *, fold: int | None = None) -> list[dict[str, float] | None]:
        """New texts in, the gap that each head sees closed by each; None for a text that `scores` gives no number."""
        found = [score is not None for score in self.scores(texts)]
        if not any(found):
            return [None] * len(texts)
        gaps = iter(self.judged([text for text, scored in zip(texts, found, strict=True) if scored], fold=fold)[2].T)
        return [dict(zip(HEADS, map(float, next(gaps)), strict=True)) if scored else None for scored in found]

    def judged(self, texts: Sequence[str], *, fold: int | None = None) -> tuple[Any, Any, Any]:
        """k texts in, however short, where nothing is refused; out come means over folds, or of one, and over parts:

        [k] scores, [k] chances that each is the author's, and [3 x k] gaps by head, in the order of `HEADS`.
        """
        import numpy as np

        pieces = [parts(read) or [read] for read in map(spoken, texts)]
        view = self._lens.view([piece for found in pieces for piece in found])
        asked = slice(fold, None if fold is None else fold + 1)
        raw = np.mean([heads.scores(view) for heads in self._folds[asked]], axis=0)
        starts = np.cumsum([0, *map(len, pieces[:-1])])
        raw = np.add.reduceat(raw, starts, axis=1) / np.array([len(found) for found in pieces])
        scores = self._weighed(raw)
        if self._machines:
            human = np.mean([one.scores(view) for one in self._machines[asked]], axis=0)
            scores = scores - self._ends.penalty(np.add.reduceat(human, starts) / [len(found) for found in pieces])
        gaps = self._in_spreads(raw) / np.maximum(1e-9, self._own_heads)[:, None]
        return scores, self._calibration.predict_proba(scores[:, None])[:, 1], gaps

    @property
    def own_range(self) -> tuple[float, float]:
        """Where the author's own texts score: their 10th and 90th percentile, by the nearest rank."""
        ranked, last = sorted(self.own_scores), len(self.own_scores) - 1
        return round(ranked[round(0.1 * last)], 2), round(ranked[round(0.9 * last)], 2)

    def out_of_fold(self, i: int) -> OutOfFold | None:
        """Of the author's text `i`; None for one not used."""
        return self._by_text.get(i) if not self.refusal else None

    def facts(self) -> dict[str, Any]:
        """What the verifier is worth on this author, for a report."""
        return {
            "version": self.version,
            "texts": self.texts,
            "auc": self.auc,
            "head_aucs": self.head_aucs,
            "miss_rate": self.miss_rate,
            "base_outranks": self.base_outranks,
            "others": sorted({self.background.people[i].name for i in self.background.person}),
            "left_out": list(self.left_out),
            "refusal": self.refusal,
        }

    def _lacking(self, texts: Sequence[str]) -> str:
        usable = sum(word_count(text) > 0 for text in texts)
        if usable < LEAST_TEXTS:
            return f"{usable} texts of the author are too few for a verifier of voice, {LEAST_TEXTS} are needed"
        if len(set(self.background.person)) < LEAST_PEOPLE:
            return "the background holds fewer than two other people"
        return ""

    def _fit(self, texts: list[str], negatives: list[str], seed: int) -> None:
        import numpy as np

        first = max(0, len(texts) - NEWEST_TEXTS)
        units = [(members, part) for members, part in _units(texts) if members[-1] >= first]
        if len(units) < LEAST_TEXTS:
            self.refusal = f"the author's texts make {len(units)} readable parts, {LEAST_TEXTS} are needed"
            return
        self._lens = Lens(self.background)
        people, own = self._lens.others(), self._lens.view([part for _, part in units])
        if self._same_person(own, people):
            self.background = self.background.without(*self.left_out)
            self._lens = Lens(self.background)
            people, own = self._lens.others(), self._lens.view([part for _, part in units])
        if len(set(self.background.person)) < LEAST_PEOPLE:
            self.refusal = "the background holds fewer than two other people"
            return
        pieces = [part for text in negatives for part in parts(text) or [text]]
        of_text = [i for i, text in enumerate(negatives) for _ in parts(text) or [text]]
        others = stacked(people, self._lens.view(pieces)) if pieces else people
        newest, oldest = units[-1][0][-1], units[0][0][0]
        own_fold = np.array([(members[0] - oldest) * FOLDS // (newest - oldest + 1) for members, _ in units])
        model_fold = [i * FOLDS // len(negatives) for i in of_text]
        other_fold = np.concatenate([self._people_folds(), np.array(model_fold, dtype=int)])
        own_raw, other_raw = np.zeros((len(HEADS), len(own))), np.zeros((len(HEADS), len(others)))
        human = np.zeros(len(own) + len(others))
        self._folds: list[Heads] = []
        self._machines: list[Machine] = []
        for fold in range(FOLDS):
            heads = fitted(own[own_fold != fold], others[other_fold != fold], seed=seed)
            for raw, view, left_out in ((own_raw, own, own_fold == fold), (other_raw, others, other_fold == fold)):
                if left_out.any():
                    raw[:, left_out] = heads.scores(view[left_out])
            self._folds.append(heads)
            if pieces and self._tell_model:
                left_out = np.concatenate([own_fold, other_fold]) == fold
                self._machines.append(_machine_of(own, others, left_out, len(own) + len(people), seed))
                human[left_out] = self._machines[-1].scores(stacked(own, others)[left_out])
        if self._machines:
            self._ends = Ends.of(human, len(own), len(own) + len(people))
            human = self._ends.penalty(human)
        self._scale(units, own_fold, own_raw, other_raw, len(people), human)

    def _same_person(self, own: View, people: View) -> tuple[str, ...]:
        """Whoever of the background has texts that are nearly the author's own: that is the author, by another name."""
        import numpy as np

        nearest = (own.chars @ people.chars.T).tocoo()
        alike = nearest.data > SAME_TEXT
        writers = self.background.person[nearest.col[alike]]
        own_parts = {i: set(nearest.row[alike][writers == i]) for i in np.unique(writers)}
        self.left_out = tuple(
            self.background.people[i].name for i, rows in own_parts.items() if len(rows) >= SAME_TEXTS
        )
        return self.left_out

    def _scale(
        self, units: list[tuple[list[int], str]], folds: Any, own: Any, others: Any, people: int, penalty: Any
    ) -> None:
        """Raw out-of-fold scores, and penalties, own texts first, in; scale, calibration and its own worth out."""
        import numpy as np
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import roc_auc_score

        eras = np.array([self.background.people[i].era for i in self.background.person])
        harder = max(sorted(set(eras)), key=lambda era: float(others[0, :people][eras == era].mean()))
        peers = others[:, :people][:, eras == harder]
        self.peers = [person.name for person in self.background.people if person.era == harder]
        self._zero, self._one = peers.mean(axis=1), peers.std(axis=1) + 1e-9
        own_z, peers_z, model_z = (self._weighed(raw) for raw in (own, peers, others[:, people:]))
        own_z, theirs = own_z - penalty[: len(own_z)], penalty[len(own_z) :]
        peers_z, model_z = peers_z - theirs[:people][eras == harder], model_z - theirs[people:]
        self._own_heads = self._in_spreads(own).mean(axis=1)
        target = [1] * len(own_z) + [0] * len(peers_z)
        self.auc = round(float(roc_auc_score(target, [*own_z, *peers_z])), 4)
        self.head_aucs = {
            name: round(float(roc_auc_score(target, [*own[i], *peers[i]])), 4) for i, name in enumerate(HEADS)
        }
        held_out = np.concatenate([own_z, peers_z, model_z])[:, None]
        target += [0] * len(model_z)
        self._calibration = LogisticRegression(C=1.0, class_weight="balanced").fit(held_out, target)
        self.miss_rate = round(float((self._calibration.predict_proba(own_z[:, None])[:, 1] < 0.5).mean()), 4)
        if len(model_z):
            self.base_outranks = round(float((model_z[:, None] > peers_z[None, :]).mean()), 4)
        self.own_scores = [float(score) for score in own_z]
        self.other_scores = [float(score) for score in peers_z]
        found: dict[int, list[float]] = {}
        fold_of: dict[int, int] = {}
        for (members, _), fold, score in zip(units, folds, self.own_scores, strict=True):
            for i in members:
                found.setdefault(i, []).append(score)
                fold_of[i] = int(fold)
        self._by_text = {i: OutOfFold(sum(scores) / len(scores), fold_of[i]) for i, scores in found.items()}
        if self.auc < self._least_auc:
            self.refusal = (
                f"the verifier cannot tell this author from others well enough: AUC {self.auc:.2f}, "
                f"{self._least_auc} is needed"
            )

    def _in_spreads(self, raw: Any) -> Any:
        """[3 x n] log odds in, the same as distances from the others' mean in units of their spread out."""
        return (raw - self._zero[:, None]) / self._one[:, None]

    def _weighed(self, raw: Any) -> Any:
        """[3 x n] log odds in, one score each out."""
        import numpy as np

        weights = np.array([self.weights.get(name, 0.0) for name in HEADS])
        return weights @ self._in_spreads(raw) / weights.sum()

    def _people_folds(self) -> Any:
        """One fold for each background row: people are dealt out era by era, so that each fold misses some of each."""
        import numpy as np

        present = sorted(set(self.background.person), key=lambda i: (self.background.people[i].era, int(i)))
        fold = {person: place % FOLDS for place, person in enumerate(present)}
        return np.array([fold[person] for person in self.background.person])


def _machine_of(own: View, others: View, left_out: Any, people: int, seed: int) -> Machine:
    """Fitted on all rows but those left out; the first `people` rows are by people, the rest by the model."""
    import numpy as np

    by_people = np.arange(len(left_out)) < people
    rows = stacked(own, others)
    return machine(rows[~left_out & by_people], rows[~left_out & ~by_people], seed=seed)


def _units(texts: Sequence[str]) -> list[tuple[list[int], str]]:
    """Texts oldest first in, `(their indexes, what is read)` out: short neighbours together, long ones in parts."""
    units: list[tuple[list[int], str]] = []
    waiting: list[int] = []
    for i, text in enumerate(texts):
        waiting += [i] if word_count(text) else []
        together = "\n".join(texts[j] for j in waiting)
        if waiting and word_count(together) >= LEAST_WORDS:
            units += [(waiting, part) for part in parts(together)[:PARTS_A_TEXT]]
            waiting = []
    return units
