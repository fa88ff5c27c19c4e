"""Works in, the side each is on out: oldest to learn from, newest to measure on, and never back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from twin.core.records import Document, Side

MANY = 60
"""From so many works on the shares of the settings hold; below, they would leave too little to measure on."""
LEAST_TEST = 12
"""Held-out works wanted for a ceiling (EVALUATION.md §3), at most a third of all where there are few."""
LEAST_TO_JUDGE = 24
"""Works from which on a third is enough for a verdict of the gate."""
SMALL_TUNE = 0.1
LEAST_OF_A_REGISTER = 30
"""Works of one kind from which on they have sides of their own."""


def sizes(works: int, *, train_share: float, test_share: float) -> tuple[int, int]:
    """How many works in all; how many are held out and how many are to stop training by, out."""
    if works >= MANY:
        return round(test_share * works), round(max(0.0, 1 - train_share - test_share) * works)
    test = max(round(test_share * works), min(LEAST_TEST, works // 3))
    return test, min(works - test, max(2, round(SMALL_TUNE * works))) if works > 3 else 0


def explained(works: int) -> list[str]:
    """What few works mean for measuring, in words for the author; nothing where they are many."""
    if works >= MANY:
        return []
    held = sizes(works, train_share=0.6, test_share=0.2)[0]
    said = [f"{works} works are few: the newest {held} are kept for measuring; from {MANY} on it is a fifth."]
    if works < LEAST_TO_JUDGE:
        said.append(f"Under {LEAST_TO_JUDGE} there is no verdict on a twin: drafts are written from your passages.")
    return said


def new_sides(
    documents: Sequence[Document], *, train_share: float, test_share: float, known: Mapping[str, Side]
) -> dict[str, Side]:
    """Documents, oldest first, and the sides that are decided in; sides for the works that have none out.

    The shares hold over all works, old and new. Newer works fill the test side first, then the tuning side;
    a work that was on the test side stays there, whatever becomes of the shares. Each register of enough works is
    shared out for itself: else the newest texts, all notes perhaps, would be what posts are judged by.
    """
    sides: dict[str, Side] = {}
    for works, least_held in _groups(documents):
        new = [work for work in works if work not in known]
        held = [known[work] for work in works if work in known]
        if least_held:
            held_out, to_stop_by = sizes(len(works), train_share=train_share, test_share=test_share)
        else:
            held_out, to_stop_by = round(test_share * len(works)), round((1 - train_share - test_share) * len(works))
        test = min(len(new), max(0, held_out - held.count("test")))
        tune = min(len(new) - test, max(0, to_stop_by - held.count("tune")))
        learned = len(new) - test - tune
        sides |= {
            work: "train" if i < learned else "tune" if i < learned + tune else "test" for i, work in enumerate(new)
        }
    return sides


def _groups(documents: Sequence[Document]) -> list[tuple[list[str], bool]]:
    """Works, oldest first, by register, each with whether the least sizes hold; small registers are one group."""
    kinds: dict[str, str] = {}
    for doc in documents:
        kinds.setdefault(doc.work, doc.kind)
    counts = Counter(kinds.values())
    if len(kinds) < MANY or len(counts) < 2:
        return [(list(kinds), True)]
    groups: dict[str, list[str]] = {}
    for work, kind in kinds.items():
        groups.setdefault(kind if counts[kind] >= LEAST_OF_A_REGISTER else "", []).append(work)
    return [(works, False) for works in groups.values()]
