"""A text in, whether it is a text at all out: 1.0 for a degenerate one, 0.0 for a sound one, and every reason found.

A degenerate text scores well on style by n-grams, so this gate stands before any score. Thresholds: EVALUATION.md §3.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from twin.core.language import UNKNOWN, languages
from twin.core.prompts import WORDINGS
from twin.core.protocols import Measurement, Sample
from twin.core.text import words

LEAST_DISTINCT_3 = 0.85
LEAST_DISTINCT_IN_CODE = 0.5
"""Code says the same twice where prose would not: shown before and after, called and defined."""
CODE = re.compile(r"^[ \t]*(```+|~~~+).*?(?:^[ \t]*\1[^\n]*$|\Z)", re.M | re.S)
HEADING = re.compile(r"^#{1,6}[ \t].*$", re.M)
"""A heading says beforehand what its text says: no repeat."""
REPEATED_GRAM = 8
LEAST_OTHER_SCRIPT = 0.5
LEAST_ECHO_WORDS = 8
MOST_ECHO = 0.8
LEAST_WORDS = 5
LEAST_WORDS_TO_TELL = 25
"""Words from which on a text's language is told well enough to call it broken."""
_MARKS = ("<|", "|>", "[INST]", "[/INST]", "</s>", "<start_of_turn>", "### Instruction", "### Response")


_FORM = {notes for _, _, _, notes in WORDINGS}
"""Lines of the prompt that no author writes, with what a model that lost its thread goes on with."""


class Degenerate:
    """1.0 where a text is broken, else 0.0; `why` and `detail["reasons"]` name each fault in plain words.

    `words_range` is the author's own range in words (p5 and p95, say); below a half or above the double is far out.
    Without it the length is not judged. An author who does not write in Latin letters passes their `script`; with a
    `language` (ISO 639-1) a longer text in another one is broken too.
    """

    name = "degenerate"
    version = "5"

    def __init__(
        self, *, words_range: tuple[int, int] | None = None, script: str = "LATIN", language: str = ""
    ) -> None:
        self._range = words_range
        self._language = language
        self._script = script

    def measure(self, sample: Sample) -> Measurement:
        tokens, told = words(sample.text), words(HEADING.sub("", CODE.sub("\n", sample.text)))
        distinct = distinct_3(told)
        found = [reason for reason in self._reasons(sample, tokens, told, distinct) if reason]
        detail = {"reasons": found, "distinct_3": distinct, "words": len(tokens)}
        return Measurement(self.name, self.version, float(bool(found)), "; ".join(found), detail)

    def _reasons(self, sample: Sample, tokens: Sequence[str], told: Sequence[str], distinct: float | None) -> list[str]:
        """All words, those outside of code and the share of different 3-grams among these in, faults or "" out."""
        if not tokens:
            return ["empty" if not sample.text.strip() else "no words in it"]
        return [
            _one_letter(sample.text),
            f"says the same again and again (distinct-3 {distinct:.2f})" if (distinct or 1) < LEAST_DISTINCT_3 else "",
            _repeated(told),
            ""
            if (distinct_3(tokens) or 1) >= LEAST_DISTINCT_IN_CODE or len(told) == len(tokens)
            else "code or headings in a loop",
            _echo(tokens, words(sample.request)),
            next((f"a mark of the prompt template, {mark!r}" for mark in _MARKS if mark in sample.text), ""),
            _form(sample.text),
            self._other_script(sample.text) or self._other_language(sample.text, len(tokens)),
            self._length(len(tokens)),
        ]

    def _other_script(self, text: str) -> str:
        letters = Counter(unicodedata.name(char, "UNKNOWN").split(" ")[0] for char in text[:20_000] if char.isalpha())
        strange = letters.total() - letters[self._script]
        if strange <= LEAST_OTHER_SCRIPT * letters.total():
            return ""
        return f"written in another script ({max(letters, key=lambda one: letters[one]).lower()})"

    def _other_language(self, text: str, count: int) -> str:
        if self._language in ("", UNKNOWN) or count < LEAST_WORDS_TO_TELL:
            return ""
        found = languages([text])[0]
        return "" if found in (self._language, UNKNOWN) else f"written in another language ({found})"

    def _length(self, count: int) -> str:
        if self._range is None:
            return ""
        low, high = self._range
        if count < max(LEAST_WORDS, low / 2):
            return f"far too short: {count} words, the author writes {low} to {high}"
        return f"far too long: {count} words, the author writes {low} to {high}" if count > 2 * high else ""


def distinct_3(tokens: Sequence[str]) -> float | None:
    """Words in, the share of their 3-grams that are different out; None below five 3-grams. Long texts by 400 words."""
    grams = list(zip(tokens, tokens[1:], tokens[2:], strict=False))
    if len(grams) < 5:
        return None
    parts = [grams[i : i + 400] for i in range(0, len(grams), 400)]
    if len(parts) > 1 and len(parts[-1]) < 100:
        parts[-2:] = [parts[-2] + parts[-1]]
    return min(len(set(part)) / len(part) for part in parts)


def _one_letter(text: str) -> str:
    """The same character ten times in a row, or most of the text: a stuck model. Rules of dashes are left alone."""
    letters = [char for char in text.lower() if char.isalnum()]
    run = longest = 1
    for left, right in pairwise(text):
        run = run + 1 if left == right and left.isalpha() else 1
        longest = max(longest, run)
    char, count = Counter(letters).most_common(1)[0]
    stuck = longest >= 10 or (len(letters) >= 10 and count > 0.5 * len(letters))
    return f"one letter for ever ({char!r})" if stuck else ""


def _repeated(tokens: Sequence[str]) -> str:
    seen: dict[tuple[str, ...], int] = {}
    for i in range(len(tokens) - REPEATED_GRAM + 1):
        gram = tuple(tokens[i : i + REPEATED_GRAM])
        if gram in seen:
            return f"{REPEATED_GRAM} words stand twice: “{' '.join(gram)}”"
        seen[gram] = i
    return ""


def _form(text: str) -> str:
    echoed = _FORM.intersection(line.strip() for line in text.splitlines())
    return f"a line of the prompt, {min(echoed)!r}" if echoed else ""


def _echo(tokens: Sequence[str], request: Sequence[str]) -> str:
    """Whether most runs of four words of the text are the request's own."""
    if len(tokens) < LEAST_ECHO_WORDS or len(request) < LEAST_ECHO_WORDS:
        return "repeats the request" if request and list(tokens) == list(request) else ""
    asked = {tuple(request[i : i + 4]) for i in range(len(request) - 3)}
    own = [tuple(tokens[i : i + 4]) for i in range(len(tokens) - 3)]
    return "repeats the request" if sum(gram in asked for gram in own) > MOST_ECHO * len(own) else ""
