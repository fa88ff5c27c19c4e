"""A prompt in, whole texts out, grown block by block: every block is judged before the next one is written.

A small model seldom writes a whole post that stands on its sources; among a few next sentences it often writes one
that does. Method: blockwise best-of-n (Mudgal et al. 2024, https://arxiv.org/abs/2310.17022).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from twin.core.brief import answer_tokens
from twin.core.protocols import Model, Progress, open_ended
from twin.core.records import Completion, Prompt, Request
from twin.core.text import sentence_head, word_count
from twin.inference.checking.check import LEAST_LENGTH
from twin.inference.composing.compose import Drawn, Grown, Sampling, requests
from twin.inference.composing.hooks import led_apart

BLOCK_TOKENS = 32
"""A sentence, and room for the end of a long one: of 48 tokens half were cut off again (docs/log.md)."""
OPENINGS = 4
"""Openings drawn for each text that is asked for, at least: they must lead apart."""
MOST_LENGTH = 1.1
"""Share of the length asked for from which on a text is not continued."""

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
    prompt: Prompt,
    *,
    words: int,
    lines: int,
    sampling: Sampling,
    adapter: Path | None,
    judge: Judge,
    strange: Strange,
    usual: Mapping[str, float],
    progress: Progress,
) -> Drawn:
    """One prompt in; every text that ended on the way, and the last of each line, out.

    `lines` openings that lead with different hooks, as the person's `usual` ones are, each grow into a text of their
    own: `sampling.candidates` next blocks are drawn for each of them, and the best one stays. A block ends before its
    first strange sentence; where nothing is left of any, they are drawn again, and at last one stays as it is. What the
    model ended far too early may be gone on with too. Several lines draw half as many blocks each.
    """
    fewer = max(1, sampling.candidates // (2 if lines > 1 else 1))
    grown, ended, tokens, seed = [Grown("", finished=False)], list[Grown](), 0, sampling.seed

    def draw(asked: Sequence[Grown], each: int) -> Iterable[tuple[str, Grown]]:
        nonlocal tokens, seed
        now = replace(sampling, candidates=each, seed=seed)
        blocks = requests(prompt, [one.text for one in asked], sampling=now, max_tokens=BLOCK_TOKENS)
        answers = model.generate(blocks, adapter=adapter, progress=open_ended(progress, done=tokens))
        tokens, seed = tokens + sum(answer.tokens for answer in answers), seed + each
        return _extended(blocks, answers)

    for step in range(2 * -(-answer_tokens(words) // BLOCK_TOKENS)):
        each = fewer if step else max(sampling.candidates, lines * OPENINGS)
        by_line: dict[str, list[Grown]] = defaultdict(list)
        for begin, one in _sound_ones(grown, partial(draw, each=each), strange):
            size = word_count(one.text)
            if one.finished or size >= MOST_LENGTH * words:
                ended.append(one)
            if size < (LEAST_LENGTH if one.finished else MOST_LENGTH) * words and one.text != begin:
                by_line[begin].append(one)
        ranked = [sorted(drawn, key=judge, reverse=True) for drawn in by_line.values()]
        if step:
            grown = [drawn[0] for drawn in ranked]
        else:
            grown = [one for drawn in ranked for one in led_apart([(one.text, one) for one in drawn], lines, usual)]
        if not grown:
            break
    return Drawn((*ended, *grown), tokens)


def _sound_ones(
    grown: Sequence[Grown], draw: Callable[[Sequence[Grown]], Iterable[tuple[str, Grown]]], strange: Strange
) -> Iterable[tuple[str, Grown]]:
    """Lines in, what each may go on with out, each once; where all is strange at every try, all of it."""
    found: dict[str, dict[Grown, None]] = defaultdict(dict)
    aside: dict[str, dict[Grown, None]] = defaultdict(dict)
    for _ in range(1 + MOST_AGAIN):
        for begin, one in draw([one for one in grown if one.text not in found]):
            sound = _sound(one, begin, strange)
            (found if sound else aside)[begin][sound or one] = None
        if aside.keys() <= found.keys():
            break
    return [(begin, one) for begin, drawn in (aside | found).items() for one in drawn]


def _sound(one: Grown, begin: str, strange: Strange) -> Grown | None:
    """A text up to its first new sentence that is strange, perhaps all of it; None if only its beginning is left."""
    while strange(one.text[len(begin) :]):
        one = Grown(sentence_head(one.text), finished=False)
        if len(one.text) <= len(begin):
            return None
    return one


def _extended(asked: Sequence[Request], answers: Sequence[Completion]) -> Iterable[tuple[str, Grown]]:
    """What each text began with, and the text with its new block, cut after the last whole sentence, each once.

    A block without a whole sentence stays as it is; an empty one adds nothing and is left out.
    """
    found: dict[tuple[str, Grown], None] = {}
    for request, answer in zip(asked, answers, strict=True):
        finished = answer.finish == "stop"
        block = answer.text if finished else _POINT.sub("", sentence_head(answer.text)) or answer.text
        text = request.begin + block.rstrip()
        if finished or block.strip():
            found[request.begin, Grown(text, finished)] = None
    return found
