"""The author's own texts in, searches with a known answer out: a title, a sentence that was taken out, topic words.

Method: known-item search with made queries (Azzopardi, de Rijke and Balog, SIGIR 2007); no model is asked. What the
search is made of is cut out of the text that it must find, so that finding it means more than meeting the same words.
Titles, which are searched beside their texts, are hidden from searches by a title, and where one says the sentence;
`named` asks again by the same titles with nothing hidden, as one does who knows the title.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from twin.core.brief import content_words, document_frequency, topic_of
from twin.core.records import Chunk, Document, Kind, digest
from twin.core.text import clean_view, says, spans_of, word_count, words

Query = Literal["named", "title", "sentence", "topic"]
LEAST_TITLE, LEAST_TOPIC, LEAST_BODY = 2, 3, 8
"""The fewest content words of a title and of a topic, and the fewest words that must stay of a text to be found."""
SENTENCE_WORDS = range(6, 41)
LEAST_LETTERS = 0.75
"""A sentence has this share of letters and blanks at least; a line of code or of a table has less."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class KnownItem:
    """One search: `text` must find `work`. `hidden` are the spans of clean views, by document, that it may not meet.

    Of a document that stands in `hidden`, with spans or without, no title may be met either that says the same.
    """

    query: Query
    text: str
    work: str
    kind: Kind
    hidden: Mapping[str, Sequence[Span]]


@dataclass(frozen=True, slots=True)
class _Work:
    """One work with the clean views of its documents, by id; `first` is the one that queries are made from."""

    id: str
    first: Document
    views: Mapping[str, str]

    @property
    def view(self) -> str:
        return self.views[self.first.id]


def known_items(documents: Sequence[Document], *, most: int, seed: int) -> list[KnownItem]:
    """Documents in, at most `most` searches of each query kind out, one a work; the same for the same seed.

    A title or a sentence that two works share has no known answer and is left out, as is what has too few words.
    """
    works = _works(documents)
    frequency = document_frequency([work.view for work in works])
    titles = Counter(_folded(work.first.title) for work in works)
    found: list[KnownItem] = []
    for query in ("title", "sentence", "topic"):
        asked: set[str] = set()
        for work in sorted(works, key=lambda one: digest("known item", seed, query, one.id)):
            if len(asked) == most:
                break
            if query == "title":
                item = _by_title(work) if titles[_folded(work.first.title)] == 1 else None
            elif query == "sentence":
                item = _by_sentence(work, works, seed)
            else:
                item = _by_topic(work, frequency, len(works))
            if item and item.text not in asked:
                asked.add(item.text)
                found.append(item)
    return found


def named(items: Iterable[KnownItem]) -> list[KnownItem]:
    """The searches by title of these in, the same with nothing hidden out."""
    return [replace(item, query="named", hidden={}) for item in items if item.query == "title"]


def searchable(chunks: Iterable[Chunk], items: Sequence[KnownItem]) -> list[Chunk]:
    """Chunks and the items of one query kind in, the chunks with everything hidden cut out of them out.

    A chunk that is touched has another id; one of which no word is left is gone. Where titles are looked for, no text
    has one, so that those that are asked for stand no worse than the others.
    """
    hidden: dict[str, list[Span]] = {}
    said: dict[str, list[str]] = {}
    for item in items:
        for document, spans in item.hidden.items():
            hidden.setdefault(document, []).extend(spans)
            said.setdefault(document, []).append(item.text)
    by_title = any(item.query == "title" for item in items)
    seen = (_untitled(chunk, said.get(chunk.document, ()), everywhere=by_title) for chunk in chunks)
    return [kept for chunk in seen if (kept := _without(chunk, hidden.get(chunk.document, ())))]


def _works(documents: Sequence[Document]) -> list[_Work]:
    grouped: dict[str, list[Document]] = {}
    for doc in documents:
        grouped.setdefault(doc.work or doc.id, []).append(doc)
    return [
        _Work(name, min(docs, key=lambda doc: (not doc.canonical, doc.id)), {doc.id: _view(doc) for doc in docs})
        for name, docs in sorted(grouped.items())
    ]


def _view(doc: Document) -> str:
    return clean_view(doc.text, doc.masks)


def _by_title(work: _Work) -> KnownItem | None:
    title = " ".join(work.first.title.split())
    if len(content_words(title)) < LEAST_TITLE:
        return None
    spelt = r"[\W_]+".join(re.findall(r"[^\W_]+", title))
    return _item("title", title, work, re.compile(rf"(?<![^\W_]){spelt}(?![^\W_])", re.IGNORECASE))


def _by_sentence(work: _Work, works: Sequence[_Work], seed: int) -> KnownItem | None:
    said = (work.view[slice(*span)] for span in spans_of(work.view))
    told = [one for one in dict.fromkeys(said) if _is_telling(one)]
    for sentence in sorted(told, key=lambda one: digest("known sentence", seed, work.id, one)):
        item = _item("sentence", sentence, work, re.compile(re.escape(sentence)))
        if item and not any(sentence in view for one in works if one.id != work.id for view in one.views.values()):
            return item
    return None


def _by_topic(work: _Work, frequency: Mapping[str, int], total: int) -> KnownItem | None:
    topic = topic_of(work.view, frequency, total)
    if len(content_words(topic)) < LEAST_TOPIC:
        return None
    return KnownItem("topic", topic, work.id, work.first.kind, {})


def _item(query: Query, text: str, work: _Work, stands: re.Pattern[str]) -> KnownItem | None:
    """The search, unless too little of the text stays when the pattern is cut out of it."""
    hidden = {name: [match.span() for match in stands.finditer(view)] for name, view in work.views.items()}
    left = "".join(_outside(work.view, 0, hidden[work.first.id]))
    return KnownItem(query, text, work.id, work.first.kind, hidden) if word_count(left) >= LEAST_BODY else None


def _is_telling(sentence: str) -> bool:
    plain = sum(char.isalpha() or char.isspace() for char in sentence)
    enough = word_count(sentence) in SENTENCE_WORDS and len(content_words(sentence)) >= LEAST_TOPIC
    return enough and plain >= LEAST_LETTERS * len(sentence)


def _untitled(chunk: Chunk, said: Iterable[str], *, everywhere: bool) -> Chunk:
    """The chunk without its title, where that says what a search says, or a part of it."""
    if chunk.title and (everywhere or any(says(one, chunk.title) or says(chunk.title, one) for one in said)):
        return replace(chunk, id=digest("untitled", chunk.id), title="")
    return chunk


def _without(chunk: Chunk, spans: Sequence[Span]) -> Chunk | None:
    touched = [(start, end) for start, end in spans if start < chunk.end and chunk.start < end]
    if not touched:
        return chunk
    text = " ".join(_outside(chunk.text, chunk.start, touched))
    return replace(chunk, id=digest("cut", chunk.id, text), text=text) if words(text) else None


def _outside(text: str, begins: int, spans: Sequence[Span]) -> Iterator[str]:
    """The pieces of a text that stand outside the spans; `begins` is where the text stands in what they count in."""
    at = 0
    for start, end in sorted(spans):
        if start - begins > at:
            yield text[at : start - begins]
        at = max(at, end - begins)
    if at < len(text):
        yield text[at:]


def _folded(title: str) -> str:
    return " ".join(words(title))
