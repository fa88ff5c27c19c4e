"""One spelling of punctuation for every writer, so that the verifier learns the person and not the editor.

Curly quotes, dashes, ellipses, links, code, mark-up and the fonts of a site are what a tool adds. Left in, they give a
perfect score for the wrong reason (EVALUATION.md §3 and §9).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from twin.core.text import URL, sentences, word_count

PART_WORDS = (80, 300)

_SIGNS = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "`": None})
_DASH = re.compile(r"(?<=\d)\s*[–—]\s*(?=\d)")
_PAUSE = re.compile(r"\s*(?:[–—―]|(?<!-)--(?!-)|(?<=\s)-(?=\s))\s*")
_DIGIT = re.compile(r"\d")
_FENCE = re.compile(r"^(\s*)(```+|~~~+).*?^\s*\2[`~]*\s*$", re.M | re.S)
_OPEN_FENCE = re.compile(r"^\s*(?:```|~~~).*", re.M | re.S)
_FRONT = re.compile(r"\A(?:---\n.*?\n---|\+\+\+\n.*?\n\+\+\+)\n", re.S)
_TAG = re.compile(r"<!--.*?-->|<(pre|script|style|table|svg)\b.*?</\1>|</?[A-Za-z][^<>\n]*>", re.S | re.I)
_LINK = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])|\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_NOTE = re.compile(r"^\s*\[[^\]]+\]:.*$|\[\^[^\]]+\]|^\s*:::?.*$|\{[%{].*?[%}]\}", re.M)
_EMPHASIS = re.compile(r"(\*\*|__|\*|(?<!\w)_)(?=\S)(.+?)(?<=\S)\1")
_DROPPED_LINE = re.compile(r"\s*(?:#{1,6}\s|\||>|[-*_=]{3,}\s*$)|(?: {4}|\t)(?!\s*(?:[-*+•]|\d+[.)])\s)\S")
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")


def normalise(text: str) -> str:
    """A text in, one line in the verifier's spelling out.

    NFKC (so the bold letters of a site become plain ones), straight quotes, one pause dash, no links, every digit
    `0`, one kind of blank. Line breaks belong to the layout and not to the words: the form head counts them itself.
    """
    plain = unicodedata.normalize("NFKC", text.replace("…", "...")).translate(_SIGNS)
    plain = _PAUSE.sub(" - ", _DASH.sub("-", URL.sub(" ", plain)))
    return " ".join(_DIGIT.sub("0", plain).split())


def prose(markdown: str, *, wrapped: bool = True) -> str:
    """Markdown as published in, the words a person wrote out, one paragraph a line.

    Front matter, code, headings, tables, quotations, HTML and link targets go. `wrapped` joins lines that an editor
    broke; a post's own line breaks stay.
    """
    text = _FRONT.sub("", markdown.replace("\r\n", "\n"), count=1)
    text = _OPEN_FENCE.sub("", _FENCE.sub("\n", text))
    text = _NOTE.sub("", _LINK.sub(lambda match: match.group(1) or "", _TAG.sub("", text)))
    paragraphs: list[str] = []
    fresh = True
    for line in text.split("\n"):
        if not line.strip() or _DROPPED_LINE.match(line):
            fresh = True
            continue
        bullet = bool(_BULLET.match(line))
        words = _EMPHASIS.sub(r"\2", _BULLET.sub("", line)).strip()
        if fresh or bullet or not wrapped or not paragraphs:
            paragraphs.append(words)
        else:
            paragraphs[-1] += " " + words
        fresh = False
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


def spoken(text: str) -> str:
    """A text as its writer keeps it in, what a verifier of voice reads of it out: its prose, or all of a text of none.

    The background is read so. An author's own headings, fences and link brackets against people without any would tell
    the file format, and a twin's text that was made plain from its author's.
    """
    return prose(text, wrapped=False) or text


def parts(text: str, *, least: int = PART_WORDS[0], most: int = PART_WORDS[1]) -> list[str]:
    """A text in, its consecutive parts of `least` to `most` words out, cut between sentences.

    A text of at most `most` words is one part, however short. A short tail is left out; a sentence longer than
    `most` words is cut at words.
    """
    if word_count(text) <= most:
        return [text] if text.strip() else []
    found, held, held_words = [], "", 0
    for piece in _pieces(text, most):
        size = word_count(piece)
        if held and held_words + size > most:
            found.append(held)
            held, held_words = "", 0
        held = f"{held}\n{piece}" if held else piece
        held_words += size
    if held_words >= least:
        found.append(held)
    return [part for part in found if word_count(part) >= least] or found[:1]


def _pieces(text: str, most: int) -> Iterator[str]:
    """What a text may be cut between: every line, and the sentences of each."""
    for sentence in (one for line in text.split("\n") for one in sentences(line)):
        tokens = sentence.split()
        step = max(1, most // 2)
        if word_count(sentence) <= most:
            yield sentence
        else:
            yield from (" ".join(tokens[i : i + step]) for i in range(0, len(tokens), step))
