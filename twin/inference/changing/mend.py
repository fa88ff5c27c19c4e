"""Drafts in, the same with each sentence that no source holds or that is a copy said anew, left out or marked out."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeVar

from twin.inference.changing.reword import Mended, Rewording, Version, following
from twin.inference.checking.check import WRONG, Checked
from twin.inference.checking.strangers import absent

MOST_SENTENCES = 3
Done = TypeVar("Done")
Asking = Generator[Sequence[str], Sequence[Sequence[str]], Done]
"""Work that stops to ask for sentences: it yields beginnings of texts and is sent what could follow each."""


def mend(drafts: Sequence[tuple[Checked, Rewording]]) -> list[tuple[Checked, list[Mended]]]:
    """Each draft with the best of what can be done about its sentences, by the score, and what was done.

    Nothing is kept unsaid. What all of them ask for at a time is drawn in one batch, by the first one's means.
    """
    works = {i: _mended(Version.of(draft), how) for i, (draft, how) in enumerate(drafts)}
    done: dict[int, tuple[Checked, list[Mended]]] = {}
    sent: dict[int, Sequence[Sequence[str]] | None] = dict.fromkeys(works)
    while sent:
        asked: dict[int, Sequence[str]] = {}
        for i, drawn in sent.items():
            try:
                asked[i] = next(works[i]) if drawn is None else works[i].send(drawn)
            except StopIteration as end:
                done[i] = end.value
        begun = [(drafts[i][1].prompt, begin) for i, begins in asked.items() for begin in begins]
        left = iter(following(drafts[0][1].again, begun))
        sent = {i: [next(left) for _ in begins] for i, begins in asked.items()}
    return [done[i] for i in range(len(drafts))]


def _mended(now: Version, how: Rewording) -> Asking[tuple[Checked, list[Mended]]]:
    before = now.found.text
    now, told = yield from _told(now, how)
    now, apart = yield from _said_apart(now, how)
    now, added = yield from _made_up_for(now, sum(not one.became for one in (*told, *apart)), how)
    return how.counted(now, before).found, [*told, *apart, *added]


def _told(now: Version, how: Rewording) -> Asking[tuple[Version, list[Mended]]]:
    """Each sentence that is wrong, one after the other: said anew, left out, or kept.

    One that says a name, number, date or link that stands nowhere, or against a source, is kept only where it is all
    there is.
    """
    wrong = sorted(((n, claim) for n, claim in now.claimed() if claim.status in WRONG), key=lambda one: -absent(one[1]))
    first = wrong[:MOST_SENTENCES]
    follow = yield [now.said.before(n) for n, _ in first]
    drawn = dict(zip([n for n, _ in first], follow, strict=True))
    done: list[Mended] = []
    for number, claim in wrong:
        if number not in now.said.numbers:
            continue  # the number of a point that went with it
        ways = how.instead(now, number, drawn.get(number, ()))
        if number in (left := how.without(now, [number])):
            ways[""] = left[number]
        if not (absent(claim) and ways):
            ways[claim.sentence] = now
        became = max(ways, key=lambda said: ways[said].score)
        now = ways[became]
        done.append(Mended(claim.sentence, became, f"{_done(became, claim.sentence)}; {claim.finding}"))
    return now, done


def _said_apart(now: Version, how: Rewording) -> Asking[tuple[Version, list[Mended]]]:
    """Sentences that a copied run stands in, said anew or left out until no run is too long or nothing else is left."""
    done: list[Mended] = []
    for _ in range(2 * len(now.said.numbers)):
        run = now.copied()
        if not run:
            break
        follow = yield [now.said.before(n) for n in run[:MOST_SENTENCES]]
        drawn = zip(run, follow, strict=False)
        ways = {(n, ""): one for n, one in how.without(now, run).items()}
        ways |= {(n, said): one for n, fresh in drawn for said, one in how.instead(now, n, fresh).items()}
        if not ways:
            break
        number, became = max(ways, key=lambda way: (not ways[way].found.copied, ways[way].score))
        size = int(now.found.copying.value or 0)
        done.append(Mended(now.said[number], became, f"{_done(became)}; {size} words in a row stand in another text"))
        now = ways[number, became]
    return now, done


def _made_up_for(now: Version, lost: int, how: Rewording) -> Asking[tuple[Version, list[Mended]]]:
    """A sentence after the last of running text for each that was lost, as long as the text becomes better for it."""
    added: list[Mended] = []
    for _ in range(lost):
        last = now.said.last_of_prose()
        if last is None:
            break
        [drawn] = yield [f"{now.said.upto(last)} "]
        ways = how.followed(now, last, drawn)
        best = max(ways, key=lambda one: ways[one].score, default="")
        if not best or ways[best].score <= now.score:
            break
        now = ways[best]
        added.append(Mended("", best, "added for what was left out"))
    return now, added


def _done(became: str, sentence: str = "") -> str:
    if sentence and became == sentence:
        return "marked: the text is poorer without it"
    return "said anew" if became else "left out"
