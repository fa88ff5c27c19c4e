"""A checked text in, other versions of it out: one sentence said otherwise, left out or added, checked again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from twin.core.lines import Span
from twin.core.protocols import Model, Progress, open_ended
from twin.core.records import Claim, Prompt
from twin.core.text import sentences
from twin.inference.checking.check import WRONG, Checked
from twin.inference.checking.said import ENDS, Said
from twin.inference.composing.compose import Sampling, requests
from twin.inference.composing.numbered import counted_as
from twin.inference.places import Place

MOST_TRIES = 4
SENTENCE_TOKENS = 48
SEED_APART = 10_000
"""Seeds of new sentences count on from here: a sentence is not drawn again as it was."""
Begun = tuple[Prompt, str]
"""A prompt, and what stands so far of the text that was written to it."""
Again = Callable[[Sequence[Begun]], Sequence[Sequence[str]]]
"""Beginnings of texts in, for each of them sentences that could follow out; nothing where none can be drawn."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A sentence (empty for one that was added), what stands in its place (nothing, or itself with a mark), and why."""

    sentence: str
    became: str
    why: str


@dataclass(frozen=True, slots=True)
class Version:
    """A text by its sentences, and what was found of it."""

    said: Said
    found: Checked

    @classmethod
    def of(cls, found: Checked) -> Version:
        return cls(Said.of(found.text), found)

    @property
    def score(self) -> float:
        return self.found.score

    def claimed(self) -> list[tuple[int, Claim]]:
        """Each claim with the number of its sentence."""
        return [(self.said.within(*span)[0], claim) for span, claim in self.found.standing()]

    def spoken(self) -> list[int]:
        """The numbers of the sentences that say something: no hashtags, no number of a point."""
        return [number for number, _ in self.claimed() if any(map(str.isalpha, self.said[number]))]

    def copied(self) -> list[int]:
        """The numbers of the sentences that the longest run stands in, if it is too long."""
        run = self.found.copy()
        return self.said.within(*run) if run else []

    def is_sound(self, number: int) -> bool:
        """Whether a sentence is neither found to be wrong nor a part of a copy."""
        mine = self.said.span(number)
        wrong = any(_touch(mine, span) for span, claim in self.found.standing() if claim.status in WRONG)
        return not wrong and number not in self.copied()


@dataclass(frozen=True, slots=True)
class Rewording:
    """What versions are made with: `checked` measures a text, `fits` says whether its place takes it.

    `prompt` is what the text was written to.
    """

    checked: Callable[[str], Checked]
    again: Again
    fits: Callable[[str], bool]
    prompt: Prompt = ()

    def drawn(self, begins: Sequence[str]) -> list[Sequence[str]]:
        """Sentences that could follow each beginning; none for any where the model cannot go on with a text."""
        return following(self.again, [(self.prompt, begin) for begin in begins])

    def instead(self, now: Version, number: int, drawn: Iterable[str]) -> dict[str, Version]:
        """The sound versions in which one of these sentences stands in the place of this one."""
        return self._sound(now, {one: (now.said.instead(number, one), number) for one in drawn})

    def followed(self, now: Version, number: int, drawn: Iterable[str], gap: str = " ") -> dict[str, Version]:
        """The sound versions in which one of these sentences follows this one."""
        added = max(now.said.numbers, default=0) + 1
        return self._sound(now, {one: (now.said.followed(number, one, gap), added) for one in drawn})

    def without(self, now: Version, numbers: Collection[int]) -> dict[int, Version]:
        """The versions that lack one of these sentences; none that says nothing any more."""
        left = {number: now.said.without(number) for number in numbers if number in now.said.numbers}
        return {number: self._version(said) for number, said in left.items() if not said.says_nothing()}

    def counted(self, now: Version, before: str) -> Version:
        """With the points of its lists counted anew where they were in order before."""
        text = counted_as(now.found.text, before)
        return now if text == now.found.text else Version.of(self.checked(text))

    def _sound(self, now: Version, ways: dict[str, tuple[Said, int]]) -> dict[str, Version]:
        new = {one: (said, number) for one, (said, number) in ways.items() if one not in now.said}
        made = {one: (self._version(said), number) for one, (said, number) in new.items() if self.fits(said.text)}
        return {one: version for one, (version, number) in made.items() if version.is_sound(number)}

    def _version(self, said: Said) -> Version:
        return Version(said, self.checked(said.text))


def following(again: Again, begun: Sequence[Begun]) -> list[Sequence[str]]:
    """What was drawn for each of them; nothing is asked for none."""
    found = list(again(begun)) if begun else []
    return found or [()] * len(begun)


def drawing(model: Model, *, sampling: Sampling, adapter: Path | None, place: Place, progress: Progress) -> Again:
    """The whole sentences that a model goes on with, in the place's form, all in one batch."""
    return partial(_drawn, model, sampling=sampling, adapter=adapter, place=place, progress=progress)


def _drawn(
    model: Model,
    begun: Sequence[Begun],
    *,
    sampling: Sampling,
    adapter: Path | None,
    place: Place,
    progress: Progress,
) -> list[list[str]]:
    if not model.continues:
        return []
    tries = min(MOST_TRIES, sampling.candidates)
    few = replace(sampling, candidates=tries, seed=sampling.seed + SEED_APART)
    asked = [
        replace(request, one_sentence=True)
        for prompt, begin in begun
        for request in requests(prompt, [begin.rstrip(" ")], sampling=few, max_tokens=SENTENCE_TOKENS)
    ]
    answers = model.generate(asked, adapter=adapter, progress=open_ended(progress))
    firsts = [next(iter(sentences(place.tidy(answer.text))), "") for answer in answers]
    runs = [firsts[i : i + tries] for i in range(0, len(firsts), tries)]
    return [[one for one in dict.fromkeys(run) if one.endswith((*ENDS, ":"))] for run in runs]


def _touch(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
