"""What is asked of some sentences of a draft changes them and no other; what is no sentence cannot be asked about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from twin.core.errors import BadRequest
from twin.core.records import Completion, Request
from twin.core.settings import WriteSettings
from twin.core.text import sentences
from twin.models.fake import FakeModel
from twin.models.remembered import Remembered
from twin.pipeline import Twin

SAID = ("We cleaned the tracks.", "Nobody had asked why.", "A brush is cheap.", "I like it.", "It rained.")


OPINIONS = ("Brushes are good.", "I love rope.", "I prefer rain.", "Rain is lovely.", "I think so.")


class FakeHolding(FakeModel):
    """Goes on with another opinion after each number of words."""

    digest = "fake-holding"

    def generate(self, requests: Sequence[Request], **how: Any) -> list[Completion]:
        said = [OPINIONS[len(one.begin.split()) % len(OPINIONS)] for one in requests]
        return [Completion(f" {one} And", 1, 4, 0.0, "length") for one in said]


@pytest.fixture
def draft(twin: Twin, tmp_path: Path) -> str:
    note = tmp_path / "2024-05-06-tracks.md"
    note.write_text("We cleaned the tracks before buying 24 sensors from a firm in Leeds. Nobody had asked why.\n")
    twin.add(str(note))
    twin.collect()
    twin.settings = twin.settings.model_copy(update={"write": WriteSettings(candidates=2, words=40)})
    first = twin.write("Why we cleaned the tracks")["drafts"][0]["id"]
    twin.__dict__["model"] = Remembered(FakeHolding(), twin.store)
    return str(twin.revise(first, " ".join(SAID))["draft"]["id"])


def refined(twin: Twin, draft: str, ask: str, *only: int, keep: Sequence[int] = ()) -> list[str]:
    return sentences(twin.refine(draft, ask, sentences=only, keep=keep)["draft"]["text"])


def test_only_those_that_were_named_are_said_anew(twin: Twin, draft: str) -> None:
    made = refined(twin, draft, "again", 2, 4)
    assert [i for i, (new, old) in enumerate(zip(made, SAID, strict=True), 1) if new != old] == [2, 4]
    kept = refined(twin, draft, "again", 2, 4, keep=[4])
    assert [i for i, (new, old) in enumerate(zip(kept, SAID, strict=True), 1) if new != old] == [2]


def test_of_several_the_selection_is_made_shorter_and_one_of_it_stays(twin: Twin, draft: str) -> None:
    made = refined(twin, draft, "shorter", 3, 4)
    assert {*SAID} - {*made} in ({SAID[2]}, {SAID[3]})
    assert len(refined(twin, draft, "shorter", 2, 3, 4)) == 4
    assert len(refined(twin, draft, "shorter")) < 5


def test_what_is_added_follows_the_last_of_them(twin: Twin, draft: str) -> None:
    made = refined(twin, draft, "longer", 4, 2)
    assert (*made[:4], made[5]) == SAID and made[4] not in SAID


def test_the_first_of_them_may_have_another_hook(twin: Twin, draft: str) -> None:
    made = refined(twin, draft, "another hook", 1, 2)
    assert made[0] != SAID[0] and tuple(made[1:]) == SAID[1:]


@pytest.mark.parametrize(
    ("text", "number"), [("1. We cleaned it.\n2. It rained.", 1), ("It rained.\n\n#tracks #doors", 2)]
)
def test_what_is_no_sentence_is_not_said_anew(twin: Twin, draft: str, text: str, number: int) -> None:
    shown = twin.revise(draft, text)["draft"]["id"]
    with pytest.raises(BadRequest, match="is no sentence") as caught:
        twin.refine(shown, "again", sentences=[number])
    assert "--edited" in caught.value.hint
    assert twin.refine(shown, "longer", sentences=[number])["changes"]


def test_one_that_there_is_not_is_refused_beside_those_that_there_are(twin: Twin, draft: str) -> None:
    with pytest.raises(BadRequest, match="sentences 1 to 5"):
        twin.refine(draft, "again", sentences=[2, 6])
