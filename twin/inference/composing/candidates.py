"""Candidate texts for one request: drawn from the model, held to the sources where it can be, each checked once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from twin.core.records import Brief
from twin.core.text import cut_at_sentence, sentence_head
from twin.inference.checking.check import Checked, check, claimed
from twin.inference.checking.strangers import absent
from twin.inference.composing.blocks import grow
from twin.inference.composing.bound import allowed, in_their_case
from twin.inference.composing.compose import Drawn, Grown, Sampling, Start, compose
from twin.inference.composing.numbered import counted
from twin.inference.drafted import Writing
from twin.inference.places import Place
from twin.inference.request import Asked

_OPEN = re.compile(r"(?:^|\s)\(\w[^()\n]*$")


@dataclass(frozen=True, slots=True)
class Candidates:
    """`form` is the brief's; what was checked before is remembered."""

    asked: Asked
    how: Writing
    form: str
    _known: dict[tuple[str, bool, Brief], Checked] = field(default_factory=dict, repr=False)

    @property
    def sampling(self) -> Sampling:
        """How they are drawn: with numbers, dates and links of the sources alone, where the model can be held to it."""
        return held(self.how, self.asked.text, self.form)

    def checked(self, text: str, brief: Brief, *, finished: bool = True) -> Checked:
        """A text with its findings; its score counts the wishes that it leaves open."""
        key = text, finished, brief
        if key not in self._known:
            found = check(
                text,
                desk=self.how.desk,
                brief=brief,
                request=self.asked.text,
                passages=self.how.passages,
                finished=finished,
                markdown=self.how.place.markdown,
            )
            self._known[key] = self.asked.wishes.weighed(found)
        return self._known[key]

    def fits(self, text: str) -> bool:
        """Whether the place takes it."""
        return not self.how.limit or self.how.place.count(text) <= self.how.limit

    def strange(self, said: str) -> bool:
        """Whether new sentences say a name or number that stands nowhere."""
        how = self.how
        return how.bound and any(map(absent, claimed(said, how.passages, self.asked.text, how.desk.usual)))

    def drawn(self, starts: Sequence[Start], *, seed: int = 0) -> Drawn:
        """Prompts in, whole texts in the place's form out, each once; `seed` is added to ours."""
        how, sampling = self.how, self.sampling
        steered = partial(grow, judge=partial(self._promise, starts), strange=self.strange, usual=how.desk.hooks)
        drawn = (steered if how.model.continues else compose)(
            how.model,
            starts,
            words=starts[0].brief.words,
            sampling=replace(sampling, seed=sampling.seed + seed),
            adapter=how.voice.adapter,
            progress=how.progress,
        )
        texts: dict[str, Grown] = {}
        for one in drawn.texts:
            text = in_their_case(fitted(one, how.place, how.limit), sampling.only or ())
            texts.setdefault(text, replace(one, text=text, finished=True))
        return Drawn(tuple(one for one in texts.values() if one.text.strip()), drawn.tokens)

    def _promise(self, starts: Sequence[Start], one: Grown) -> float:
        return self.checked(one.text, starts[one.start].brief, finished=one.finished).score


def held(how: Writing, request: str, form: str) -> Sampling:
    """How texts are drawn for a request, held to what its sources write where the model can be."""
    if not (how.bound and how.model.binds):
        return how.sampling
    return replace(how.sampling, only=allowed(request, how.passages, form=form))


def fitted(answer: Grown, place: Place, limit: int) -> str:
    """A model's answer in, the draft out: in the place's form, lists counted, of whole sentences, within the limit.

    A bracket that its end cuts off is closed.
    """
    text = counted(place.tidy(answer.text))
    if not answer.finished and text and text[-1] not in ".!?…":
        text = cut_at_sentence(text, len(text) - 1)
    while limit and place.count(text) > limit:
        text = sentence_head(text[:-1]) or text[:-1].rpartition(" ")[0]
    closed = f"{text})" if _OPEN.search(text) else text
    return text if limit and place.count(closed) > limit else closed
