"""A long article, led section by section: a small model that is asked for all of it at once loses its thread.

A section stands on one text and is asked for as sections were learned: the title first, then its own topic words and
facts. Each is judged for itself and against what the article says already; the title is the user's own words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from twin.core.brief import MOST_FACTS, content_words, document_frequency, facts_of, note_of, topic_of
from twin.core.lengths import without_length
from twin.core.records import Brief, Passage
from twin.core.text import URL, sentences, shingles, word_count, words
from twin.inference.composing.compose import Drawn, Grown
from twin.inference.composing.hooks import led_apart
from twin.inference.plan import told_by

SECTION_WORDS = 150
LEAST_FACT_WORDS = 3
OWN_TERMS, HEADING_TERMS = 6, 2
MOST_TITLE_WORDS = 16
REPEATED, SAID_TWICE = 5.0, 2.0
"""What a section loses whose every run of five words stands in the article already, and for one of eight that does."""
_ORDER = re.compile(
    r"\s*(?:please|(?:can|could|would)\s+you|i\s+(?:want|need|would\s+like)|give\s+me|write|draft)\b.*?\b(?:about|on|of)\s+",
    re.IGNORECASE,
)
_POINTS = re.compile(
    rf"[\s,;(]*(?:\b(?:see|from|and|in|at|per|via|read|use)\s+)*(?:{URL.pattern}|\S+\.\w{{2,5}}(?=[\s,;)]|$)).*", re.S
)
"""Where a request begins to point at links and files."""


@dataclass(frozen=True, slots=True)
class Section:
    """`heading` is empty for the first, which follows the title; `notes` are runs of sentences that may help."""

    heading: str
    brief: Brief
    notes: tuple[str, ...]


def outlined(request: str, brief: Brief, passages: Sequence[Passage]) -> tuple[str, list[Section]]:
    """A request, its brief and passages in; the article's title and its sections out, none where one is enough.

    What the user states opens the article; then each text that has facts is a section, the nearest first.
    """
    passed: dict[str, list[str]] = {}
    for passage in passages:
        passed.setdefault(passage.document, []).append(told_by(passage, passages, request))
    texts = {document: "\n".join(told) for document, told in passed.items()}
    facts = {document: found for document, text in texts.items() if (found := _facts(text))}
    title, most = title_of(request), min(round(brief.words / SECTION_WORDS), len(facts))
    if brief.kind != "article" or most < 2 or not title:
        return "", []
    frequency = document_frequency([*texts.values()])
    sections: list[Section] = []
    for document in [*facts][:most]:
        topic = topic_of(texts[document], frequency, len(texts), terms=OWN_TERMS)
        note = note_of(texts[document], {*content_words(request), *content_words(topic)})
        known = facts[document] if sections else [*facts_of(without_length(request)), *facts[document]]
        about = replace(
            brief,
            topic=f"{title}: {topic if sections else brief.topic}",
            facts=tuple(dict.fromkeys(known))[:MOST_FACTS],
            words=round(brief.words / most),
        )
        heading = heading_of(topic, texts[document]) if sections else ""
        sections.append(Section(heading, about, (note,) if note else ()))
    return title, sections


def led(
    title: str,
    sections: Sequence[Section],
    *,
    lines: int,
    draw: Callable[[int, int, int], Drawn],
    worth: Callable[[int, str], float],
    usual: Mapping[str, float],
) -> Drawn:
    """Sections in, as many articles out as `lines`, whose openings lead apart as the person's `usual` ones do.

    `draw` is given the place of a section, how many lines it shall have, and which article it is for; `worth` judges
    a text of it.
    """
    opening = draw(0, lines, 0)
    tokens, said = opening.tokens, {one.text for one in opening.texts if one.text.strip()}
    ranked = sorted(said, key=lambda text: (-worth(0, text), text))
    articles = led_apart([(text, under(title, text, level=1)) for text in ranked], lines, usual)
    for place, section in enumerate(sections[1:], 1) if articles else ():
        for i, article in enumerate(articles):
            drawn = draw(place, 1, i)
            tokens += drawn.tokens
            ways = {one.text: worth(place, one.text) - repeated(one.text, article) for one in drawn.texts}
            best = max(ways, key=lambda text: ways[text], default="")
            if best.strip():
                articles[i] = f"{article}\n\n{under(section.heading, best)}"
    return Drawn(tuple(Grown(article, finished=True) for article in articles), tokens)


def under(heading: str, text: str, *, level: int = 2) -> str:
    """A text under a heading, unless it brings one of that level or there is none; a title stands above any other."""
    own = re.match(r"#+(?= )", text.lstrip())
    brings = own and (level > 1 or own[0] == "#")
    return text if not heading or brings else f"{'#' * level} {heading}\n\n{text}"


def repeated(text: str, article: str) -> float:
    said, told = words(text), words(article)
    runs = shingles(said)
    twice = not shingles(said, 8).isdisjoint(shingles(told, 8))
    return REPEATED * len(runs & shingles(told)) / max(1, len(runs)) + SAID_TWICE * twice


def title_of(request: str) -> str:
    """The first sentence of a request, without the order to write and links; empty where it is too long for a title."""
    first = next(iter(sentences(_POINTS.sub("", without_length(request)))), "")
    title = " ".join(_ORDER.sub("", first).split()).strip(" .:;,–—-#")
    return f"{title[0].upper()}{title[1:]}" if title and word_count(title) <= MOST_TITLE_WORDS else ""


def heading_of(topic: str, text: str) -> str:
    """The topic words that a text says more than once, else its first, as it writes them: `Alerts and Gerald`."""
    said, written = Counter(words(text)), Counter(re.findall(r"[^\W\d_][\w'’-]*", text))
    terms = topic.split(", ")
    often = sorted((term for term in terms if said[term] > 1), key=lambda term: -said[term])[:HEADING_TERMS]
    shown = []
    for term in often or terms[:1]:
        forms = [form for form in written if form.lower().replace("’", "'") == term]
        shown.append(max(forms, key=lambda form: (written[form], form.islower()), default=term))
    heading = " and ".join(shown)
    return f"{heading[:1].upper()}{heading[1:]}"


def _facts(told: str) -> list[str]:
    return [fact for fact in facts_of(told) if word_count(fact) >= LEAST_FACT_WORDS]
