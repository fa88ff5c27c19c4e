"""A candidate text in, everything that can be said about it before a person reads it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from twin.core.brief import STOP
from twin.core.lines import FENCE, Span, code_of, without_code
from twin.core.protocols import Measurement, Metric, Sample
from twin.core.records import Brief, Claim, Document, Passage
from twin.core.text import placed, word_count, words
from twin.inference.checking.said import Said
from twin.inference.checking.strangers import absent, marked
from twin.metrics.claims import claims
from twin.metrics.coverage import Coverage
from twin.metrics.degenerate import Degenerate
from twin.metrics.truth.evidence import evidence_of
from twin.metrics.truth.second import Entailing

LEAST_LENGTH = 0.6
"""Share of the length asked for under which a draft is too short."""
WRONG = ("not_found", "contradicted")
SUPPORTED, OPINION, UNFOUND, CONTRADICTED = 1.0, -0.5, -2.5, -4.0
"""What a word is worth by what its sentence is."""
FAR, NEAR, NEARLY_SAID = 0.3, 0.9, 0.0
"""How nearly a source says a sentence that none says: up to `FAR` it is invented, from `NEAR` on nearly said, and worth
so much."""
TWICE = 0.8
"""A sentence of whose telling words so many stand in one before it is said twice."""
LEAST_TWICE = 2
MOST_RUN = 12
"""Words in a row that a draft may share with a text, outside quotation marks, whatever the author's habits."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The measures that a draft is checked with.

    `style` chooses among candidates; one that shares a run of `copying_gate` words is a copy. `judge` says of those
    chosen how they read: another verifier, for a score that was chosen by is high by choice; `unjudged` says why there
    is none. `language` (ISO 639-1) is what they write most, `usual` every word that they write small somewhere: with a
    capital it is no name. `hooks` is how they open posts.
    `habits` says how the author builds `habits_of`, `repetition` what they told before; both look into `history`,
    their texts by id.
    """

    style: Metric | None
    copying: Metric
    copying_gate: float
    entailment: Entailing | None = None
    judge: Metric | None = None
    language: str = ""
    unjudged: str = "too few texts to tell a voice"
    usual: frozenset[str] = frozenset()
    hooks: Mapping[str, float] = field(default_factory=dict)
    habits: Metric | None = None
    habits_of: str = ""
    repetition: Metric | None = None
    history: Mapping[str, Document] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coded:
    """The lines of code in a text, which nobody checked, and those that say something to check that stands nowhere."""

    lines: int = 0
    absent: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """One candidate with its findings. `score` orders candidates, higher is better; it is no verdict for a reader.

    `copied` says whether its longest run shared with a text is too long to be shown; `code` is what was left out.
    """

    text: str
    claims: tuple[Claim, ...]
    style: Measurement | None
    copying: Measurement
    degenerate: Measurement
    coverage: Measurement
    copied: bool
    score: float
    code: Coded = Coded()

    def standing(self) -> Iterator[tuple[Span, Claim]]:
        """Each claim with where it stands in the text."""
        text = without_code(self.text) if self.code.lines else self.text
        spans = placed(text, [claim.sentence for claim in self.claims])
        return ((span, claim) for span, claim in zip(spans, self.claims, strict=True) if span)

    def supported(self) -> list[str]:
        """The sentences that stand in a source."""
        return [claim.sentence for claim in self.claims if claim.status == "supported"]

    def copy(self) -> Span | None:
        """Where the longest run stands, if it is too long."""
        run = str(self.copying.detail.get("run", ""))
        start = self.text.find(run) if self.copied and run else -1
        return None if start < 0 else (start, start + len(run))


def check(
    text: str,
    *,
    desk: Desk,
    brief: Brief,
    request: str,
    passages: Sequence[Passage],
    finished: bool = True,
    markdown: bool = False,
) -> Checked:
    """Measures one text; one that is not finished is not blamed for its length. The score: see `score_of`.

    Code in Markdown is no claim; a line of it that says what stands nowhere costs what a claim would.
    """
    sample = Sample(text, request, tuple(passages))
    style = desk.style.measure(sample) if desk.style else None
    copying = desk.copying.measure(sample)
    usual = (brief.words // 2, 2 * brief.words) if finished else None
    degenerate = Degenerate(words_range=usual, language=desk.language).measure(sample)
    coverage = Coverage(brief).measure(sample)
    said = without_code(text) if markdown else text
    found = claimed(said, passages, request, desk.usual, desk.entailment)
    code = coded(text, passages, request, desk.usual) if said != text else Coded()
    copied = (copying.value or 0) >= desk.copying_gate
    short = max(0.0, 1 - word_count(text) / (LEAST_LENGTH * brief.words)) if finished else 0.0
    told = (*found, *code.absent)
    score = score_of(style, told, coverage, short=short, copied=copied, broken=bool(degenerate.value))
    return Checked(text, found, style, copying, degenerate, coverage, copied, score, code)


def claimed(
    text: str, passages: Sequence[Passage], request: str, usual: frozenset[str], entailment: Entailing | None = None
) -> tuple[Claim, ...]:
    """The claims of a text, those that name a stranger marked; the number of a point says nothing and is none."""
    found = marked(claims(text, passages, request, entailment), evidence_of(tuple(passages), request), usual)
    said, spans = Said.of(text), placed(text, [claim.sentence for claim in found])
    points = [said.span(one) for one in said.points()]
    return tuple(claim for span, claim in zip(spans, found, strict=True) if span not in points)


def coded(markdown: str, passages: Sequence[Passage], request: str, usual: frozenset[str]) -> Coded:
    """What can be said of the code in a text: numbers, links and names are looked for there as anywhere."""
    lines = [line for span in code_of(markdown) if (line := markdown[slice(*span)]).strip() and not FENCE.match(line)]
    return Coded(len(lines), tuple(filter(absent, claimed("\n".join(lines), passages, request, usual))))


def trimmed(checked: Checked) -> str:
    """A checked text in, the same without the sentences that no source holds or that one contradicts out."""
    said = Said.of(checked.text)
    wrong = [number for span, one in checked.standing() if one.status in WRONG for number in said.within(*span)]
    return said.without(*wrong).text.strip()


def score_of(
    style: Measurement | None,
    found: Sequence[Claim],
    coverage: Measurement,
    *,
    short: float,
    copied: bool,
    broken: bool,
) -> float:
    """Truth first, then topic, then voice; a text that is copied or broken ranks below every one that is not.

    Words are weighed, not sentences: those that stand in a passage earn, an opinion's cost little, a contradiction's
    most. A memory that no text of the author's tells is, from a model, an invention: it costs what is not found costs.
    Both cost less the nearer a source comes to saying it: else a text of nothing but opinions were the better one.
    What the text has said already earns nothing a second time.
    Voice counts up to the author's own median: beyond it lies caricature. `short` is how far the text stays under the
    least length, from 0 to 1: else the best way to say nothing wrong were to say nothing.
    """
    said = [word_count(claim.sentence) for claim in found]
    worth = [_worth(claim) for claim in found]
    for i in said_twice([claim.sentence for claim in found]):
        worth[i] = min(worth[i], OPINION)
    truth = sum(size * each for size, each in zip(said, worth, strict=True)) / max(1, sum(said))
    voice = min(1.0, style.detail["percentile"] / 50) if style and style.value is not None else 0.0
    score = (coverage.value or 0.0) + 0.5 * voice + truth - 2.0 * short
    return round(score - 10.0 * copied - 20.0 * broken, 4)


def said_twice(sentences: Sequence[str]) -> list[int]:
    """Sentences in their order in, the places of those that say one before them again out."""
    telling = [frozenset(words(sentence)) - STOP for sentence in sentences]
    return [
        i
        for i, mine in enumerate(telling)
        if len(mine) >= LEAST_TWICE and any(len(mine & other) >= TWICE * len(mine) for other in telling[:i])
    ]


def _worth(claim: Claim) -> float:
    if claim.status == "supported":
        return SUPPORTED if claim.sources else 0.0
    if claim.status in ("memory", "not_found"):
        near = min(1.0, max(0.0, (claim.near - FAR) / (NEAR - FAR)))
        return UNFOUND + near * (NEARLY_SAID - UNFOUND)
    return OPINION if claim.status == "opinion" else CONTRADICTED
