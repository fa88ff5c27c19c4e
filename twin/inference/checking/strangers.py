"""A text in, the names in it that no source says out: capitals inside sentences, and first words that are not usual.

Sites called without their `https://`, functions, files and loose quantities ("thousands") are strangers too.

A capital alone tells no name, so names cannot be held back letter by letter as numbers are (`bound.py`). Sentences that
name a stranger are drawn anew (`blocks.py`), marked (`check.py`) and mended (`mend.py`) instead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from twin.core.brief import NEGATIONS, NUMBER_WORDS, STOP
from twin.core.lines import unnumbered
from twin.core.records import Claim
from twin.core.text import URL
from twin.metrics.truth.atoms import atoms
from twin.metrics.truth.evidence import Evidence
from twin.metrics.truth.mood import ADVICE, acts
from twin.metrics.truth.person import PAST
from twin.metrics.truth.second import ABSENT
from twin.metrics.truth.stems import stem

_SMALL = re.compile(r"\b[a-z][a-z'-]*[a-z]\b")
_CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z][a-z'-]*[a-z]\b")
_QUOTED_CODE = re.compile(r"`[^`]*`")
_CODE_SIGNS = frozenset("/_=")
_SITE = re.compile(r"(?<![\w@.-])(?:[\w-]+\.)+(?:com|org|net|io|dev|edu|gov|app|info|ai|eu|co\.uk)\b", re.IGNORECASE)
_CODED = re.compile(
    r"(?<![\w./~-])(?:[\w./~-]*\w_\w[\w./-]*|[\w.]+(?=\(\))|(?:[\w.~-]+/){2,}[\w.-]*\w"
    r"|[\w./~-]*\w\.(?:py|js|ts|rb|go|rs|sh|md|json|ya?ml|toml|html?|css|txt|csv|sql)\b)"
)
_LOOSE = re.compile(r"\b(?:dozens|hundreds|thousands|millions|billions)\b", re.IGNORECASE)
_LIKE_A_WORD = ("ly", "ing", "ness", "tion")
LEAST_USUAL = 200
"""From so many usual words on one that is not among them may be a name; with fewer most would be."""


def usual_of(texts: Iterable[str]) -> frozenset[str]:
    """A person's texts in, the words that they write small out; not those that are names to them more often."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in texts:
        plain = _QUOTED_CODE.sub(" ", URL.sub(" ", text)).replace("’", "'")
        said = " ".join(word for word in plain.split() if not _CODE_SIGNS & set(word))
        small.update(_SMALL.findall(said))
        capital.update(word.lower() for word in _CAPITAL.findall(said))
    return frozenset(word for word, n in small.items() if n >= capital[word])


def strangers(text: str, evidence: Evidence, usual: frozenset[str]) -> list[str]:
    """Names in a text that neither a source nor the request says; `usual` are words that the author writes small."""
    found = atoms(text)
    named = [name for name in found.names if not {word.lower() for word in name.split()} <= usual]
    named += [word for word in found.initials if acts(text, word) and word.lower() not in usual]
    named += [word for word in found.initials if not _is_usual(word, usual)]
    loose = [match.group() for rule in (_SITE, _CODED, _LOOSE) for match in rule.finditer(URL.sub(" ", text))]
    absent = [name for name in named if not evidence.says(name)]
    return list(dict.fromkeys([*absent, *(said for said in loose if not evidence.holds(said.lower()))]))


def marked(found: Sequence[Claim], evidence: Evidence, usual: frozenset[str]) -> list[Claim]:
    """Claims in, the same with every one "not found" that names a stranger out."""
    return [_marked(claim, evidence, usual) for claim in found]


def absent(claim: Claim) -> bool:
    """Whether a sentence says a name, number, date or link that stands nowhere, or what a source says otherwise.

    Others that are not found are in words that no source has: they may be true.
    """
    return claim.status == "contradicted" or (claim.status == "not_found" and claim.finding.startswith(ABSENT))


def _marked(claim: Claim, evidence: Evidence, usual: frozenset[str]) -> Claim:
    if absent(claim):
        return claim
    named = strangers(unnumbered(claim.sentence), evidence, usual)
    finding = f"{ABSENT}{', '.join(named)}"
    return replace(claim, status="not_found", sources=(), finding=finding) if named else claim


def _is_usual(first: str, usual: frozenset[str]) -> bool:
    """Whether a first word is one that sentences begin with, and no name."""
    whole = first.lower().replace("’", "'")
    word = whole.split("'")[0]
    known = any(one in words for one in (word, whole) for words in (usual, STOP, NEGATIONS, NUMBER_WORDS, ADVICE, PAST))
    return known or len(usual) < LEAST_USUAL or word.endswith(_LIKE_A_WORD) or stem(word) in _stems(usual)


@lru_cache(maxsize=4)
def _stems(usual: frozenset[str]) -> frozenset[str]:
    return frozenset(map(stem, usual))
