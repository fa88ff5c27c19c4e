"""What a user hands over in, what is asked and what it may stand on out: a brief of any length, links, wishes.

A brief says what to write about; whatever it states is a source too. A longer text is material: its first paragraph
asks, all of it is read. Text from outside is never searched for links, files or wishes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from twin.core.brief import NUMBER_WORDS, content_words, facts_of
from twin.core.errors import BadRequest
from twin.core.lengths import without_length
from twin.core.paths import typed_path
from twin.core.records import Passage, Skipped
from twin.core.text import URL, cut_at_sentence, sentences, word_count, words
from twin.inference.answered import ANSWERED, about
from twin.inference.checking.check import Checked
from twin.inference.material.outside import document_of, passages_of
from twin.inference.places import Finding
from twin.inference.plan import MOST_REQUEST_CHARS, checked_request
from twin.metrics.truth.atoms import atoms
from twin.metrics.truth.stems import stems
from twin.sources import folder

MOST_MATERIAL_CHARS = 80_000
ASK_CHARS = 1_000
MOST_WISHES = 12
NEAR, NEAR_WORDS = 0.25, 2
"""Share of the topic's words, and words at least, that one passage must hold for somebody to have written about it."""
LEAST_STATED = 6
"""Words of a sentence from which on a name in it may be a statement; "Why we moved off Kafka" states nothing yet."""
MISSED, SAID = 0.4, 3.0
"""What a draft loses for something that it should say and does not, and for something that it says against a wish."""
UNSAID = "What I say to this"
"""The brief of an answer without one: it has no topic words, so the topic is that of the post."""
_ASKS = re.compile(
    r"\W*(?:(?:please|(?:can|could|would)\s+you|i\s+(?:want|need|would\s+like)|give\s+me|write|draft|explain|describe"
    r"|summari[sz]e|tell\s+(?:me|us|them|people)|(?:an?\s+)?(?:linkedin\s+)?(?:post|article|thread)\s+(?:about|on|for))\b(?!-)"
    r"|(?:about|on|why|how|what|when|where|who|whether|which)\b(?!.*[.!]\W*$))",
    re.IGNORECASE,
)
"""How a topic, a question or an order begins, which asks and does not say."""
_FILE = re.compile(r"(?<![\w/])(?:~|\.{0,2})/?[\w.~-]+(?:/[\w.~ -]+)*\.\w{2,5}\b")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a draft must say and what it must not, as words or phrases."""

    must: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()

    def missed(self, text: str) -> list[str]:
        return [one for one in self.must if not _says(text, one)]

    def said(self, text: str) -> list[str]:
        return [one for one in self.avoid if _says(text, one)]

    def weighed(self, one: Checked) -> Checked:
        """A checked text in, the same with what it loses for the wishes that it leaves open out."""
        cost = MISSED * len(self.missed(one.text)) + SAID * len(self.said(one.text))
        return replace(one, score=one.score - cost) if cost else one

    def findings(self, text: str) -> list[Finding]:
        missed = [Finding("warning", f"it does not say {one!r}, which you asked for") for one in self.missed(text)]
        return [
            *missed,
            *(Finding("warning", f"it says {one!r}, which you wanted left out") for one in self.said(text)),
        ]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request understood: `text` asks and is a source, `links` are to be read, `material` has been handed over."""

    text: str
    links: tuple[str, ...] = ()
    material: tuple[Passage, ...] = ()
    audience: str = ""
    wishes: Wishes = Wishes()
    answer: str = ""
    """Where the post that is answered stands: a link, a file, or `ANSWERED` for one whose text is in `material`."""
    about: tuple[str, ...] = ()
    """What that post is about, once it has been read; no statement of the user's."""
    year: str = ""


def understand(
    brief: str,
    *,
    links: Sequence[str] = (),
    audience: str = "",
    must: Sequence[str] = (),
    avoid: Sequence[str] = (),
    answer: str = "",
) -> Asked:
    """Raises: BadRequest for a brief without words or beyond any length, and for too many wishes.

    `answer` is the post to answer: a link, a file, or its text.
    """
    wishes = Wishes(_wished(must), _wished(avoid))
    answered, there = answer.strip(), bool(re.search(r"\s", answer.strip()))
    if not brief.strip() and answered:
        brief = UNSAID
    if len(brief) > MOST_MATERIAL_CHARS:
        raise BadRequest(
            f"the brief has {len(brief):,} characters, the most is {MOST_MATERIAL_CHARS:,}",
            "put long material into a file and pass it with --link FILE",
        )
    ask, material = _parted(brief.strip())
    found = [match.group().rstrip(".,;:!?)]}'\"”’>") for match in URL.finditer(ask)]
    files = [match.group() for match in _FILE.finditer(URL.sub(" ", ask)) if _is_document(match.group())]
    return Asked(
        checked_request("\n".join([ask, *(f"- {one}" for one in wishes.must)])),
        tuple(dict.fromkeys([*([answered] if answered and not there else []), *links, *map(_whole, found), *files])),
        (
            *(passages_of(ANSWERED, ANSWERED, answered) if there else ()),
            *(passages_of("your brief", "your brief", material) if material else ()),
        ),
        " ".join(audience.split())[:200],
        wishes,
        ANSWERED if there else answered,
    )


def heard(asked: Asked, outside: Sequence[Passage], unread: Sequence[Skipped] = ()) -> Asked:
    """A request and all that was handed over or read for it in, the same with what the answered post is about out.

    Raises: BadRequest where that post could not be read, as an answer to nothing is guesswork.
    """
    post = [one for one in outside if one.document == document_of(asked.answer)]
    if asked.answer and not post:
        why = next((skip.reason for skip in unread if skip.key == asked.answer), "no text in it")
        raise BadRequest(
            f"the post you answer could not be read: {why}",
            'paste its text instead: twin write "…" --answer - < post.txt',
        )
    return replace(asked, about=about(post))


def of_whom(passage: Passage, asked: Asked) -> Passage:
    """A passage of the post that is answered is somebody else's, wherever it was read."""
    return replace(passage, theirs=True) if asked.answer and passage.document == document_of(asked.answer) else passage


def somebody_wrote(asked: Asked, passages: Sequence[Passage]) -> bool:
    """Whether there is anything to stand on: what the request states, material from outside, or texts on the topic.

    Where it names something, a text on the topic names a word of that too.
    """
    said = without_length(asked.text)
    topic, named = stems(said), {word for name in atoms(said).names for word in words(name)}
    near = max(min(NEAR_WORDS, len(topic) - 1), NEAR * len(topic), 1)
    texts = [f"{one.title} {one.text}" for one in passages]
    return (
        _states(said)
        or any(passage.outside for passage in passages)
        or any(len(topic & stems(one)) >= near and (not named or not named.isdisjoint(words(one))) for one in texts)
    )


def _states(request: str) -> bool:
    """Whether a fact stands there: one with a number, or one in a sentence that is more than a title or a question."""
    return any(
        re.search(r"\d", fact) or NUMBER_WORDS.intersection(words(fact)) or not _ASKS.match(sentence)
        for sentence in sentences(request)
        if word_count(sentence) >= LEAST_STATED or re.search(r"\d", sentence)
        for fact in facts_of(sentence)
    )


def questions(asked: Asked) -> dict[str, list[str]]:
    """A request that nothing stands behind in, what its author could answer and an outline without opinions out."""
    topic = ", ".join(list(dict.fromkeys(content_words(asked.text)))[:6]) or "it"
    reader = asked.audience or "a reader"
    return {
        "questions": [
            f"What did you see or do yourself ({topic}), when and where?",
            "Who else was there, and may they be named?",
            f"Which number, date or name could {reader} check?",
            "What did you expect, and what came of it?",
            f"What should {reader} know or do afterwards?",
        ],
        "outline": [
            f"What it is about: {topic}",
            "What happened, in order",
            "What it cost, brought or changed, in numbers that you have",
            "What is still open",
        ],
    }


def _parted(brief: str) -> tuple[str, str]:
    """A short brief is all ask; of a longer one the first paragraph asks and the whole is material."""
    if len(brief) <= MOST_REQUEST_CHARS:
        return brief, ""
    return cut_at_sentence(brief.split("\n\n")[0].strip(), ASK_CHARS), brief


def _wished(said: Sequence[str]) -> tuple[str, ...]:
    kept = tuple(dict.fromkeys(" ".join(one.split()) for one in said if words(one)))
    if len(kept) > MOST_WISHES or any(len(one) > ASK_CHARS // 5 for one in kept):
        raise BadRequest(f"at most {MOST_WISHES} wishes of {ASK_CHARS // 5} characters each", "leave some of them out")
    return kept


def _says(text: str, phrase: str) -> bool:
    """Whether the words stand there in a row, in any case; a possessive counts."""
    said = f" {' '.join(words(text))} ".replace("'s ", " ")
    return f" {' '.join(words(phrase))} " in said


def _whole(link: str) -> str:
    return link if link.lower().startswith("http") else f"https://{link}"


def _is_document(name: str) -> bool:
    """Whether a name in a brief is a file that is read as a document; other files are not opened."""
    path = typed_path(name)
    return path.is_file() and folder.recognises(str(path))
