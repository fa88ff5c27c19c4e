"""Runs of words in, which texts tell one story out. A post that opens an article is the same work as the article."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from twin.features.runs import unpacked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from twin.features.runs import Hashes

    Numbers = NDArray[np.int64]

SHARE = 0.5
SHORTEST_RUNS = 8
COMMON = 20
COPY_RUNS, ALIKE = 30, 0.8
"""Texts of so many runs that share so much of the longer are copies, however many they are: no stock phrase is that."""
_AT_ONCE = 1 << 19


def works_of(runs: Callable[[], Iterable[tuple[str, bytes]]]) -> dict[str, str]:
    """A way to go through document ids with their packed runs in, ids to work ids out, of those that are not their own.

    Two texts are one work when half of the shorter one's runs are in the other: containment, not Jaccard, since a
    teaser of an article shares little of the article. The work keeps the id of its oldest document, so ids stay when
    texts are added. Documents come oldest first.
    """
    import numpy as np

    ids: list[str] = []
    counted: list[int] = []
    for identity, kept in runs():
        ids.append(identity)
        counted.append(len(kept) // 4)
    sizes = np.array(counted, np.int64)
    parent = list(range(len(ids)))
    for left, right in _tellings(runs, sizes):
        first, second = sorted((_root(parent, left), _root(parent, right)))
        parent[second] = first
    return {identity: ids[root] for i, identity in enumerate(ids) if (root := _root(parent, i)) != i}


def _tellings(runs: Callable[[], Iterable[tuple[str, bytes]]], sizes: Numbers) -> Iterator[tuple[int, int]]:
    """Pairs of texts that tell one story. Runs are met in slices of their range: memory stays when texts are added."""
    import numpy as np

    slices = int(sizes.sum()) // _AT_ONCE + 1
    edges = np.linspace(0, 1 << 32, slices + 1).astype(np.int64)
    shared: list[tuple[Numbers, Numbers]] = []
    for low, high in pairwise(edges):
        hashes, lengths = bytearray(), []
        for _, kept in runs():
            start, end = unpacked(kept).searchsorted((low, high))
            hashes += kept[4 * start : 4 * end]
            lengths.append(end - start)
        shared.append(_meetings(unpacked(hashes), np.array(lengths, np.int64)))
    for found, least, share, of in ((0, SHORTEST_RUNS, SHARE, np.minimum), (1, COPY_RUNS, ALIKE, np.maximum)):
        pairs, counts = np.unique(np.concatenate([one[found] for one in shared]), return_counts=True)
        left, right = np.divmod(pairs, max(1, len(sizes)))
        enough = np.minimum(sizes[left], sizes[right]) >= least
        same = enough & (counts >= share * of(sizes[left], sizes[right]))
        yield from zip(left[same].tolist(), right[same].tolist(), strict=True)


def _meetings(hashes: Hashes, lengths: Numbers) -> tuple[Numbers, Numbers]:
    """The runs of n texts, one text after the other, in; `left * n + right` for each that a pair has in common out.

    A run in more than `COMMON` texts is a stock phrase, or they are copies: of such runs a text meets only the next
    one that has them, and these pairs stand apart.
    """
    import numpy as np

    owners = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    order = np.argsort(hashes, kind="stable")
    hashes, owners = hashes[order], owners[order]
    del order
    starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]][: len(hashes)])
    sizes = np.diff(np.r_[starts, len(hashes)])
    pairs = [np.empty(0, np.int64)]
    for size in range(2, COMMON + 1):
        groups = owners[starts[sizes == size][:, None] + np.arange(size)].astype(np.int64)
        pairs += [groups[:, i] * len(lengths) + groups[:, j] for i in range(size) for j in range(i + 1, size)]
    often = np.repeat(sizes > COMMON, sizes)
    next_too = np.flatnonzero(often[:-1] & (hashes[1:] == hashes[:-1]))
    neighbours = owners[next_too].astype(np.int64) * len(lengths) + owners[next_too + 1]
    return np.concatenate(pairs), neighbours


def _root(parent: list[int], one: int) -> int:
    """The representative of a set in a union-find forest, with path halving."""
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = parent[one]
    return one
