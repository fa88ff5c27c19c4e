"""A list of numbers and links in, a small automaton over characters out: it passes any text that holds no others.

`step` says where a text stands after one more character, or that it may not come. llama.cpp gets the same automaton
as a grammar (`gbnf.py`); whatever samples by itself can ask `step`. Case does not count.
"""

from __future__ import annotations

import re
from functools import lru_cache

TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
SCALES = "hundred thousand million billion trillion".split()
ONES = "one two three four five six seven eight nine".split()
SPELT = frozenset(
    (
        *(*TEENS, *TENS, *SCALES),
        *(f"{ten}-{one}" for ten in TENS for one in ONES),
    )
)
"""Number words that need leave. Up to twelve they count too loosely ("one of those days") to be held back."""
SCHEMES = ("http:/", "https:/", "www.")
"""From here on a word is a link."""
DIGITS = "0123456789"
SPACE = " \t\n\r\u00a0"
BOUNDARY = SPACE + '"“”‘„«»()[]{}<>|*_#~≈+=…—;!?→•·'
"""Signs after which a word begins anew."""
HYPHENS, JOINTS = "-–", ".,'’&@%°£$€"
BEHIND_NUMBER = BOUNDARY + HYPHENS + "/:.,'’&@"
BEHIND_LINK = SPACE + ".,;:!?)]}'\"”’>"
START, WORD, AFTER, COLON, CLOSED = range(5)
"""Where a word may begin; in one without digits; behind a number or sign; behind a colon; behind a link."""
DEAD = -1


class Only:
    """Numbers in digits, number words above twelve and links: those of a list alone. All else passes."""

    def __init__(self, only: tuple[str, ...]) -> None:
        """`only` has every number as it may be written, signs included (`£61,200`, `41%`), number words, and links."""
        allowed = {one.lower() for one in only if one}
        links = {one.rstrip("/") for one in allowed if one.startswith(SCHEMES)}
        kept = {one for one in SPELT if "-" not in one or one.partition("-")[0] in allowed}
        self.children: dict[int, dict[str, int]] = {START: {}}
        self.kind: dict[int, str] = {}
        """Of the states within a word that begins like one of the list: free, number or link."""
        self.ends: set[int] = set()
        """Those at which a word of the list ends."""
        for word in sorted({*(allowed - links), *links, *(f"{link}/" for link in links)}):
            self._add(word, allowed, end=True)
        for word in sorted((*kept, *SCHEMES, *(f"{scale}s" for scale in SCALES))):
            self._add(word, allowed, end=word in allowed)
        self._bury()

    def step(self, state: int, char: str) -> int:
        """A state and the next character in, the state after it out, DEAD where it may not come."""
        begins = START if state in (AFTER, COLON) and char.isalpha() else state
        child = self.children.get(begins, {}).get(char.lower())
        if child is not None:
            return child
        kind = self.kind.get(state, "free")
        if kind == "number":
            through = START if char in BOUNDARY else AFTER
            return through if state in self.ends and char in BEHIND_NUMBER else DEAD
        if kind == "link" or state == CLOSED:
            through = START if char in SPACE else CLOSED
            return through if (state == CLOSED or state in self.ends) and char in BEHIND_LINK else DEAD
        return _plain(state, char)

    def run(self, text: str, state: int = START) -> int:
        """The state after a text, DEAD where it holds what it may not."""
        for char in text:
            state = self.step(state, char)
            if state == DEAD:
                break
        return state

    def may_end(self, state: int) -> bool:
        return state != DEAD and (self.kind.get(state, "free") == "free" or state in self.ends)

    def holds(self, text: str) -> bool:
        """Whether a whole text keeps to the list."""
        return self.may_end(self.run(text))

    def after(self, begin: str) -> int:
        """Where a text that goes on from `begin` stands; what `begin` holds already is not held against the rest."""
        state = START
        for char in begin:
            stepped = self.step(state, char)
            state = stepped if stepped != DEAD else max(WORD, _plain(WORD, char))
        return state

    def _add(self, word: str, allowed: set[str], *, end: bool) -> None:
        state = START
        for i, char in enumerate(word):
            if char not in self.children[state]:
                made = CLOSED + 1 + len(self.kind)
                self.children[state][char], self.children[made] = made, {}
                self.kind[made] = _kind(word[: i + 1], allowed)
            state = self.children[state][char]
        if end:
            self.ends.add(state)

    def _bury(self) -> None:
        """What no word of the list goes on from, and what may not be left either, may not be entered."""
        for state in sorted(self.children, reverse=True):  # children have higher numbers
            for char, child in self.children[state].items():
                held = self.kind[child] in ("number", "link") and child not in self.ends
                if held and all(after == DEAD for after in self.children[child].values()):
                    self.children[state][char] = DEAD


def _kind(begun: str, allowed: set[str]) -> str:
    if begun.startswith(SCHEMES):
        return "link"
    ten, hyphen, _ = begun.partition("-")
    spelt = begun in SPELT or (hyphen and ten in TENS and ten not in allowed)
    return "number" if re.search(r"[0-9]", begun) or (spelt and begun not in allowed) else "free"


def _plain(state: int, char: str) -> int:
    """Where ordinary text stands after one more character."""
    if char in DIGITS or (state == COLON and char == "/"):
        return DEAD
    if char in BOUNDARY:
        return START
    if char in HYPHENS or char == "/":
        return AFTER if state in (AFTER, COLON) else START
    if char == ":":
        return COLON
    return AFTER if char in JOINTS else WORD


@lru_cache(maxsize=16)
def automaton(only: tuple[str, ...]) -> Only:
    """The automaton of a list; all requests of a draft share it."""
    return Only(only)
