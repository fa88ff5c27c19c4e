"""A true sentence in, the same said a little differently out: still true."""

from __future__ import annotations

import re
from collections.abc import Callable

from bench.planted import LIKE, PROTECTED, SPELT

_ADVERBS = """really very actually just simply also currently quickly easily basically already recently quite pretty
definitely certainly clearly obviously totally literally finally eventually fairly truly naturally usually generally
directly automatically specifically essentially slightly""".split()
_ADVERB = re.compile(rf" (?:{'|'.join(_ADVERBS)})(?= [a-z])")
_LEADING = re.compile(
    r"^((?:If|When|While|Because|After|Before|Although|Since|As|In|On|At|For|With|From|Once|To|By)\b"
    r"[^,:;()\"“”]{6,90}), "
    r"([^:;()\"“”]{12,200}?)([.!])$"
)
_SHORT = {
    "it's": "it is", "don't": "do not", "doesn't": "does not", "isn't": "is not", "can't": "cannot",
    "didn't": "did not", "I'm": "I am", "we're": "we are", "you're": "you are", "I've": "I have", "we've": "we have",
    "that's": "that is", "won't": "will not", "aren't": "are not", "wasn't": "was not", "they're": "they are",
}  # fmt: skip
_LONG = {long: short for short, long in _SHORT.items()}


def without_adverb(said: str) -> str | None:
    shorter = _ADVERB.sub("", said, count=1)
    return shorter if shorter != said else None


def reordered(said: str) -> str | None:
    """A leading clause moved to the end."""
    match = _LEADING.match(said)
    if not match or len(match[2].split()) < 3 or ", not " in match[2]:
        return None
    lead, rest = match[1], match[2]
    main = rest if rest.split()[0].isupper() else rest[0].upper() + rest[1:]
    return f"{main} {lead[0].lower()}{lead[1:]}{match[3]}"


def other_notation(said: str) -> str | None:
    """12 as twelve and back, 1000 as 1,000 and back, % as per cent and back."""
    if re.search(r"\d ?%", said):
        return re.sub(r"(\d) ?%", r"\1 per cent", said)
    if re.search(r"\d,\d{3}\b", said):
        return re.sub(r"(?<=\d),(?=\d{3}\b)", "", said)
    for value, word in enumerate(SPELT, 2):
        if re.search(rf"(?<!-)\b{word}\b(?!-)", said):
            return re.sub(rf"(?<!-)\b{word}\b(?!-)", str(value), said, count=1)
        alone = rf"(?<![\w.,:/#@$£€`'-]){value}(?![\w/:`'%-]|[.,]\d)"
        if re.search(alone, said):
            return re.sub(alone, word, said, count=1)
    return None


def other_contraction(said: str) -> str | None:
    for table in (_SHORT, _LONG):
        for old, new in table.items():
            found = re.search(rf"\b{old}\b", said.replace("’", "'"), re.I)
            if found:
                fresh = new[0].upper() + new[1:] if found.group()[0].isupper() else new
                return said[: found.start()] + fresh + said[found.end() :]
    return None


def other_word(said: str) -> str | None:
    """A word of the same meaning in another's place."""
    for pair in LIKE:
        old, new = pair.split(":")
        if re.search(rf"\b{old}\b", said):
            return re.sub(rf"\b{old}\b", new, said, count=1)
    return None


def reworded(kind: str, said: str) -> str | None:
    """The sentence said in this other way, where quotations, links, code and dates stay as they are."""
    new = _REWORDINGS[kind](said)
    kept = [sorted(match.group() for match in PROTECTED.finditer(one)) for one in (said, new or "")]
    return new if new and kept[0] == kept[1] else None


_REWORDINGS: dict[str, Callable[[str], str | None]] = {
    "as they stand": str,
    "without an adverb": without_adverb,
    "clauses reordered": reordered,
    "number in another notation": other_notation,
    "contraction changed": other_contraction,
    "a word of like meaning": other_word,
}
REWORDINGS = tuple(_REWORDINGS)[1:]
