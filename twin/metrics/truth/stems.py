"""Words to the stems they are compared by: enough for "doors" to meet "door", and nothing cleverer."""

from __future__ import annotations

from functools import lru_cache

from twin.core.brief import content_words

_ENDINGS = ("ings", "ing", "edly", "ied", "ies", "ed", "es", "ly", "s")
_UNIT_WORDS = frozenset({"per", "cent", "percent", "percentage", "pct"})
_SPELLING = (("isation", "ization"), ("ise", "ize"), ("our", "or"))


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
    """A text in, the stems of its content words out."""
    return {stem(word) for word in content_words(text) if word not in _UNIT_WORDS}
