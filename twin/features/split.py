"""Works in, the side each is on out: oldest to learn from, newest to measure on, and never back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twin.core.records import Document, Side


def new_sides(
    documents: Sequence[Document], *, train_share: float, test_share: float, known: Mapping[str, Side]
) -> dict[str, Side]:
    """Documents, oldest first, and the sides that are decided in; sides for the works that have none out.

    The shares hold over all works, old and new. Newer works fill the test side first, then the tuning side;
    a work that was on the test side stays there, whatever becomes of the shares.
    """
    order = list(dict.fromkeys(doc.work for doc in documents))
    new = [work for work in order if work not in known]
    held = [known[work] for work in order if work in known]
    test = min(len(new), max(0, round(test_share * len(order)) - held.count("test")))
    tune_share = max(0.0, 1 - train_share - test_share)
    tune = min(len(new) - test, max(0, round(tune_share * len(order)) - held.count("tune")))
    learned = len(new) - test - tune
    return {work: "train" if i < learned else "tune" if i < learned + tune else "test" for i, work in enumerate(new)}
