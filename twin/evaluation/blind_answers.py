"""Answers of readers to a blind test in, what they allow to be said out. Files may have been edited by hand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from math import comb
from pathlib import Path
from typing import Any

from twin.core.errors import BadRequest
from twin.evaluation.intervals import rate_of
from twin.evaluation.protocol import AUTHOR, TWIN
from twin.evaluation.words import interval

MOST_BYTES = 1_000_000
CHOICES = ("left", "right", "tie")
ENOUGH_PAIRS = 30
SURE = 0.05


def read_answers(path: Path, key: Mapping[str, Any]) -> dict[str, Any]:
    """One file of answers in, `{reader author answers: {id: choice} problems: [...]}` out.

    Raises: BadRequest for a file that is not of this test at all; single bad answers are left out and said.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadRequest(f"{str(path)!r} is too large to hold answers", "give the file that the page saved")
        found = json.loads(path.read_text("utf-8"), object_pairs_hook=_told_once)
    except (OSError, ValueError, RecursionError) as bad:
        raise BadRequest(
            f"cannot read answers from {str(path)!r}: {bad}"[:300], "give the file that the page saved"
        ) from bad
    if not isinstance(found, dict) or not isinstance(found.get("answers"), dict):
        raise BadRequest(f"{str(path)!r} holds no answers", "give the file that the page saved: answers-NAME.json")
    if found.get("test") != key["test"]:
        raise BadRequest(
            f"{str(path)!r} answers another test than the newest one", "read the newest page: twin evaluate --blind"
        )
    answers, problems = {}, []
    for pair, choice in found["answers"].items():
        if pair not in key["pairs"]:
            problems.append(f"there is no pair {pair[:40]!r}")
        elif choice not in CHOICES:
            problems.append(f"{pair}: {str(choice)[:40]!r} is no choice")
        else:
            answers[pair] = choice
    reader = str(found.get("reader") or path.stem)[:80]
    return {"reader": reader, "author": found.get("author") is True, "answers": answers, "problems": problems}


TWICE = "(twice)"


def _told_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs of a JSON object in, the object out; a name that stands twice in it keeps no value."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = TWICE if name in found else value
    return found


def results(key: Mapping[str, Any], readers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The key and what readers answered in; `{readers, together: {rival: {...}}, sentences}` out.

    The author's own answers stand apart: they may remember their posts. Together, a pair is one observation, what most
    readers said of it: their answers to one pair are not independent. Raises: BadRequest for two files of one reader.
    """
    names = [str(one["reader"]) for one in readers]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadRequest(f"two files are by {twice[0]!r}", "give each reader's file once, or change the name in one")
    each = [
        {
            "reader": one["reader"],
            "author": one["author"],
            "counts": _counts(key, [one["answers"]]),
            "consistent": _consistent(key, one["answers"]),
            "problems": one["problems"],
        }
        for one in readers
    ]
    others = [one["answers"] for one in readers if not one["author"]]
    together = _counts(key, [_majority(others)] if others else [])
    return {"readers": each, "together": together, "sentences": _sentences(key, each, together, len(others))}


def _counts(key: Mapping[str, Any], answers: Sequence[Mapping[str, str]]) -> dict[str, dict[str, Any]]:
    """By rival of the twin: how often the twin, the rival or neither was taken for the person. Repeats do not count."""
    found: dict[str, dict[str, Any]] = {}
    for given in answers:
        for pair, choice in given.items():
            sides = key["pairs"][pair]
            if sides["repeats"]:
                continue
            rival = sides["right"] if str(sides["left"]).startswith(TWIN) else sides["left"]
            row = found.setdefault(rival, {"wins": 0, "losses": 0, "ties": 0})
            outcome = "ties" if choice == "tie" else "losses" if sides[choice] == rival else "wins"
            row[outcome] += 1
    for row in found.values():
        row["share"] = rate_of(row["wins"], row["wins"] + row["losses"])
        row["p"] = sign_test(row["wins"], row["losses"])
    return found


def _majority(answers: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What most readers chose for each pair that any of them answered; a tie where no choice leads."""
    found: dict[str, str] = {}
    for pair in dict.fromkeys(pair for given in answers for pair in given):
        counts = Counter(given[pair] for given in answers if pair in given)
        most = max(counts.values())
        leading = [choice for choice, count in counts.items() if count == most]
        found[pair] = leading[0] if len(leading) == 1 else "tie"
    return found


def sign_test(wins: int, losses: int) -> float:
    """Wins and losses in, the two-sided exact chance of a split as uneven from a fair coin out; 1 for none."""
    n, most = wins + losses, max(wins, losses)
    tail: int = sum(comb(n, i) for i in range(most, n + 1))
    return min(1.0, 2 * tail / float(2**n))


def _consistent(key: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, int]:
    """How many repeated pairs were answered the same way round."""
    same = {"left": "right", "right": "left", "tie": "tie"}
    both = [
        (answers[pair], answers[sides["repeats"]])
        for pair, sides in key["pairs"].items()
        if sides["repeats"] and pair in answers and sides["repeats"] in answers
    ]
    return {"same": sum(same[again] == first for again, first in both), "of": len(both)}


def _sentences(
    key: Mapping[str, Any], each: Sequence[Mapping[str, Any]], together: Mapping[str, Any], others: int
) -> list[str]:
    found = [_verdict(str(key["author"]), rival, row, others) for rival, row in together.items()]
    if not found:
        found.append("No reader but the author answered: nothing can be said of what others would take for theirs.")
    for one in each:
        if one["author"]:
            found.append(f"{one['reader']} wrote the posts and may remember them: counted apart.")
        if one["consistent"]["of"] and one["consistent"]["same"] < one["consistent"]["of"]:
            same = f"{one['consistent']['same']} of {one['consistent']['of']}"
            found.append(f"{one['reader']} answered {same} repeated pairs the same way again: partly a guess.")
        if one["problems"]:
            found.append(
                f"{one['reader']}: {len(one['problems'])} answers left out ({'; '.join(one['problems'][:3])})."
            )
    return found


def _verdict(author: str, rival: str, row: Mapping[str, Any], readers: int) -> str:
    n = row["wins"] + row["losses"]
    against = f"{author}'s real texts" if rival == AUTHOR else rival
    who = "1 reader" if readers == 1 else f"most of {readers} readers"
    said = f"Against {against}, {who} took the twin for {author} {row['wins']} of {n} times, {row['ties']} ties"
    if not n:
        return f"{said}: nobody chose."
    said = f"{said} ({interval(row['share'])}, p = {row['p']:.3f})"
    if row["p"] >= SURE:
        tell = "could not clearly tell them apart" if rival == AUTHOR else "no clear difference"
        verdict = f"{tell}, which is no proof that there is none"
    elif rival == AUTHOR:
        verdict = "the real texts are told from the twin" if row["losses"] > row["wins"] else "the twin is preferred"
    else:
        verdict = "the twin is nearer" if row["wins"] > row["losses"] else "the baseline is nearer"
    return f"{said}: {verdict}{'' if n >= ENOUGH_PAIRS else f'; suggestive only, a claim needs {ENOUGH_PAIRS} pairs'}."
