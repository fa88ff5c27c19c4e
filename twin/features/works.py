"""Documents in, which of them tell one story out. A post that opens an article is the same work as the article."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from twin.core.records import Document
from twin.core.text import shingles, words

SHARE = 0.5
SHORTEST_RUNS = 8
COMMON = 20


def works_of(documents: Sequence[Document]) -> dict[str, str]:
    """Document ids to work ids: two texts are one work when half of the shorter one's 5-word runs are in the other.

    Containment, not Jaccard: a teaser of an article shares little of the article. The work keeps the id of its
    oldest document, so ids stay when texts are added. Documents come oldest first.
    """
    runs = {doc.id: shingles(words(doc.text)) for doc in documents}
    parent = {doc.id: doc.id for doc in documents}
    order = {doc.id: i for i, doc in enumerate(documents)}
    for (left, right), count in _shared_runs(runs).items():
        shorter = min(len(runs[left]), len(runs[right]))
        if shorter >= SHORTEST_RUNS and count >= SHARE * shorter:
            first, second = sorted((_root(parent, left), _root(parent, right)), key=order.__getitem__)
            parent[second] = first
    return {doc.id: _root(parent, doc.id) for doc in documents}


def _shared_runs(runs: dict[str, set[tuple[str, ...]]]) -> dict[tuple[str, str], int]:
    """How many runs each pair of texts shares; a run in more than `COMMON` texts is a stock phrase, links nothing."""
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for identity, found in runs.items():
        for run in found:
            holders[run].append(identity)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for held in holders.values():
        if len(held) <= COMMON:
            for pair in combinations(held, 2):
                shared[pair] += 1
    return shared


def _root(parent: dict[str, str], identity: str) -> str:
    """The representative of a set in a union-find forest, with path halving."""
    while parent[identity] != identity:
        parent[identity] = parent[parent[identity]]
        identity = parent[identity]
    return identity
