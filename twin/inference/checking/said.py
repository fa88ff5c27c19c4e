"""A text in, its sentences by number out: one can be said otherwise, go or be followed by another, whatever it says.

A sentence keeps its number for life, so that one that is said twice, or is a part of another, is never taken for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from twin.core.lines import FENCE, MARK
from twin.core.text import URL, on_one_line, spans_of, word_count, words

ENDS = (".", "!", "?", "…", ".”", '."', "?”", '?"', "!”", '!"')
_NUMBER = re.compile(r"\d{1,2}[.)]")
_SAYS_NOTHING = re.compile(rf"{_NUMBER.pattern}|[\W_]*")
"""A sentence without a letter or number, or the number of a point."""
Kind = Literal["prose", "closing", "other"]
"""Of a line. Closing are links, hashtags and signs, and words that a link ends; other are lists, code and headings."""


@dataclass(frozen=True, slots=True)
class Said:
    """`between` is the white space before each of the sentences, and after the last one. Numbers begin with 1.

    A sentence may go over several lines where an editor broke it. Once one of its paragraph changes, none does: the
    lines are of another length then.
    """

    numbers: tuple[int, ...]
    sentences: tuple[str, ...]
    between: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Said:
        spans = spans_of(text)
        ends, begins = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)]
        between = tuple(text[end:start] for end, start in zip(ends, begins, strict=True))
        return cls(tuple(range(1, len(spans) + 1)), tuple(text[slice(*span)] for span in spans), between)

    @property
    def text(self) -> str:
        return self._until(len(self.numbers)) + self.between[-1]

    def __getitem__(self, number: int) -> str:
        """A sentence, on one line."""
        return on_one_line(self.sentences[self.numbers.index(number)])

    def __contains__(self, sentence: str) -> bool:
        """Whether these words are a sentence of the text already, with whatever marks."""
        return any(words(sentence) == words(one) for one in self.sentences)

    def before(self, number: int) -> str:
        """The text up to where a sentence begins."""
        at = self.numbers.index(number)
        return self._until(at) + self.between[at]

    def upto(self, number: int) -> str:
        """The text up to where a sentence ends."""
        return self.before(number) + self.sentences[self.numbers.index(number)]

    def span(self, number: int) -> tuple[int, int]:
        return len(self.before(number)), len(self.upto(number))

    def within(self, start: int, end: int) -> list[int]:
        """The numbers of the sentences that a part of the text touches."""
        spans = {number: self.span(number) for number in self.numbers}
        return [number for number, (low, high) in spans.items() if low < end and start < high]

    def instead(self, number: int, sentence: str) -> Said:
        """With this one in its place; the first of a point keeps its mark, unless the new one brings its own."""
        at = self.numbers.index(number)
        said, told = sentence if _mark(sentence) else _mark(self.sentences[at]) + sentence, self._unbroken(at)
        return Said(self.numbers, (*told[:at], said, *told[at + 1 :]), self.between)

    def followed(self, number: int, sentence: str, gap: str = " ") -> Said:
        """With another sentence after this one, which has the highest number."""
        at = self.numbers.index(number) + 1
        told = self._unbroken(at - 1)
        return Said(
            (*self.numbers[:at], max(self.numbers) + 1, *self.numbers[at:]),
            (*told[:at], sentence, *told[at:]),
            (*self.between[:at], gap, *self.between[at:]),
        )

    def without(self, *gone: int) -> Said:
        """Without these sentences; a point keeps its mark or number until it loses all of its own, then they go too."""
        left = self
        for number in gone:
            if number in left.numbers:
                beside = left._of_line(number)
                if all(_SAYS_NOTHING.fullmatch(left[one]) for one in beside):
                    for one in beside:
                        left = left._less(one)
                left = left._less(number)
        return left

    def points(self) -> list[int]:
        """The numbers of the sentences that are no more than the number of a point: they begin a line that goes on."""
        begun = [one for one, gap in zip(self.numbers, ("\n", *self.between[1:]), strict=False) if "\n" in gap]
        return [one for one in begun if _NUMBER.fullmatch(self[one]) and self._of_line(one)]

    def says_nothing(self) -> bool:
        return not word_count(self.text)

    def last_of_prose(self) -> int | None:
        """The number of the last sentence that another one may follow in its paragraph; None where there is none.

        It ends a line of running text with a mark, and no list or code follows from it.
        """
        follows: Kind = "closing"
        for kind, line in reversed(list(self._lines())):
            if kind == "prose" and follows != "other" and self[line[-1]].endswith(ENDS):
                return line[-1]
            follows = kind if kind != "closing" else follows
        return None

    def last_of_body(self) -> int | None:
        """The number of the last sentence before the links and hashtags that close the text."""
        return next((line[-1] for kind, line in reversed(list(self._lines())) if kind != "closing"), None)

    def _lines(self) -> Iterator[tuple[Kind, list[int]]]:
        """The sentences of each line, and what kind of a line it is."""
        coded, at = False, 0
        while at < len(self.numbers):
            line = [self.numbers[at], *(one for one in self._of_line(self.numbers[at]))]
            fence = bool(FENCE.match(self.sentences[at]))
            yield ("other" if coded or fence else _kind_of(self.sentences[at : at + len(line)])), line
            coded, at = coded != fence, at + len(line)

    def _of_line(self, number: int) -> list[int]:
        """The other sentences of its line."""
        first = last = self.numbers.index(number)
        while first and "\n" not in self.between[first]:
            first -= 1
        while last + 1 < len(self.numbers) and "\n" not in self.between[last + 1]:
            last += 1
        return [one for one in self.numbers[first : last + 1] if one != number]

    def _less(self, number: int) -> Said:
        at = self.numbers.index(number)
        gap = _joined(self.between[at], self.between[at + 1], begins=at == 0, ends=at + 1 == len(self.numbers))
        told = self._unbroken(at)
        after = told[at + 1 :]
        if after and "\n" not in self.between[at + 1]:
            after = (_mark(self.sentences[at]) + after[0], *after[1:])
        return Said(
            (*self.numbers[:at], *self.numbers[at + 1 :]),
            (*told[:at], *after),
            (*self.between[:at], gap, *self.between[at + 2 :]),
        )

    def _unbroken(self, at: int) -> tuple[str, ...]:
        """All sentences, those of the paragraph that one of them stands in each on one line."""
        first = last = at
        while first and self.between[first].count("\n") < 2:
            first -= 1
        while last + 1 < len(self.numbers) and self.between[last + 1].count("\n") < 2:
            last += 1
        lined = map(on_one_line, self.sentences[first : last + 1])
        return (*self.sentences[:first], *lined, *self.sentences[last + 1 :])

    def _until(self, at: int) -> str:
        return "".join(gap + one for gap, one in zip(self.between[:at], self.sentences[:at], strict=True))


def _mark(sentence: str) -> str:
    """What a sentence begins with as the first one of a point, the space after it included."""
    mark = MARK.match(sentence)
    return mark.group() if mark else ""


def _kind_of(line: Sequence[str]) -> Kind:
    said = [word for sentence in line for word in sentence.split()]
    if URL.search(said[-1]) or all(word.startswith("#") or not any(map(str.isalnum, word)) for word in said):
        return "closing"
    return "other" if MARK.match(f"{' '.join(said)} ") else "prose"


def _joined(before: str, after: str, *, begins: bool, ends: bool) -> str:
    """The white space on both sides of a sentence that is gone in, what is left of it out.

    The larger break stays, and what follows on a new line stands as far in as it did.
    """
    if begins or ends:
        return before if begins and not ends else after if ends and not begins else ""
    breaks = max(before.count("\n"), after.count("\n"))
    if "\n" in after:
        return "\n" * breaks + after.rpartition("\n")[2]
    return before if breaks else before or after
