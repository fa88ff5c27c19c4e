"""The one rule that says what a text may be used for. The store applies it; nobody else decides."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twin.core.records import Authorship, Kind, Use

LEARNED: frozenset[Kind] = frozenset({"post", "article", "note"})
IN_WORDS: dict[Kind, str] = {"issue": "an issue", "code": "code", "other": "a text of another kind"}
"""A kind as a reason names it, where that is not `a` before it."""
PRIVATE_KINDS: frozenset[Kind] = frozenset({"message"})
EVERYTHING: tuple[Use, ...] = ("train", "retrieve", "evaluate")


_FORBIDDING = re.compile(
    r"\bno[ -]?(?:ai|ml|train)|\bnot?\b[^.\n]{0,80}\b(?:train|machine[ -]learning|language models?|AI\b|artificial)"
    r"|(?:prohibit|forbid)[^.\n]{0,80}\btrain|\ball rights reserved\b|tdm-reservation: ?1",
    re.IGNORECASE,
)


def forbids_training(licence: str) -> bool:
    """A licence's name or clause in, whether it forbids learning from the text out."""
    return bool(_FORBIDDING.search(licence))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rule looks at, and nothing more."""

    kind: Kind
    authorship: Authorship
    consent: str
    draft: bool
    dropped: tuple[str, ...]
    masked: tuple[str, ...]
    truncated: bool
    licence: str
    canonical: bool
    words: int


def allowed(facts: Facts) -> tuple[tuple[Use, ...], str]:
    """A text's provenance in; its uses and the reason in words out. The first rule that applies decides."""
    rules: list[tuple[bool, tuple[Use, ...], str]] = [
        (facts.authorship == "twin-draft", (), "written by this program"),
        (facts.authorship == "quoted", (), "someone else's words"),
        (facts.words == 0, (), "no words"),
        (facts.draft, (), "never published"),
        (facts.kind in PRIVATE_KINDS, (), "a private message"),
        (bool(facts.dropped), (), f"holds private things that you chose to drop ({', '.join(facts.dropped)})"),
        (not facts.canonical, (), "a copy of a text that is already used"),
        (facts.consent != "mine", ("retrieve",), "not yours: used for facts, never for voice"),
        (facts.authorship == "co-authored", ("retrieve",), "co-authored: used for facts, never for voice"),
        (facts.authorship == "ai-assisted", ("retrieve",), "AI-assisted: used for facts, never for voice"),
        (facts.truncated, ("retrieve",), "cut off where the place stopped showing it: used for facts"),
        (
            forbids_training(facts.licence),
            ("retrieve",),
            f"its licence says “{' '.join(facts.licence.split())[:80]}”: not learned unless you mark it as yours",
        ),
        (
            bool(facts.masked),
            ("retrieve",),
            f"holds private things ({', '.join(facts.masked)}): masked, not learned",
        ),
        (
            facts.kind not in LEARNED,
            ("retrieve",),
            f"{IN_WORDS.get(facts.kind, f'a {facts.kind}')}: used for facts, not for the voice of posts",
        ),
    ]
    for applies, uses, why in rules:
        if applies:
            return uses, why
    return EVERYTHING, "your own published words"
