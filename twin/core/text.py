"""Views of a text: words, sentences, shingles, the clean view. Each is a pure function."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

from twin.core.lines import Span, lines_of
from twin.core.private import MASKED, masked
from twin.core.records import Private

WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
URL = re.compile(r"https?://\S+|www\.\S+")
_AFTER_END = r"(?:(?<=[.!?…])|(?<=[.!?…][\"'”’)\]])|(?<=[.!?…][\"'”’)\]]{2}))"
_SENTENCE_END = re.compile(_AFTER_END + r"\s+(?=[\"'“‘(\[]*[^\W_a-z])")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|vs|dr|mr|mrs|ms|st|approx|inc|ltd)\.$", re.IGNORECASE)
_NUMERO = re.compile(r"\bno\.$", re.IGNORECASE)
_MARKED = re.compile(r"[.!?…:][\"'”’)\]]*$")
_BREAK = re.compile(r"\s*\n\s*")


def counted(number: int, what: str) -> str:
    """`1 document`, `2,300 documents`"""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def is_utf8(text: str) -> bool:
    """Whether a file or a database takes it: a name typed in another encoding holds halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def words(text: str) -> list[str]:
    """A text in, its words in lower case out, links left out; apostrophes are folded to one form."""
    return [match.lower() for match in WORD.findall(URL.sub(" ", text).replace("’", "'"))]


def says(text: str, part: str) -> bool:
    """Whether the words of a part stand in a text, in one run; case and marks do not count."""
    return f" {' '.join(words(part))} " in f" {' '.join(words(text))} "


def word_count(text: str) -> int:
    return len(WORD.findall(URL.sub(" ", text)))


def spans_of(text: str) -> list[Span]:
    """A text in, where each of its sentences begins and ends out; a line that its writer ended ends one.

    A post has no other borders. What stands between two of them is white space.
    """
    found: list[Span] = []
    for at, until in lines_of(text):
        begun = len(found)
        for start, end in _pieces(text[at:until], at):
            if len(found) > begun and _goes_on(text[found[-1][0] : found[-1][1]], text[start:end]):
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
    return found


def sentences(text: str) -> list[str]:
    """A text in, its sentences out, each on one line: where they stand, and over how many lines, `spans_of` says."""
    return [on_one_line(text[start:end]) for start, end in spans_of(text)]


def one_stands(text: str) -> bool:
    """Whether a text that is still being written has its first sentence whole: another one has begun behind it.

    A line without an end mark is none before its paragraph ends: it may be one that an editor breaks.
    """
    first, *others = spans_of(text)[:2] or [(0, 0)]
    ended = _MARKED.search(text[slice(*first)])
    return any(any(map(str.isalnum, text[start:end])) and (ended or "\n\n" in text[:start]) for start, end in others)


def on_one_line(sentence: str) -> str:
    """A sentence as it stands in a text in, the same without the line breaks of an editor out."""
    return _BREAK.sub(" ", sentence)


def placed(text: str, said: Sequence[str]) -> list[Span | None]:
    """A text and some of its sentences in their order in, where each stands out: None for one that does not.

    A sentence that stands there twice is two; one that is a part of another is neither.
    """
    spans, at, found = spans_of(text), 0, list[Span | None]()
    for one in said:
        here = next((i for i in range(at, len(spans)) if _alike(text[slice(*spans[i])], one)), None)
        found.append(None if here is None else spans[here])
        at = at if here is None else here + 1
    return found


def _alike(sentence: str, other: str) -> bool:
    return sentence == other or sentence.split() == other.split()


def _pieces(line: str, at: int) -> Iterator[Span]:
    """The parts of a line that stands at `at`, between marks that may end a sentence, without the space around them."""
    ends = [match.span() for match in _SENTENCE_END.finditer(line)]
    for start, end in zip(
        (0, *(after for _, after in ends)), (*(before for before, _ in ends), len(line)), strict=True
    ):
        piece = line[start:end]
        if piece.strip():
            begins = start + len(piece) - len(piece.lstrip())
            yield at + begins, at + begins + len(piece.strip())


def _goes_on(said: str, following: str) -> bool:
    """Whether the point at the end of `said` belongs to an abbreviation."""
    return bool(_ABBREVIATION.search(said) or (_NUMERO.search(said) and following[0].isdigit()))


def shingles(tokens: list[str], size: int = 5) -> set[tuple[str, ...]]:
    """Words in, the set of their runs of `size` out; a shorter text is one run."""
    if len(tokens) <= size:
        return {tuple(tokens)} if tokens else set()
    return {tuple(tokens[i : i + size]) for i in range(len(tokens) - size + 1)}


def clean_view(text: str, masks: Collection[Private] = MASKED) -> str:
    """Verbatim text in, what index and briefs read out: NFC, one kind of line break, these private things masked."""
    view = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return masked(view, masks) if masks else view


def plain_post(text: str) -> str:
    """Any draft in, text fit for a LinkedIn box out: no Markdown, no trailing blanks, at most one blank line.

    A mention as LinkedIn's API writes it, `@[Ada](urn:li:person:1)`, looks like a Markdown link and stays.
    """
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        line = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", line)
        line = re.sub(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])", r"\1", line)
        line = re.sub(r"`([^`\n]+)`", r"\1", line)
        line = re.sub(r"!?\[([^\]\n]*)\]\((?!urn:li:)([^)\s]+)\)", r"\1 \2", line)
        line = re.sub(r"^(?:\s{0,3}#{1,6}\s+|\s*>\s?)+", "", line)
        line = re.sub(r"^\s*[*+]\s+", "- ", line)
        lines.append(line.rstrip())
    kept = "\n".join(line for line in lines if not line.startswith("```"))
    return re.sub(r"\n{3,}", "\n\n", kept).strip()


def post_text(answer: str, *, unfinished: bool, max_chars: int, markdown: bool = False) -> str:
    """A model's answer in, text fit for the place out, plain where it takes no Markdown.

    A last sentence that was cut off is left out.
    """
    text = answer.replace("\r\n", "\n").strip() if markdown else plain_post(answer)
    if unfinished and text and text[-1] not in ".!?…":
        text = cut_at_sentence(text, len(text) - 1)
    return cut_at_sentence(text, max_chars)


def sentence_head(text: str) -> str:
    """A text that may stop anywhere in, its head of whole sentences and lines out; empty where none is whole."""
    ends = [match.end() for match in re.finditer(r"[.!?…][\"'”’)\]]*(?=\s)", text)]
    return text[: max(ends[-1] if ends else 0, lines_of(text)[-1][0])].rstrip()


def cut_at_sentence(text: str, limit: int) -> str:
    """A text in, its longest head of whole sentences within `limit` characters out."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    ends = [match.end() for match in re.finditer(r"[.!?…][\"'”’)]*(?=\s|$)", head)]
    return head[: ends[-1]] if ends else head.rsplit(" ", 1)[0]
