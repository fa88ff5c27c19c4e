"""The provenance rule as a table: what a text may be used for, and the reason that the user is shown."""

from dataclasses import replace
from itertools import product
from typing import Any, get_args

import pytest

from twin.core.provenance import EVERYTHING, Facts, allowed
from twin.core.records import Authorship, Kind

MINE = Facts(
    kind="post",
    authorship="own",
    consent="mine",
    draft=False,
    dropped=(),
    masked=(),
    truncated=False,
    licence="",
    canonical=True,
    words=50,
)
NOTHING: tuple[str, ...] = ()
FACTS_ONLY = ("retrieve",)


@pytest.mark.parametrize(
    ("change", "uses", "why"),
    [
        ({}, EVERYTHING, "your own published words"),
        ({"kind": "article"}, EVERYTHING, "your own published words"),
        ({"kind": "note"}, EVERYTHING, "your own published words"),
        ({"authorship": "twin-draft"}, NOTHING, "written by this program"),
        ({"authorship": "quoted"}, NOTHING, "someone else's words"),
        ({"words": 0}, NOTHING, "no words"),
        ({"draft": True}, NOTHING, "never published"),
        ({"kind": "message"}, NOTHING, "a private message"),
        ({"canonical": False}, NOTHING, "a copy of a text that is already used"),
        ({"consent": "theirs"}, FACTS_ONLY, "not yours: used for facts, never for voice"),
        ({"authorship": "co-authored"}, FACTS_ONLY, "co-authored: used for facts, never for voice"),
        ({"authorship": "ai-assisted"}, FACTS_ONLY, "AI-assisted: used for facts, never for voice"),
        ({"masked": ("email", "phone")}, FACTS_ONLY, "holds private things (email, phone): masked, not learned"),
        ({"dropped": ("key",)}, NOTHING, "holds private things that you chose to drop (key)"),
        ({"truncated": True}, FACTS_ONLY, "cut off where the place stopped showing it: used for facts"),
        ({"licence": "CC-BY-4.0"}, EVERYTHING, "your own published words"),
        ({"kind": "commit"}, FACTS_ONLY, "a commit: used for facts, not for the voice of posts"),
        ({"kind": "readme"}, FACTS_ONLY, "a readme: used for facts, not for the voice of posts"),
        ({"kind": "comment"}, FACTS_ONLY, "a comment: used for facts, not for the voice of posts"),
        ({"kind": "issue"}, FACTS_ONLY, "an issue: used for facts, not for the voice of posts"),
        ({"kind": "code"}, FACTS_ONLY, "code: used for facts, not for the voice of posts"),
        ({"kind": "other"}, FACTS_ONLY, "a text of another kind: used for facts, not for the voice of posts"),
    ],
)
def test_the_table(change: dict[str, Any], uses: tuple[str, ...], why: str) -> None:
    assert allowed(replace(MINE, **change)) == (uses, why)


def test_only_ones_own_published_words_are_ever_learned_from() -> None:
    seen = 0
    for kind, authorship, consent, draft, masked, canonical, words in product(
        get_args(Kind),
        get_args(Authorship),
        ("mine", "theirs", ""),
        (False, True),
        ((), ("email",)),
        (False, True),
        (0, 9),
    ):
        uses, why = allowed(
            Facts(
                kind=kind,
                authorship=authorship,
                consent=consent,
                draft=draft,
                dropped=(),
                masked=masked,
                truncated=False,
                licence="",
                canonical=canonical,
                words=words,
            )
        )
        seen += 1
        assert why
        good = authorship == "own" and consent == "mine" and canonical and words and not draft and not masked
        assert ("train" in uses) == ("evaluate" in uses) == bool(good and kind in ("post", "article", "note"))
        if authorship in ("quoted", "twin-draft") or kind == "message" or draft or not canonical:
            assert uses == ()
    assert seen == 12 * 5 * 3 * 2 * 2 * 2 * 2


@pytest.mark.parametrize(
    "licence",
    [
        "No training: this text may not be used to train machine-learning models.",
        "You may not use this site to train language models.",
        "© 2024 Ada Example. All rights reserved.",
        "noai, noimageai",
        "No-AI-training clause",
        "tdm-reservation: 1",
    ],
)
def test_a_licence_that_forbids_learning_is_heard(licence: str) -> None:
    uses, why = allowed(replace(MINE, licence=licence))
    assert uses == FACTS_ONLY and "its licence says" in why


@pytest.mark.parametrize("licence", ["", "MIT", "CC-BY-4.0", "CC BY-NC-SA 4.0: share alike, no commercial use", "CC0"])
def test_a_licence_that_says_nothing_of_learning_forbids_nothing(licence: str) -> None:
    assert allowed(replace(MINE, licence=licence))[0] == EVERYTHING
