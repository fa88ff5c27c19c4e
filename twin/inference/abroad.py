"""A draft in a language that the checks do not know in, what can still be said of it out.

What was found of a sentence before it was translated holds on. Of a sentence that is new only its figures are looked
for in the sources. The voice, the habits and what was told before are not judged.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from twin.core.language import NAMES
from twin.core.protocols import Measurement
from twin.core.records import Brief, Claim
from twin.core.text import URL, sentences
from twin.inference.check import Checked, check
from twin.inference.drafted import Writing
from twin.inference.places._checks import HASHTAG

_FIGURE = re.compile(r"\d(?:[\d.,' \u00a0\u202f]*\d)?")
_SEPARATORS = re.compile(r"\D")


def abroad(how: Writing, language: str) -> Writing:
    """The same without the measures that know only the author's language, for a text in another one."""
    if language == how.desk.language:
        return how
    unjudged = f"it is in {NAMES[language]}, and the verifier knows the voice of your texts alone"
    desk = replace(how.desk, style=None, judge=None, habits=None, repetition=None, language=language, unjudged=unjudged)
    return replace(how, desk=desk)


def claims_of(first: Mapping[str, Any]) -> list[Claim]:
    """What was found of a stored draft."""
    return [Claim(one["sentence"], one["status"], tuple(one["sources"]), one["finding"]) for one in first["claims"]]


def check_abroad(text: str, known: Sequence[Claim], *, brief: Brief, request: str, how: Writing) -> Checked:
    """Measures a text by `abroad` measures; each sentence has the claim that is `known` of it, or of its figures."""
    one = check(text, desk=how.desk, brief=brief, request=request, passages=how.passages)
    held = set(figures(" ".join([request, *(passage.text for passage in how.passages)])))
    found = [_known(said, known) or _new(said, held) for said in sentences(text) if speaks(said)]
    unmeasured = Measurement(one.coverage.metric, one.coverage.version, None, "the brief is in another language")
    return replace(one, claims=tuple(found), coverage=unmeasured)


def figures(text: str) -> Counter[str]:
    """The numbers in digits, without the signs that part thousands or decimals: those differ between languages."""
    return Counter(_SEPARATORS.sub("", one) for one in _FIGURE.findall(URL.sub(" ", text)))


def speaks(sentence: str) -> bool:
    """Whether it holds a word that is neither a link nor a hashtag."""
    return any(map(str.isalpha, HASHTAG.sub(" ", URL.sub(" ", sentence))))


def _known(said: str, known: Sequence[Claim]) -> Claim | None:
    """What is known of this sentence, or of one that it is a part of: languages end sentences otherwise."""
    whole = next((claim for claim in known if said in claim.sentence), None)
    return replace(whole, sentence=said) if whole else None


def _new(said: str, held: set[str]) -> Claim:
    absent = [one for one in figures(said) if one not in held]
    if absent:
        return Claim(said, "not_found", (), f"stands in no source: {', '.join(absent)}")
    return Claim(said, "memory", (), "the sources are in another language: only its figures were looked for")
