"""A sentence in, what it says of programs out: the commands, flags, functions and files that it names, what one does.

Such a statement is true or not whoever makes it, and however: "use `git log` to see the commits" says what `git log`
does as much as "`git log` shows the commits" says it. English, by words that mean little else beside each other.
"""

from __future__ import annotations

import re
from itertools import pairwise

from twin.core.text import words
from twin.metrics.truth.stems import in_full, stem

_TICKED = re.compile(r"`([^`\n]+)`")
_PART = re.compile(r"--?[A-Za-z][\w-]*|[$@~./:]{0,3}\w(?:[\w./:@~$-]*\w)?")
_FLAG = re.compile(r"(?<![\w-])--[A-Za-z][\w-]*|(?<!\S)-[A-Za-z]\b")
_CALLED = re.compile(r"(?<![\w.])[\w.]+(?=\(\))")
_THINGS = frozenset(
    """flag flags command commands script scripts server servers database databases repository repositories terminal
    shell config configuration json csv yaml html css sql regex stdout stderr buffer cache endpoint endpoints plugin
    plugins cli api""".split()
)
_MAYBE_THINGS = frozenset(
    """file files folder folders directory directories option options argument arguments function functions method
    methods parameter parameters test tests package packages library libraries log logs column columns row rows query
    queries string strings array arrays variable variables module modules table tables branch branches commit commits
    setting default task tasks""".split()
)
"""Words that mean other things too: beside one of them only a verb of programs counts."""
_VERBS = frozenset(
    map(
        stem,
        """print output return rename parse compile execute overwrite reload install delete fetch download upload append
        merge encode decode render sort filter flush format convert clear""".split(),
    )
)
_MAYBE_VERBS = frozenset(
    map(
        stem,
        """list display remove restart generate import export create insert replace load match count expand ignore skip
        enable disable exit fail start stop open close write read accept take show find search copy move set reset
        update change add run draw limit order lock store save build split join see""".split(),
    )
)
_BEFORE = frozenset(
    """to will would can not never always also only then just simply and it this that which automatically""".split()
)
_DONE = frozenset("is are be get gets was were been".split())


def named(sentence: str) -> list[str]:
    """The commands, flags, functions and files that are named, in small letters, each once."""
    ticked = [part for code in _TICKED.findall(sentence) for part in _PART.findall(code)]
    plain = _TICKED.sub(" ", sentence)
    found = [*ticked, *_FLAG.findall(plain), *_CALLED.findall(plain)]
    return list(dict.fromkeys(one.lower() for one in found if len(one) > 1 and not any(map(str.isdigit, one))))


def works(sentence: str) -> bool:
    """Whether it says what something of a program does, or what is done with it."""
    plain = _CALLED.sub(" function ", _FLAG.sub(" flag ", _TICKED.sub(" command ", sentence)))
    said = words(in_full(plain))
    verbs = {stem(word) for before, word in pairwise(said) if _does(before, word)}
    if _THINGS & set(said):
        return bool(verbs & (_VERBS | _MAYBE_VERBS))
    return bool(_MAYBE_THINGS & set(said) and verbs & _VERBS)


def _does(before: str, word: str) -> bool:
    """Whether a word may be a verb of what somebody speaks of: "it prints", "to print", "are printed"."""
    if before in _DONE:
        return word.endswith("ed")
    return before in _BEFORE or (word.endswith("s") and before in _THINGS | _MAYBE_THINGS)
