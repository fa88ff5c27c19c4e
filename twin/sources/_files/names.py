"""Lines under a title in, the people named in them out; and whether one of them is the author."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from twin.core.records import Authorship, Identity

MAX_NAMES = 200
_MAIL = re.compile(r"[^\s@<>(){}\[\],;]{1,64}@[^\s@<>(){}\[\],;]{1,190}")
_BETWEEN = re.compile(r"\s*(?:;|,|\n|\bmit\b|\band\b|\bund\b|\bet\b|\by\b|&|•|·|\|| {3,}|\t)\s*")
_PARTICLES = frozenset("van von der den de del della di da dos du la le el al bin ibn ten ter zu zur y e i".split())
_NO_NAME = re.compile(
    r"universit|institut|department|dept|school|college|laborator|\blabs?\b|research|cent(?:er|re)\b|hospital|faculty|"
    r"academy|company|inc\.|gmbh|corporation|proceedings|conference|association|abstract|copyright|team\b|group\b|"
    r"science|engineering|technolog|equal|contribution|author|editor|street|germany|usa\b|china|canada|france",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    "admin administrator author user unknown anonymous me default microsoft owner root guest python-docx word".split()
)


def names_in(text: str) -> tuple[str, ...]:
    """A byline or an author field in, the names in it out: "Ada Example, Bob Builder and Eve" is three."""
    text = _MAIL.sub(" ", text[:20_000])
    text = re.sub(r"^\s*(?:by|von|par|por|di|door)\s+", "", text, flags=re.IGNORECASE)
    names: list[str] = []
    for part in _BETWEEN.split(re.sub(r"[\d*†‡§¶∗♠♣♥♦⋄⋆#^{}()<>\[\]]+", " ", text)):
        name = " ".join(part.split()).strip(" .,:-–—")
        if _like_a_name(name) and name not in names:
            names.append(name)
    return tuple(names[:MAX_NAMES])


def listed(field: str) -> tuple[str, ...]:
    """A field that holds nothing but names in, the names out; "Example, Ada" is one."""
    parts = field.split(";") if ";" in field else re.split(r"\s+(?:and|und|et)\s+|\s*&\s*", field)
    if len(parts) == 1 and all(len(part.split()) > 1 for part in field.split(",")):
        parts = field.split(",")
    return tuple(dict.fromkeys(name for part in parts[:MAX_NAMES] if (name := " ".join(part.split())[:200])))


def _like_a_name(name: str) -> bool:
    words = name.split()
    if not 2 <= len(words) <= 6 or len(name) > 60 or _NO_NAME.search(name):
        return False
    return all(word[:1].isupper() or word.lower().rstrip(".") in _PARTICLES or "’" in word for word in words)


def authorship_of(authors: Iterable[str], me: Identity) -> Authorship:
    """Who wrote it, by the names that it gives: own where none is named, or where the author is not known."""
    named = [author for author in dict.fromkeys(map(str.strip, authors)) if author and not _nobody(author)]
    if not named:
        return "own"
    if not me.name.strip() and not me.handles:
        return "co-authored" if len(named) > 1 else "own"
    if not any(is_author(me, author) for author in named):
        return "quoted"
    return "co-authored" if any(not is_author(me, author) for author in named) else "own"


def is_author(me: Identity, author: str) -> bool:
    """A name as bylines spell it in ("A. Example", "Example, Ada", "Ada B. Example <ada@…>"), whether it is mine."""
    mails = _MAIL.findall(author)
    if me.is_me(author) or any(me.is_me(mail) for mail in mails):
        return True
    name = _MAIL.sub(" ", author).replace("<", " ").replace(">", " ")
    if name.count(",") == 1:
        name = " ".join(reversed(name.split(",")))
    theirs, mine = _folded(name), _folded(me.name)
    if not theirs or not mine:
        return False
    if len(theirs) == 1 or len(mine) == 1:
        return theirs[0] in (mine[0], mine[-1]) if len(theirs) == 1 else mine[0] in (theirs[0], theirs[-1])
    first, initial = theirs[0], len(theirs[0]) == 1 or len(mine[0]) == 1
    return theirs[-1] == mine[-1] and (first == mine[0] or (initial and first[0] == mine[0][0]))


def _nobody(author: str) -> bool:
    words = _folded(author)
    return not words or all(word in _NOBODY or word in ("office", "windows", "the", "site") for word in words)


def _folded(name: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.findall(r"[\w'-]+", plain.casefold())
