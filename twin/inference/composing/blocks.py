"""Prompts in, whole texts out, grown block by block: every block is judged before the next one is written.

A small model seldom writes a whole post that stands on its sources; among a few next sentences it often writes one
that does. Method: blockwise best-of-n (Mudgal et al. 2024, https://arxiv.org/abs/2310.17022).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import cycle
from pathlib import Path

from twin.core.brief import answer_tokens
from twin.core.protocols import Model, Progress, open_ended
from twin.core.records import Completion, Request
from twin.core.text import sentence_head, word_count
from twin.inference.checking.check import LEAST_LENGTH
from twin.inference.composing.compose import Drawn, Grown, Sampling, Start, requests
from twin.inference.composing.hooks import hook_of, led_apart

BLOCK_TOKENS = 32
"""A sentence, and room for the end of a long one: of 48 tokens half were cut off again (docs/log.md)."""
OPENINGS = 4
"""Openings drawn for each text that is asked for, at least: they must lead apart."""
MOST_LENGTH = 1.0
"""Share of the length asked for from which on a text is not continued."""

Key = tuple[int, str]
"""A line: the place of its start, and its text as far as it goes."""
Judge = Callable[[Grown], float]
"""How good a text is as far as it goes, higher is better."""
Strange = Callable[[str], bool]
"""Whether new sentences say something to check, a name or a number, that no source says."""
MOST_AGAIN = 2
"""Times that a block is drawn again where every one is strange from its first sentence on."""

_POINT = re.compile(r"(?:^|\n)\s*\d{1,2}[.)]$")
"""The number of a point that is not there yet, which looks like a sentence."""


def grow(
    model: Model,
    starts: Sequence[Start],
    *,
    words: int,
    sampling: Sampling,
    adapter: Path | None,
    judge: Judge,
    strange: Strange,
    usual: Mapping[str, float],
    progress: Progress,
) -> Drawn:
    """Prompts in; every text that ended on the way, and the last of each line, out.

    Each start has as many lines as it has texts, and each line a temperature, in turn. Openings of one start lead
    with its hook where one does, several of them with different ones, as the person's `usual` ones are. Each grows
    into a text of its own, at the temperature that it was drawn at: `sampling.candidates` next blocks are drawn for
    each of them, and the best one stays. A block ends before its first strange sentence; where nothing is left of
    any, they are drawn again, and at last one stays as it is. What the model ended far too early may be gone on with
    too. Several lines draw half as many blocks each, side by side or one prompt after the other. A first line that
    lists topic words of the brief, as a headline, is left out.
    """
    places = [place for place, start in enumerate(starts) for _ in range(start.texts)]
    fewer = max(1, sampling.candidates // (2 if len(places) > 1 else 1))
    openings = max(OPENINGS, -(-sampling.candidates // len(places)))
    begun = [
        Grown("", finished=False, start=one, temperature=t) for one, t in zip(places, cycle(sampling.temperatures))
    ]
    by_prompt = [[one for one in begun if one.start == place] for place in range(len(starts))]
    ended, tokens, seed = list[Grown](), 0, sampling.seed

    def draw(asked: Sequence[Grown], each: int) -> Iterable[tuple[Key, Grown]]:
        """Different prompts share their seeds, so that they are one call; openings of one prompt have their own."""
        nonlocal tokens, seed
        blocks, beside = list[tuple[Grown, Request]](), Counter[Key]()
        for one in asked:
            begun = seed + each * beside[one.key]
            now = replace(sampling, candidates=each, seed=begun, temperature=one.temperature)
            drawn = requests(starts[one.start].prompt, [one.text], sampling=now, max_tokens=BLOCK_TOKENS)
            blocks += [(one, request) for request in drawn]
            beside[one.key] += 1
        answers = model.generate(
            [request for _, request in blocks], adapter=adapter, progress=open_ended(progress, done=tokens)
        )
        tokens, seed = tokens + sum(answer.tokens for answer in answers), seed + each * max(beside.values())
        topics = [starts[one.start].brief.topic for one, _ in blocks]
        said = [
            answer if one.text else replace(answer, text=_without_topic(answer.text, topic))
            for (one, _), answer, topic in zip(blocks, answers, topics, strict=True)
        ]
        return _extended([one for one, _ in blocks], said)

    def last_of(lines: Sequence[Grown]) -> Sequence[Grown]:
        """Lines that grow side by side, to the last step or until all have ended."""
        for step in range(2 * -(-answer_tokens(words) // BLOCK_TOKENS)):
            by_line: dict[Key, list[Grown]] = defaultdict(list)
            for begin, one in _sound_ones(lines, partial(draw, each=fewer if step else openings), strange):
                size = word_count(one.text)
                if one.finished or size >= MOST_LENGTH * words:
                    ended.append(one)
                if size < (LEAST_LENGTH if one.finished else MOST_LENGTH) * words and one.key != begin:
                    by_line[begin].append(one)
            if step:
                lines = [max(drawn, key=judge) for drawn in by_line.values()]
            else:
                opened = (_opened(drawn, starts[drawn[0].start], judge, usual) for drawn in by_line.values())
                lines = [one for few in opened for one in few]
            if not lines:
                break
        return lines

    last = [one for lines in (by_prompt if model.apart else [begun]) for one in last_of(lines)]
    return Drawn((*ended, *last), tokens)


def _opened(drawn: Sequence[Grown], start: Start, judge: Judge, usual: Mapping[str, float]) -> list[Grown]:
    """The openings that a start goes on with: of its own hook before others, then the best first, none twice."""

    def worth(one: Grown) -> tuple[bool, float]:
        return hook_of(one.text) == start.hook, judge(one)

    once: dict[str, Grown] = {}
    for one in drawn:
        once.setdefault(one.text, one)
    ranked = sorted(once.values(), key=worth, reverse=True)
    return led_apart([(one.text, one) for one in ranked], start.texts, usual)


def _sound_ones(
    grown: Sequence[Grown], draw: Callable[[Sequence[Grown]], Iterable[tuple[Key, Grown]]], strange: Strange
) -> Iterable[tuple[Key, Grown]]:
    """Lines in, what each may go on with out, each once; where all is strange at every try, all of it."""
    found: dict[Key, dict[Grown, None]] = defaultdict(dict)
    aside: dict[Key, dict[Grown, None]] = defaultdict(dict)
    for _ in range(1 + MOST_AGAIN):
        for begin, one in draw([one for one in grown if one.key not in found]):
            sound = _sound(one, begin[1], strange)
            (found if sound else aside)[begin][sound or one] = None
        if aside.keys() <= found.keys():
            break
    return [(begin, one) for begin, drawn in (aside | found).items() for one in drawn]


def _sound(one: Grown, begin: str, strange: Strange) -> Grown | None:
    """A text up to its first new sentence that is strange, perhaps all of it; None if only its beginning is left."""
    while strange(one.text[len(begin) :]):
        one = replace(one, text=sentence_head(one.text), finished=False)
        if len(one.text) <= len(begin):
            return None
    return one


def _without_topic(text: str, topic: str) -> str:
    """An opening without the first line where that only repeats topic words as the prompt lists them."""
    line, _, rest = text.lstrip().partition("\n")
    said = [term.strip(" .:#*").lower() for term in line.split(",")]
    return rest.lstrip() if len(said) > 1 and set(said) <= set(topic.lower().split(", ")) else text


def _extended(asked: Sequence[Grown], answers: Sequence[Completion]) -> Iterable[tuple[Key, Grown]]:
    """What each text began with, and the text with its new block, cut after the last whole sentence, each once.

    A block without a whole sentence stays as it is; an empty one adds nothing and is left out.
    """
    found: dict[tuple[Key, Grown], None] = {}
    for begun, answer in zip(asked, answers, strict=True):
        finished = answer.finish == "stop"
        block = answer.text if finished else _POINT.sub("", sentence_head(answer.text)) or answer.text
        if finished or block.strip():
            found[begun.key, replace(begun, text=begun.text + block.rstrip(), finished=finished)] = None
    return found
