"""A draft with sentences that no source holds in, the same with each of them said anew, left out or marked out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from twin.core.protocols import Model, Progress
from twin.core.records import Prompt, Request
from twin.core.text import sentences
from twin.inference.blocks import BLOCK_TOKENS
from twin.inference.check import Checked, left_out
from twin.inference.compose import Sampling
from twin.inference.strangers import absent

WRONG = ("not_found", "contradicted")
MOST_SENTENCES = 3
MOST_TRIES = 4
SEED_APART = 10_000
"""Seeds of new sentences count on from here: a sentence is not drawn again as it was."""
Again = Callable[[Sequence[str]], Sequence[Sequence[str]]]
"""Beginnings of a text in, for each of them sentences that could follow out."""
ENDS = (".", "!", "?", "…", ".”", '."', "?”", '?"', ":")


@dataclass(frozen=True, slots=True)
class Mended:
    """A sentence, what stands in its place (nothing, or itself where it stays with its mark), and why."""

    sentence: str
    became: str
    why: str


def mend(draft: Checked, *, checked: Callable[[str], Checked], again: Again) -> tuple[Checked, list[Mended]]:
    """The best of three by the score for each wrong sentence, one after the other: said anew, left out, or kept.

    One that says a name, number, date or link that stands nowhere, or against a source, is kept only where it is all
    there is. `checked` measures a text, `again` draws sentences anew; an empty answer leaves two ways. Nothing is kept
    unsaid.
    """
    wrong = [claim for claim in draft.claims if claim.status in WRONG]
    wrong.sort(key=absent, reverse=True)
    drawn = again([draft.text.partition(one.sentence)[0] for one in wrong[:MOST_SENTENCES]]) if wrong else ()
    fresh = {claim.sentence: said for claim, said in zip(wrong, drawn, strict=False)}
    now, done = draft, list[Mended]()
    for claim in wrong:
        ways = {claim.sentence: now}
        if rest := left_out(now.text, [claim.sentence]):
            ways[""] = checked(rest)
        for said in fresh.get(claim.sentence, ()):
            made = checked(now.text.replace(claim.sentence, said, 1))
            if said not in now.text and all(one.status not in WRONG for one in made.claims if one.sentence == said):
                ways[said] = made
        if absent(claim) and len(ways) > 1:
            del ways[claim.sentence]
        became = max(ways, key=lambda said: ways[said].score)
        now = ways[became]
        done.append(Mended(claim.sentence, became, _why(claim.finding, became, claim.sentence)))
    return _made_up_for(now, done, checked=checked, again=again)


def _made_up_for(
    now: Checked, done: list[Mended], *, checked: Callable[[str], Checked], again: Again
) -> tuple[Checked, list[Mended]]:
    """A sentence at the end for each that was left out, as long as the text becomes better by the score for it."""
    added: list[Mended] = []
    for _ in [one for one in done if not one.became]:
        said = [one for run in again([f"{now.text} "]) for one in run if one not in now.text]
        ways = {one: checked(f"{now.text} {one}") for one in said}
        sound = [one for one in ways if all(claim.status not in WRONG for claim in ways[one].claims[-1:])]
        best = max(sound, key=lambda one: ways[one].score, default="")
        if not best or ways[best].score <= now.score:
            break
        now = ways[best]
        added.append(Mended(best, best, "added for what was left out"))
    return now, [*done, *added]


def _why(finding: str, became: str, sentence: str) -> str:
    done = "marked: the text is poorer without it" if became == sentence else "said anew" if became else "left out"
    return f"{done}; {finding}"


def drawing(model: Model, prompt: Prompt, *, sampling: Sampling, adapter: Path | None, progress: Progress) -> Again:
    """The sentences that a model goes on with, all of them in one batch; none from one that cannot go on."""
    return partial(_drawn, model, prompt, sampling=sampling, adapter=adapter, progress=progress)


def _drawn(
    model: Model,
    prompt: Prompt,
    begins: Sequence[str],
    *,
    sampling: Sampling,
    adapter: Path | None,
    progress: Progress,
) -> list[list[str]]:
    if not model.continues:
        return []
    tries = min(MOST_TRIES, sampling.candidates)
    requests = [
        Request(
            prompt,
            begin=begin.rstrip(" "),
            max_tokens=BLOCK_TOKENS,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            min_p=sampling.min_p,
            repeat_penalty=sampling.repeat_penalty,
            repeat_run=sampling.repeat_run,
            seed=sampling.seed + SEED_APART + i,
            only=sampling.only,
        )
        for begin in begins
        for i in range(tries)
    ]
    answers = model.generate(requests, adapter=adapter, progress=lambda now, _, note: progress(now, 0, note))
    firsts = [next(iter(sentences(answer.text)), "") for answer in answers]
    runs = [firsts[i : i + tries] for i in range(0, len(firsts), tries)]
    return [[one for one in dict.fromkeys(run) if one.endswith(ENDS)] for run in runs]
