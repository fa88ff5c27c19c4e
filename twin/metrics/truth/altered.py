"""A sentence and a source line that it nearly copies in, what was put in another's place out.

Both are aligned word by word (difflib's Ratcliff-Obershelp matching, contractions and numbers in one spelling); what
is left over in the same place on both sides is an exchange. A clause that moved is aligned in a second pass. Some
exchanges change what is said: a "not" on one side, another name or number, another unit, an opposite, another verb.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from twin.core.brief import NEGATIONS, STOP
from twin.metrics.truth.evidence import Line
from twin.metrics.truth.meanings import alike, opposite, verbal
from twin.metrics.truth.numbers import UNIT
from twin.metrics.truth.wording import Token, tokens

COPIED = 0.7
"""Share of the sentence's words that must stand in the line for it to be nearly a copy."""
LEAST_TOKENS = 4
MOST_EXCHANGED = 3
LONGEST_CHARS = 1500
_LOOKED_AT = 6
_AUXILIARIES = frozenset("do does did am is are was were be been have has had will would can could".split())
_UNITS = frozenset(UNIT.values())
Run = Sequence[Token]
Exchange = tuple[Run, Run]


def exchanged(sentence: str, near: Sequence[Line]) -> tuple[Line, str, str] | None:
    """The line that the sentence copies most of, where something was exchanged, with status and finding; else None."""
    shares = {line: copied(sentence, line.text) for line in near[:_LOOKED_AT]}
    most = max(shares.values(), default=0.0)
    if most < COPIED:
        return None
    found = [(line, *altered(sentence, line.text)) for line, share in shares.items() if share == most]
    return None if any(not status for _, status, _ in found) else found[0]


def copied(sentence: str, line: str) -> float:
    """The share of the sentence's words that stand in the line; 0 for one of a few words or longer than a paragraph."""
    if max(len(sentence), len(line)) > LONGEST_CHARS:
        return 0.0
    mine, theirs = tokens(sentence), {token.key for token in tokens(line)}
    return sum(token.key in theirs for token in mine) / len(mine) if len(mine) >= LEAST_TOKENS else 0.0


def altered(sentence: str, line: str) -> tuple[str, str]:
    """For a near copy: "contradicted" or "not_found" with the finding in words; two empty strings where nothing is."""
    weaker = ("", "")
    moved = _number_moved(tokens(sentence), tokens(line))
    if moved:
        return "contradicted", f"the source says {moved} of something else: “{line[:160]}”"
    turned = _names_turned(tokens(sentence), tokens(line))
    if turned:
        return "contradicted", f"the source says {turned} the other way round: “{line[:160]}”"
    for before, new, old in exchanges(tokens(sentence), tokens(line)):
        if _negated(new) != _negated(old) and _small(new) and _small(old):
            return "contradicted", f"the source says the opposite: “{line[:160]}”"
        if not new or not old:
            continue
        ours, theirs = (" ".join(token.said for token in run) for run in (new, old))
        said = f"the source says {theirs}, not {ours}: “{line[:160]}”"
        if _other_names(new, old) or _other_number(new, old) or _other_measure(before, new, old):
            return "contradicted", said
        if len(new) == len(old) == 1 and not alike(new[0].said, old[0].said):
            if opposite(new[0].said, old[0].said):
                return "contradicted", said
            if verbal(new[0].said, before.said if before else "") and verbal(
                old[0].said, before.said if before else ""
            ):
                weaker = ("not_found", said)
    return weaker


def exchanges(mine: Run, theirs: Run) -> Iterator[tuple[Token | None, Run, Run]]:
    """What differs, as (word before, words here, words there); a side is empty where words were added or left out."""
    added: list[Token] = []
    gone: list[Token] = []
    for before, new, old in _differences(mine, theirs):
        if len(new) > MOST_EXCHANGED and not old:
            added += new
        elif len(old) > MOST_EXCHANGED and not new:
            gone += old
        else:
            yield before, new, old
    if added and gone:
        yield from _differences(added, gone)


def _differences(mine: Run, theirs: Run) -> Iterator[tuple[Token | None, Run, Run]]:
    matcher = SequenceMatcher(None, [token.key for token in mine], [token.key for token in theirs], autojunk=False)
    for kind, start, end, there, until in matcher.get_opcodes():
        if kind != "equal":
            yield (mine[start - 1] if start else None), mine[start:end], theirs[there:until]


def says_all(sentence: str, line: str) -> bool:
    """Whether every word of the sentence stands in the line in this order, with few left out and nothing changed."""
    if max(len(sentence), len(line)) > LONGEST_CHARS:
        return False
    mine, theirs = tokens(sentence), tokens(line)
    if len(mine) < LEAST_TOKENS or not len(mine) <= len(theirs) <= len(mine) + MOST_EXCHANGED:
        return False
    return all(not new for _, new, _ in _differences(mine, theirs)) and not altered(sentence, line)[0]


def _number_moved(mine: Run, theirs: Run) -> str:
    """A number that stands in both but between other words, its neighbours left behind; empty where there is none."""
    runs = list(_differences(mine, theirs))
    came = {run[0].key: run[0].said for _, run, _ in runs if len(run) == 1 and run[0].number}
    went = {run[0].key for _, _, run in runs if len(run) == 1 and run[0].number}
    return next((said for key, said in came.items() if key in went), "")


def _names_turned(mine: Run, theirs: Run) -> str:
    """Two names about the same few words that stand the other way round in the line; empty where there are none."""
    places = {token.key: i for i, token in enumerate(theirs)}
    for i, one in enumerate(mine):
        for j in range(i + 2, min(i + 2 + MOST_EXCHANGED, len(mine))):
            there, until = places.get(mine[j].key, -1), places.get(one.key, -1)
            if until - there != j - i or there < 0 or not (_named((one,)) and _named((mine[j],))):
                continue
            if [token.key for token in mine[i + 1 : j]] == [token.key for token in theirs[there + 1 : until]]:
                return f"{one.said} and {mine[j].said}"
    return ""


def _other_number(new: Run, old: Run) -> bool:
    return len(new) == len(old) == 1 and new[0].number and old[0].number


def _negated(run: Run) -> bool:
    return any(token.said.lower() in NEGATIONS for token in run)


def _small(run: Run) -> bool:
    """Whether a run says nothing of its own but, perhaps, "not": a left-out clause with a "not" is no opposite."""
    own = [token for token in run if token.said.lower() not in STOP | NEGATIONS | _AUXILIARIES]
    return len(own) <= 1 and len(run) <= MOST_EXCHANGED


def _other_names(new: Run, old: Run) -> bool:
    if len(new) > MOST_EXCHANGED or len(old) > MOST_EXCHANGED or not (_named(new) and _named(old)):
        return False
    mine, theirs = {token.key for token in new}, {token.key for token in old}
    return not mine & theirs and not _short_for(new, old) and not _short_for(old, new)


def _named(run: Run) -> bool:
    return any(token.said[0].isupper() and token.said.lower() not in STOP for token in run)


def _short_for(short: Run, long: Run) -> bool:
    """Whether one word is made of the first letters of the others."""
    return len(short) == 1 and short[0].said.lower() == "".join(token.said[0] for token in long).lower()


def _other_measure(before: Token | None, new: Run, old: Run) -> bool:
    """Whether another unit, or another thing counted, follows the same number."""
    if not before or not before.number or len(new) != 1 or len(old) != 1:
        return False
    return new[0].key in _UNITS or old[0].key in _UNITS
