"""A draft in, the same with each sentence that no source holds or that is a copy said anew, left out or marked out."""

from __future__ import annotations

from twin.inference.check import WRONG, Checked
from twin.inference.reword import Mended, Rewording, Version
from twin.inference.strangers import absent

MOST_SENTENCES = 3


def mend(draft: Checked, how: Rewording) -> tuple[Checked, list[Mended]]:
    """The draft with the best of what can be done about each sentence, by the score, and what was done. Nothing is
    kept unsaid.
    """
    now, told = _told(Version.of(draft), how)
    now, apart = _said_apart(now, how)
    now, added = _made_up_for(now, sum(not one.became for one in (*told, *apart)), how)
    return now.found, [*told, *apart, *added]


def _told(now: Version, how: Rewording) -> tuple[Version, list[Mended]]:
    """Each sentence that is wrong, one after the other: said anew, left out, or kept.

    One that says a name, number, date or link that stands nowhere, or against a source, is kept only where it is all
    there is.
    """
    wrong = sorted(((n, claim) for n, claim in now.claimed() if claim.status in WRONG), key=lambda one: -absent(one[1]))
    first = wrong[:MOST_SENTENCES]
    drawn = dict(zip([n for n, _ in first], how.drawn([now.said.before(n) for n, _ in first]), strict=True))
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


def _said_apart(now: Version, how: Rewording) -> tuple[Version, list[Mended]]:
    """Sentences that a copied run stands in, said anew or left out until no run is too long or nothing else is left."""
    done: list[Mended] = []
    for _ in range(2 * len(now.said.numbers)):
        run = now.copied()
        drawn = zip(run, how.drawn([now.said.before(n) for n in run[:MOST_SENTENCES]]), strict=False)
        ways = {(n, ""): one for n, one in how.without(now, run).items()}
        ways |= {(n, said): one for n, fresh in drawn for said, one in how.instead(now, n, fresh).items()}
        if not ways:
            break
        number, became = max(ways, key=lambda way: (not ways[way].found.copied, ways[way].score))
        size = int(now.found.copying.value or 0)
        done.append(Mended(now.said[number], became, f"{_done(became)}; {size} words in a row stand in another text"))
        now = ways[number, became]
    return now, done


def _made_up_for(now: Version, lost: int, how: Rewording) -> tuple[Version, list[Mended]]:
    """A sentence after the last of running text for each that was lost, as long as the text becomes better for it."""
    added: list[Mended] = []
    for _ in range(lost):
        last = now.said.last_of_prose()
        if last is None:
            break
        [drawn] = how.drawn([f"{now.said.upto(last)} "])
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
