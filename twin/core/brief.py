"""A text in, the brief that could have asked for it out: reverse instruction by rule, with no helper model.

Method: data playback (Panza, LongForm) with rules in place of a model. The same rules read the passages that a
new draft may stand on, so that facts look alike in training and in writing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log

from twin.core.links import unlinked, unlinked_passage
from twin.core.records import Brief, Document, Kind
from twin.core.text import URL, clean_view, sentences, word_count, words

FACT_WORDS = 10
NOTE_WORDS = 40
MOST_FACTS = 5
TOKENS_A_WORD, SPARE_TOKENS = 1.6, 60
_STOP = """
a about after again all also although always am an and another any are as at away back be because been before
being below between both but by came can cannot come could day days did do does doing done down each either
else ever every few first for from further get gets getting give given go goes going gone good got had has
have having he her here hers him his how however i if in into is it its itself just keep kept know last least
less let like little long look made make makes many may maybe me might mine more most much must my myself near
need never new next no nobody none nor not nothing now of off often on once one only onto or other others our
ours out over own part people perhaps put quite rather really right said same say says see seen she should
since so some somebody someone something sometimes soon still such take taken than that the their theirs them
then there these they thing things think this those though through thus till time times to today together too
took two under until up upon us use used using very want was way we well went were what when where whether
which while who whole whom whose why will with within without would year years yes yet you your yours
"""
STOP = frozenset(_STOP.split())
NEGATIONS = frozenset(
    """no not never none nobody nothing nowhere neither without cannot can't don't doesn't didn't isn't aren't wasn't
    weren't won't wouldn't couldn't shouldn't hasn't haven't hadn't""".split()
)
_CONNECTIVES = frozenset("and but or so then because which that while".split())
_NUMBER = re.compile(r"\d")
_CLAUSE = re.compile(r"[;()\[\]–—\"“”]|[,:.](?!\d)|\s-\s|\s(?=(?:and|but|because|which|while|so|then)\s)")
_BARE_ADDRESS = re.compile(r"(?<![\w@/.-])(?:[\w-]+\.)+[a-zA-Z]{2,}/\S+")
_NAME = re.compile(r"\b[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*)*")
_NUMBER_WORDS = """
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million half quarter
"""
NUMBER_WORDS = frozenset(_NUMBER_WORDS.split())


def content_words(text: str) -> list[str]:
    """The words of a text that carry its topic, in order, with repeats."""
    return [word for word in words(text) if len(word) > 2 and word not in STOP and not _is_number(word)]


def topic_words(text: str) -> frozenset[str]:
    """The same, each once."""
    return frozenset(content_words(text))


def _is_number(word: str) -> bool:
    return bool(_NUMBER.search(word)) or all(part in NUMBER_WORDS or part == "and" for part in word.split("-"))


def document_frequency(texts: Sequence[str]) -> Counter[str]:
    """In how many of the texts each content word stands."""
    return Counter(word for text in texts for word in set(content_words(text)))


def topic_of(text: str, frequency: Mapping[str, int], total: int, *, terms: int = 6) -> str:
    """A text and the author's word frequencies in, its most telling words in order of appearance out."""
    counts = Counter(content_words(text))
    weight = {word: n * log((1 + total) / (1 + frequency.get(word, 0))) for word, n in counts.items()}
    best = sorted(weight, key=lambda word: (-weight[word], word))[:terms]
    return ", ".join(word for word in counts if word in best)


def facts_of(text: str) -> list[str]:
    """A text in, its checkable fragments out, in order: at most `FACT_WORDS` words around a number or a name.

    No address is one, nor a part of it, with its "https://" or without.
    """
    found: list[str] = []
    plain = _BARE_ADDRESS.sub(_without_address, URL.sub(_without_address, unlinked(text))).replace("~~", "")
    for sentence in sentences(plain):
        for clause in _CLAUSE.split(sentence):
            fragment = _around(clause.split(), first=sentence.startswith(clause))
            if fragment and fragment.lower() not in (known.lower() for known in found):
                found.append(fragment)
    return found


def _without_address(match: re.Match[str]) -> str:
    """An address ends a clause; the marks after it stay, one of them may end the sentence."""
    return ";" + match[0][len(match[0].rstrip('.,;:!?…)]"”’>')) :]


def _around(tokens: list[str], *, first: bool) -> str:
    """The words around the first number or name of a clause, its own beginning where it fits in.

    Empty where the clause has none, says too little, or says "not" beyond what fits: a fact must not lose its "not".
    """
    hit = next((i for i, token in enumerate(tokens) if _checkable(token, initial=first and i == 0)), None)
    if hit is None:
        return ""
    start = 0 if hit < FACT_WORDS - 2 else hit - FACT_WORDS // 2
    while start < hit and tokens[start].lower() in (STOP - NEGATIONS if start else _CONNECTIVES):
        start += 1
    span = tokens[start : start + FACT_WORDS]
    cut = (*tokens[:start], *tokens[start + FACT_WORDS :])
    if any(token.lower().replace("’", "'") in NEGATIONS for token in cut):
        return ""
    while span and span[-1].lower().strip(".") in STOP - NEGATIONS:
        span = span[:-1]
    fragment = " ".join(span).strip(" .!?…'’#-")
    return fragment if word_count(fragment) >= 2 else ""


def _checkable(token: str, *, initial: bool) -> bool:
    bare = token.strip(".,!?'’\"()").lower()
    if _NUMBER.search(token) or bare in NUMBER_WORDS:
        return True
    return bool(_NAME.match(token)) and not initial and bare not in STOP and bare != "i" and not bare.startswith("i'")


def answer_tokens(words: int) -> int:
    """A length in words in, the most tokens that a text of it may take out: room to end included."""
    return round(words * TOKENS_A_WORD) + SPARE_TOKENS


def note_of(text: str, wanted: set[str]) -> str:
    """A text and the words that are asked about in, its best run of sentences within `NOTE_WORDS` words out."""
    parts = sentences(unlinked_passage(text))
    best, most = "", -1
    for i in range(len(parts)):
        run: list[str] = []
        size = 0
        for part in parts[i:]:
            size += word_count(part)
            if run and size > NOTE_WORDS:
                break
            run.append(part)
        note = " ".join(" ".join(run).split()[:NOTE_WORDS])
        hits = len(wanted & set(content_words(note)))
        if hits > most:
            best, most = note, hits
    return best


def form_of(text: str) -> str:
    """list, question or story, by the shape of the lines."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if sum(bool(re.match(r"(?:[-*•–]|\d+[.)])\s", line)) for line in lines) >= 3:
        return "list"
    return "question" if lines and lines[-1].endswith("?") else "story"


def said_in(doc: Document) -> str:
    """A document in, what a model reads and learns of it out: its clean view, without addresses unless it is code."""
    clean = clean_view(doc.text, doc.masks).strip()
    return clean if doc.kind == "code" else unlinked(clean)


def brief_of(
    text: str, *, title: str, kind: Kind, place: str, frequency: Mapping[str, int], total: int, most_facts: int
) -> Brief:
    """The person's text in, the brief for it out. It never holds the text's first sentence."""
    opening = sentences(text)[:1]
    facts = [fact for fact in facts_of(text) if not opening or fact.lower() not in opening[0].lower()]
    topic = topic_of(text, frequency, total)
    return Brief(
        topic=f"{title}: {topic}" if title else topic,
        facts=tuple(facts[:most_facts]),
        form=form_of(text),
        words=max(20, round(word_count(text), -1)),
        kind=kind,
        place=place,
    )


def brief_of_document(
    doc: Document, text: str, *, frequency: Mapping[str, int], total: int, most_facts: int = MOST_FACTS
) -> Brief:
    """A document and its text, or a section of it, in; the brief for that out. `frequency` is over `total` texts."""
    return brief_of(
        text,
        title=doc.title,
        kind=doc.kind,
        place=doc.place,
        frequency=frequency,
        total=total,
        most_facts=most_facts,
    )
