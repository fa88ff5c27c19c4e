"""The one rule that says what a text may be used for. The store applies it; nobody else decides."""

from __future__ import annotations

from dataclasses import dataclass

from twin.core.records import Authorship, Kind, Use

LEARNED: frozenset[Kind] = frozenset({"post", "article", "note"})
PRIVATE_KINDS: frozenset[Kind] = frozenset({"message"})
EVERYTHING: tuple[Use, ...] = ("train", "retrieve", "evaluate")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rule looks at, and nothing more."""

    kind: Kind
    authorship: Authorship
    consent: str
    draft: bool
    private: tuple[str, ...]
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
        (not facts.canonical, (), "a copy of a text that is already used"),
        (facts.consent != "mine", ("retrieve",), "not yours: used for facts, never for voice"),
        (facts.authorship == "co-authored", ("retrieve",), "co-authored: used for facts, never for voice"),
        (facts.authorship == "ai-assisted", ("retrieve",), "AI-assisted: used for facts, never for voice"),
        (
            bool(facts.private),
            ("retrieve",),
            f"holds private things ({', '.join(facts.private)}): masked, not learned",
        ),
        (
            facts.kind not in LEARNED,
            ("retrieve",),
            f"a {facts.kind}: used for facts, not for the voice of posts",
        ),
    ]
    for applies, uses, why in rules:
        if applies:
            return uses, why
    return EVERYTHING, "your own published words"
