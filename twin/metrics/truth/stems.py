"""Words to the stems they are compared by: enough for "doors" to meet "door", and nothing cleverer."""

from __future__ import annotations

import re
from functools import lru_cache

from twin.core.brief import content_words

_ENDINGS = ("ings", "ing", "edly", "ied", "ies", "ed", "es", "ly", "s")
UNIT_WORDS = frozenset({"per", "cent", "percent", "percentage", "pct"})
_SPELLING = (("isation", "ization"), ("ise", "ize"), ("our", "or"))
_IRREGULAR = {"can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "let's": "let us"}
_SHORTENED = {"n't": "not", "'re": "are", "'ve": "have", "'ll": "will", "'m": "am", "'d": "would"}
_IS = frozenset("it that what there here who where how he she this everything nothing".split())
_SHORT = re.compile(r"\b[a-z]+(?:n't|'(?:re|ve|ll|m|d|s))\b|\bcannot\b", re.I)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word in lower case in, its stem out; British and American spelling meet."""
    word = word.removesuffix("'s").removesuffix("'")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending in ("ied", "ies") else "")
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    for british, american in _SPELLING:
        if word.endswith(british) and len(word) > 5:
            word = word[: -len(british)] + american
    return word.removesuffix("e") if len(word) > 3 else word


def stems(text: str) -> set[str]:
    """A text in, the stems of its content words out; "isn't" is no content."""
    return set(stems_in_turn(text))


def stems_in_turn(text: str) -> list[str]:
    """The same in order, with repeats."""
    return [stem(word) for word in content_words(in_full(text)) if word not in UNIT_WORDS]


def in_full(text: str) -> str:
    """A text in, the same without contractions out: "isn't" is "is not", "it's" is "it is"; straight apostrophes."""
    return _SHORT.sub(_expanded, text.replace("’", "'"))


def _expanded(match: re.Match[str]) -> str:
    said = match.group()
    low = said.lower()
    if low in _IRREGULAR:
        full = _IRREGULAR[low]
        return full.capitalize() if said[0].isupper() else full
    if low.endswith("'s"):
        return f"{said[:-2]} is" if low[:-2] in _IS else said
    ending = next(ending for ending in _SHORTENED if low.endswith(ending))
    return f"{said[: -len(ending)]} {_SHORTENED[ending]}"
