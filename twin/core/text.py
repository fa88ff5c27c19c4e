"""Views of a text: words, sentences, shingles, the clean view. Each is a pure function."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from twin.core.private import MASKED, masked
from twin.core.records import Private

WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
URL = re.compile(r"https?://\S+|www\.\S+")
_AFTER_END = r"(?:(?<=[.!?…])|(?<=[.!?…][\"'”’)\]])|(?<=[.!?…][\"'”’)\]]{2}))"
_SENTENCE_END = re.compile(_AFTER_END + r"\s+(?=[\"'“‘(\[]*[^\W_a-z])")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|vs|dr|mr|mrs|ms|st|approx|inc|ltd)\.$", re.IGNORECASE)
_NUMERO = re.compile(r"\bno\.$", re.IGNORECASE)


def words(text: str) -> list[str]:
    """A text in, its words in lower case out, links left out; apostrophes are folded to one form."""
    return [match.lower() for match in WORD.findall(URL.sub(" ", text).replace("’", "'"))]


def word_count(text: str) -> int:
    return len(WORD.findall(URL.sub(" ", text)))


def sentences(text: str) -> list[str]:
    """A text in, its sentences out, stripped; a line break ends a sentence. A post has no other borders."""
    found: list[str] = []
    for line in text.split("\n"):
        begun = len(found)
        for piece in filter(None, map(str.strip, _SENTENCE_END.split(line))):
            if len(found) > begun and _goes_on(found[-1], piece):
                found[-1] += " " + piece
            else:
                found.append(piece)
    return found


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
    return text[: max(ends[-1] if ends else 0, text.rfind("\n"))].rstrip()


def cut_at_sentence(text: str, limit: int) -> str:
    """A text in, its longest head of whole sentences within `limit` characters out."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    ends = [match.end() for match in re.finditer(r"[.!?…][\"'”’)]*(?=\s|$)", head)]
    return head[: ends[-1]] if ends else head.rsplit(" ", 1)[0]


def link_parts(url: str) -> SplitResult:
    """The parts of an address as a text gives it; all empty for a broken one, such as `https://[x`."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
