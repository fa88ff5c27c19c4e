"""What every comparison holds fixed: systems, briefs, labels, least sizes and gates, in one place.

A number is comparable with another only under the same `SCHEMA`; what changes here changes it.
"""

from __future__ import annotations

from dataclasses import dataclass

SCHEMA = 5


@dataclass(frozen=True, slots=True)
class System:
    """One way to write: with the person's adapter or bare, shown their own posts, given passages to stand on.

    `wrong` is the adapter of somebody else: a verifier that takes it for the author tells training, not voice.
    """

    name: str
    tuned: bool = False
    exemplars: bool = False
    passages: bool = False
    wrong: bool = False


BASE, EXEMPLARS, TWIN = "base", "base+exemplars", "twin"
BASE_RETRIEVAL, TWIN_RETRIEVAL = "base+retrieval", "twin+retrieval"
WRONG = "other twin"
SYSTEMS = (
    System(BASE),
    System(EXEMPLARS, exemplars=True),
    System(BASE_RETRIEVAL, passages=True),
    System(TWIN, tuned=True),
    System(TWIN_RETRIEVAL, tuned=True, passages=True),
    System(WRONG, tuned=True, wrong=True),
)
SHORT = (BASE, EXEMPLARS, TWIN)
"""What the short gate at the end of training compares."""
AUTHOR, OTHERS = "author", "others"
BASELINES = (BASE, EXEMPLARS)
PAIRS = ((TWIN, BASE), (TWIN, EXEMPLARS), (TWIN_RETRIEVAL, BASE_RETRIEVAL), (TWIN_RETRIEVAL, TWIN), (TWIN, WRONG))
"""The differences that are taken, brief by brief."""

FULL, THIN = "full", "thin"
"""A full brief holds the facts of the text, a thin one its title or topic words alone; neither its first sentence."""
SAMPLES = 2
PASSAGES = 4

LEAST_BRIEFS = 8
ENOUGH_BRIEFS = 20
MOST_DEGENERATE = 0.10
MOST_COPIED = 0.05
CARICATURE = 1.10
MOST_MEMORISED = 0.7
"""Nats per token that training may take off learned texts beyond what it takes off unseen ones."""
MOST_ALIKE = 0.10
"""So many more texts than the author's that begin like another one: the system has one opening for everything."""
TORN = 0.3
"""Parts of the verifier further apart than this, in gap closed, do not agree on a system."""
LEAST_GAP = 0.25
"""The author must lie this far from the others, in spreads of the others, before a share of the way means anything."""
