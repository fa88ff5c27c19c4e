"""A draft in a language that the checks do not know in, what can still be said of it out.

What was found of a sentence before it was translated holds on. Of a sentence that is new only its figures are looked
for in the sources. The voice, the habits and what was told before are not judged.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from twin.core.language import NAMES
from twin.core.lines import without_code
from twin.core.protocols import Measurement, Sample
from twin.core.records import Claim
from twin.core.text import URL, sentences
from twin.inference.checking.check import Checked, Coded, coded, score_of
from twin.inference.drafted import Writing
from twin.inference.places._checks import HASHTAG
from twin.metrics.coverage import Coverage
from twin.metrics.degenerate import Degenerate

_FIGURE = re.compile(r"\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*")
_WORST_LAST = ("supported", "opinion", "memory", "not_found", "contradicted")


def abroad(how: Writing, language: str) -> Writing:
    """The same without the measures that know only the author's language, for a text in another one."""
    unjudged = f"it is in {NAMES[language]}, and the verifier knows the voice of your texts alone"
    desk = replace(how.desk, style=None, judge=None, habits=None, repetition=None, language=language, unjudged=unjudged)
    return replace(how, desk=desk)


def claims_of(first: Mapping[str, Any]) -> list[Claim]:
    """What was found of a stored draft."""
    return [Claim(one["sentence"], one["status"], tuple(one["sources"]), one["finding"]) for one in first["claims"]]


def check_abroad(text: str, known: Sequence[Claim], *, request: str, how: Writing) -> Checked:
    """Looks for copies; each sentence has the claim that is `known` of it, or of its figures. `how` is `abroad`."""
    held = set(figures("\n".join([request, *(passage.text for passage in how.passages)])))
    told = without_code(text) if how.place.markdown else text
    found = tuple(_known(said, known) or _new(said, held) for said in sentences(told) if speaks(said))
    code = coded(text, how.passages, request, how.desk.usual) if told != text else Coded()
    copying = how.desk.copying.measure(Sample(text, request, tuple(how.passages)))
    copied = (copying.value or 0) >= how.desk.copying_gate
    broken = Measurement(Degenerate.name, Degenerate.version, None, "it is in another language than your texts")
    coverage = Measurement(Coverage.name, Coverage.version, None, "the brief is in another language")
    score = score_of(None, found, coverage, short=0.0, copied=copied, broken=False)
    return Checked(text, found, None, copying, broken, coverage, copied, score, code)


def figures(text: str) -> Counter[str]:
    """The numbers in digits, decimals after a point: which signs part them and thousands differs between languages."""
    return Counter(map(_figure, _FIGURE.findall(URL.sub(" ", text))))


def _figure(said: str) -> str:
    """`1,234.5`, `1.234,5` or `1 234,5` in, `1234.5` out; three digits behind one kind of sign are thousands."""
    parts = re.split(r"\D", "".join(str(unicodedata.digit(sign, sign)) for sign in said))
    thousands = len(parts[-1]) == 3 and len({sign for sign in said if not sign.isdigit()}) == 1
    if len(parts) == 1 or thousands:
        return "".join(parts)
    return f"{''.join(parts[:-1])}.{parts[-1]}"


def speaks(sentence: str) -> bool:
    """Whether it holds a word that is neither a link nor a hashtag."""
    return any(map(str.isalpha, HASHTAG.sub(" ", URL.sub(" ", sentence))))


def _known(said: str, known: Sequence[Claim]) -> Claim | None:
    """What is known of this sentence, of one that it is a part of, or the worst of those that it is made of.

    Languages end sentences otherwise: `。` and a question that begins with `¿` are no ends here.
    """
    whole = next((claim for claim in known if said in claim.sentence), None)
    if whole:
        return replace(whole, sentence=said)
    parts, rest = [claim for claim in known if claim.sentence in said], said
    for claim in parts:
        rest = rest.replace(claim.sentence, " ")
    if not parts or speaks(rest) or figures(rest):
        return None
    worst = max((claim.status for claim in parts), key=_WORST_LAST.index)
    alike = [claim for claim in parts if claim.status == worst]
    sources = tuple(dict.fromkeys(source for claim in alike for source in claim.sources))
    return Claim(said, worst, sources, "; ".join(claim.finding for claim in alike))


def _new(said: str, held: set[str]) -> Claim:
    absent = [one for one in figures(said) if one not in held]
    if absent:
        return Claim(said, "not_found", (), f"stands in no source: {', '.join(absent)}")
    return Claim(said, "memory", (), "the sources are in another language: only its figures were looked for")
