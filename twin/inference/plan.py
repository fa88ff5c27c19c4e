"""A request and the passages found for it in, the brief that the model is given out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from twin.core.brief import MOST_FACTS, content_words, facts_of
from twin.core.errors import BadRequest
from twin.core.lengths import asked_length, without_length
from twin.core.links import unlinked_passage
from twin.core.records import Brief, Kind, Passage
from twin.core.text import URL, sentences, word_count
from twin.core.text import words as tokens
from twin.inference.material.orders import without_orders

MOST_REQUEST_CHARS = 4_000
TOPIC_WORDS = 10
HEARD = 0.5
"""What a topic word of the post that is answered weighs beside one of the user's."""
HANDED = 2.0
"""What the user hands over for a draft speaks of the request as if so many more of its words stood there."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact and the passage that tells it; `near` counts the words of its sentence that the request speaks of."""

    fact: str
    passage: Passage
    near: float
    rank: int

    @property
    def worth(self) -> float:
        return self.near - 0.5 * self.rank


def checked_request(request: str) -> str:
    """Raises: BadRequest for a request that is empty or that is material rather than a request."""
    return _checked(
        "brief",
        request,
        'say what to write about: twin write "why we moved the meeting"',
        "put long material into a file and pass it with --link FILE",
    )


def checked_query(query: str) -> str:
    """Raises: BadRequest for a query that is empty or longer than one."""
    return _checked("query", query, 'say what to look for: twin search "moving the meeting"', "use a few words of it")


def _checked(called: str, given: str, if_empty: str, if_long: str) -> str:
    text = given.strip()
    if not any(char.isalpha() for char in text):
        raise BadRequest(f"the {called} is empty", if_empty)
    if len(text) > MOST_REQUEST_CHARS:
        raise BadRequest(f"the {called} has {len(text):,} characters, the most is {MOST_REQUEST_CHARS:,}", if_long)
    return text


def plan(
    request: str,
    passages: Sequence[Passage],
    *,
    words: int,
    about: Sequence[str] = (),
    kind: Kind = "post",
    place: str = "linkedin",
    audience: str = "",
    year: str = "",
) -> Brief:
    """The topic in the user's content words, as in training; the user's own facts, then those of the passages.

    Facts are fragments, made by the rule that made the training briefs; what the user states is a source too.
    `about` are topic words of the post that is answered: they come after the user's own and state nothing.
    """
    said, length = without_length(request), asked_length(request)
    topic = dict.fromkeys([*content_words(URL.sub(" ", said)), *about])
    told = [one.fact for one in facts_told(request, passages, about)[: 3 * MOST_FACTS]]
    facts = facts_of(said)[:MOST_FACTS]
    facts += unlike(told, facts)[: MOST_FACTS - len(facts)]
    return Brief(
        topic=", ".join(list(topic)[:TOPIC_WORDS]) or " ".join(request.split()[:TOPIC_WORDS]),
        facts=tuple(facts),
        form="list" if re.search(r"\blist\b", request, re.IGNORECASE) else "story",
        words=length or words,
        kind=kind,
        place=place,
        audience=audience,
        year=year,
    )


def facts_told(request: str, passages: Sequence[Passage], about: Sequence[str]) -> list[Told]:
    """Facts of all passages: those whose sentence speaks of the request first, then by the passage's own rank.

    What the answered post is `about` counts half, and in the author's own passages alone: it speaks of that itself.
    What is handed over to write about comes before other texts; a post is handed over to be answered.
    """
    wanted, heard = set(content_words(request)), set(about)
    found: list[Told] = []
    for rank, passage in enumerate(passages):
        given = HANDED if passage.outside and not about else 0.0
        for sentence in sentences(told_by(passage, passages, request)):
            said = set(content_words(sentence))
            near = len(wanted & said) + (HEARD * len(heard & said - wanted) if _own(passage) else 0)
            found += [Told(fact, passage, near + given, rank) for fact in facts_of(sentence) if word_count(fact) >= 3]
    return sorted(found, key=lambda one: -one.worth)


def unlike(facts: Sequence[str], known: Sequence[str]) -> list[str]:
    """Those that say another thing than the known ones and than each other, in their order."""
    kept: list[str] = []
    for fact in facts:
        if not any(_same(fact, one) for one in (*known, *kept)):
            kept.append(fact)
    return kept


def told_by(passage: Passage, passages: Sequence[Passage], request: str) -> str:
    """What a passage tells: without addresses, and, where it is not the author's, without orders.

    Nor what has nothing to do with the request or the other `passages` of its text.
    """
    if _own(passage):
        return unlinked_passage(passage.text)
    beside = [one for other in passages if other.document == passage.document for one in sentences(other.text)]
    return unlinked_passage(without_orders(passage.text, [*beside, passage.title, request]))


def _own(passage: Passage) -> bool:
    return not (passage.outside or passage.theirs)


def says(passage: Passage, fact: str) -> bool:
    """Whether the words of a fact stand there in a row."""
    return f" {' '.join(tokens(fact))} " in f" {' '.join(tokens(unlinked_passage(passage.text)))} "


def _same(left: str, right: str) -> bool:
    a, b = set(left.lower().split()), set(right.lower().split())
    return len(a & b) > 0.6 * min(len(a), len(b))
