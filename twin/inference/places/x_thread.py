"""A thread on X: a text in parts of 280 at most, split at the ends of sentences, numbered on wish."""

from __future__ import annotations

import re
from collections.abc import Iterator

from twin.core.text import plain_post, sentences
from twin.inference.places import Finding, Forms, Place
from twin.inference.places import _checks as checks
from twin.inference.places._weights import EMOJI, LIMIT, LINK, weight

UNIT = "weighted characters"
AT_ONCE = 25
"""As many parts X's editor sends in one go; a thread can be gone on with."""
_TOKEN = re.compile(r"\S+\s*|\A\s+")
_SIGN = re.compile(f"{LINK.pattern}|{EMOJI.pattern}|.[\u0300-\u036f\ufe0e\ufe0f]*", re.IGNORECASE | re.DOTALL)


def slices(text: str, room: int = LIMIT) -> list[str]:
    """A text in, consecutive pieces that weigh `room` at most without the white space around them out.

    `"".join(slices(text)) == text`. Whole sentences go together while they fit; a sentence that does not fit is cut
    between words and begins a piece of its own; a word that does not fit is cut between signs, a link never.
    """
    made = [""]
    for sentence in _sentences(text):
        made += _filled(made.pop(), sentence, room)
    if len(made) > 1 and not made[0].strip():
        made[:2] = [made[0] + made[1]]
    return made


def parts(text: str, *, numbered: bool = False) -> list[str]:
    """A text in, the posts of the thread out, at best each with its `3/7` at the end."""
    plain = plain_post(text)
    cut = [piece.strip() for piece in slices(plain)]
    if not numbered or len(cut) == 1:
        return cut
    digits = 1
    while True:
        cut = [piece.strip() for piece in slices(plain, LIMIT - len(" /") - 2 * digits)]
        if len(str(len(cut))) <= digits:
            return [f"{piece} {i}/{len(cut)}" for i, piece in enumerate(cut, 1)]
        digits += 1


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a text with the white space after each: as many words as `sentences` finds in them."""
    tokens = iter(_TOKEN.findall(text))
    begun = next(tokens, "") if text[:1].isspace() else ""
    for sentence in sentences(text):
        yield begun + "".join(next(tokens, "") for _ in sentence.split())
        begun = ""
    yield begun + "".join(tokens)


def _filled(piece: str, sentence: str, room: int) -> list[str]:
    """An unfinished piece and the sentence that follows in, the piece gone on with and what it could not hold out."""
    if weight((piece + sentence).strip()) <= room:
        return [piece + sentence]
    if weight(sentence.strip()) <= room:
        return [piece, sentence]
    made = [piece, ""] if piece.strip() else [piece]
    for token in _TOKEN.findall(sentence):
        if weight((made[-1] + token).strip()) <= room:
            made[-1] += token
        elif weight(token.strip()) <= room:
            made.append(token)
        else:
            made += _signs(token, room)
    return [one for one in made if one]


def _signs(word: str, room: int) -> list[str]:
    """A word that fits nowhere in, runs of its signs out; links and emoji stay whole."""
    made = [""]
    for sign in _SIGN.findall(word):
        if made[-1] and weight((made[-1] + sign).strip()) > room:
            made.append("")
        made[-1] += sign
    return made


def render(text: str) -> Forms:
    return {"text": plain_post(text), "thread": parts(text), "numbered": parts(text, numbered=True)}


def check(text: str) -> list[Finding]:
    size = len(parts(text))
    found = checks.fits(text, weight, PLACE.limit, UNIT)
    if size > AT_ONCE:
        found.append(Finding("warning", f"{size} parts: {AT_ONCE} are sent in one go, the rest has to follow"))
    elif size == 1 and text.strip():
        found.append(Finding("advice", "it fits into one post: --place x-post"))
    return [
        *found,
        *checks.no_markdown(text),
        *checks.no_styled_letters(text),
        *checks.few_hashtags(text, 2),
        *checks.not_too_long(text, PLACE.most_words, "a thread"),
    ]


PLACE = Place(
    name="x-thread",
    title="X thread",
    kind="post",
    site="x",
    words=160,
    most_words=500,
    limit=0,
    unit=f"{UNIT}, {LIMIT} a part",
    count=weight,
    render=render,
    check=check,
)
