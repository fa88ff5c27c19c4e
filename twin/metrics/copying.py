"""Copying: the longest run of words that a text shares with the author's texts or a source, and where it stands there.

Allowed: stock phrases (a run that stands in two or more own texts), words between quotation marks, and words that the
request asked for. Gate and figures: EVALUATION.md §5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

from twin.core.links import unlinked
from twin.core.protocols import Measurement, Sample
from twin.core.text import URL, WORD, words

LEAST_GATE = 8
STOCK_MOST, HABIT_MOST = 12, 15
"""A run beyond the first is no stock phrase that excuses a copy; beyond the second a text is a repost, which sets no
gate."""
SHARE_RUN = 5
SEED = 3
QUOTE = re.compile(r"(?<![^\s(\[{—–-])\"(?=\S)[^\"\n]{1,300}(?<=\S)\"(?!\w)|“[^”\n]{1,300}”")
"""A quotation opens after a space and closes before one: the words between two quotations are none."""
_ADDRESS = re.compile(r"(?<=\])\([^\n()]{0,1000}\)")
WHOLE = 0.8
"""So much of a quotation must stand in a row in what it quotes: speech is no licence to copy."""
_MOST_STARTS = 64
_MOST_OPEN = 96
_MOST_BACK = 64
_CALIBRATED_ON = 300


@dataclass(frozen=True, slots=True)
class Run:
    """Words `start` to `end` of a text, found in these documents (places in the index)."""

    start: int
    end: int
    documents: frozenset[int]

    @property
    def size(self) -> int:
        return self.end - self.start


class Index:
    """Documents as words, with where each run of `SEED` words stands. Built once, in linear time."""

    def __init__(self, documents: Mapping[str, str]) -> None:
        self.ids = list(documents)
        self.tokens = [words(unlinked(text)) for text in documents.values()]
        self._starts: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for document, tokens in enumerate(self.tokens):
            for i in range(len(tokens) - SEED + 1):
                self._starts.setdefault(tuple(tokens[i : i + SEED]), []).append((document, i))

    def runs(self, tokens: Sequence[str], *, without: int = -1) -> Iterator[Run]:
        """Words in, every longest shared run of at least `SEED` out. An empty word breaks a run."""
        open_runs: dict[tuple[int, int], int] = {}
        for i in range(len(tokens) + 1):
            token = tokens[i] if i < len(tokens) else ""
            going = {
                (document, place + 1): start
                for (document, place), start in open_runs.items()
                if token and self._word(document, place + 1) == token
            }
            ended = [start for (document, place), start in open_runs.items() if (document, place + 1) not in going]
            if ended:  # the shorter ones that end here are parts of the longest
                start = min(ended)
                yield Run(start, i, frozenset(holder for (holder, _), began in open_runs.items() if began <= start))
            for document, place in self._starting(tokens, i):
                if document != without and (document, place) not in going:
                    back = self._back(tokens, i, document, place)
                    going[(document, place)] = i - back
            if len(going) > _MOST_OPEN:
                going = dict(sorted(going.items(), key=lambda entry: entry[1])[:_MOST_OPEN])
            open_runs = going

    def _starting(self, tokens: Sequence[str], i: int) -> list[tuple[int, int]]:
        """Where the `SEED` words that end at word i stand, as places of the last of them."""
        if i >= len(tokens) or i + 1 < SEED:
            return []
        found = self._starts.get(tuple(tokens[i + 1 - SEED : i + 1]), [])
        return [(document, place + SEED - 1) for document, place in found[:_MOST_STARTS]]

    def _back(self, tokens: Sequence[str], i: int, document: int, place: int) -> int:
        """How many words before word i are shared too."""
        known = self.tokens[document]
        for back in range(min(i, place, _MOST_BACK)):
            if not tokens[i - back - 1] or tokens[i - back - 1] != known[place - back - 1]:
                return back
        return min(i, place, _MOST_BACK)

    def _word(self, document: int, place: int) -> str:
        tokens = self.tokens[document]
        return tokens[place] if place < len(tokens) else ""


class Copying:
    """`own` are the author's texts by id, one a work; `outside` are texts by others. A run of `gate` words fails."""

    name = "copying"
    version = "4"

    def __init__(self, own: Mapping[str, str], outside: Mapping[str, str] | None = None) -> None:
        self._own = len(own)
        self._index = Index({**own, **{id_: text for id_, text in (outside or {}).items() if id_ not in own}})

    @cached_property
    def gate(self) -> int:
        """Words of a run from which on a text is a copy: max(8, the 99th percentile of the author's own + 2).

        Reposts among the author's texts (runs above `HABIT_MOST`) are left out: two would open the gate for everything.
        """
        step = max(1, ceil(self._own / _CALIBRATED_ON))
        longest = [
            max(
                (
                    run.size
                    for run in self._index.runs(self._index.tokens[i], without=i)
                    if not self._stock(run, most=HABIT_MOST)
                ),
                default=0,
            )
            for i in range(0, self._own, step)
        ]
        habits = sorted(size for size in longest if size <= HABIT_MOST)
        return max(LEAST_GATE, habits[ceil(0.99 * len(habits)) - 1] + 2) if habits else LEAST_GATE

    def measure(self, sample: Sample) -> Measurement:
        """A text in; words of the longest run as value, and in `detail` the run, its document and the share covered."""
        indexes = (self._index, self._fresh(sample))
        tokens, spans = _readable(sample.text, lambda said: any(_holds(index, said) for index in indexes))
        asked = f" {' '.join(words(sample.request))} "
        longest, document, covered = 0, "", set[int]()
        best = (0, 0)
        for index, run in ((one, run) for one in indexes for run in one.runs(tokens)):
            said = " ".join(tokens[run.start : run.end])
            if f" {said} " in asked or (index is self._index and self._stock(run)):
                continue
            if run.size >= SHARE_RUN:
                covered.update(range(run.start, run.end))
            if run.size > longest:
                longest, document = run.size, index.ids[min(run.documents)]
                best = (spans[run.start][0], spans[run.end - 1][1])
        detail = {
            "longest_run_words": longest,
            "share": round(len(covered) / max(1, len(tokens)), 4),
            "run": sample.text[best[0] : best[1]],
            "document": document,
            "gate": self.gate,
            "copied": longest >= self.gate,
        }
        return Measurement(self.name, self.version, float(longest), "", detail)

    def _fresh(self, sample: Sample) -> Index:
        """The passages that the index of all texts lacks."""
        known = set(self._index.ids)
        return Index({passage.id: passage.text for passage in sample.passages if passage.document not in known})

    def _stock(self, run: Run, *, most: int = STOCK_MOST) -> bool:
        return run.size <= most and sum(document < self._own for document in run.documents) >= 2


def _holds(index: Index, quotation: Sequence[str]) -> bool:
    """Whether a document holds these words as a whole: then it is what is quoted."""
    return max((run.size for run in index.runs(quotation)), default=0) >= WHOLE * len(quotation)


def _readable(text: str, quoted: Callable[[Sequence[str]], bool]) -> tuple[list[str], list[tuple[int, int]]]:
    """A text in, its words with their spans out; between quotation marks what is `quoted` becomes one break."""

    def broken(match: re.Match[str]) -> str:
        said = words(match.group())
        is_break = len(said) < SEED or quoted(said)
        return "\0" + " " * (len(match.group()) - 1) if is_break else match.group()

    plain = _ADDRESS.sub(lambda match: " " * len(match.group()), text)
    plain = URL.sub(lambda match: " " * len(match.group()), plain.replace("’", "'").replace("\0", " "))
    plain = QUOTE.sub(broken, plain)
    found = [(match.group().lower(), match.span()) for match in re.finditer(rf"\0|{WORD.pattern}", plain)]
    return ["" if word == "\0" else word for word, _ in found], [span for _, span in found]
