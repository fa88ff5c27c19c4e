"""Versions of a draft: each checked and kept, none lost; choices become pairs with consent, and go when forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from twin.core.errors import BadRequest, NotFound
from twin.core.records import Completion, Request
from twin.core.settings import WriteSettings
from twin.core.text import sentences, word_count
from twin.inference.places import load
from twin.models.fake import FakeModel
from twin.models.remembered import Remembered
from twin.pipeline import Twin

BRIEF = "Why we cleaned the tracks before buying sensors"


@pytest.fixture
def writing(twin: Twin, tmp_path: Path) -> Twin:
    note = tmp_path / "2024-05-06-tracks.md"
    note.write_text("We cleaned the tracks before buying 24 sensors from a firm in Leeds. Nobody had asked why.\n")
    twin.add(str(note))
    twin.collect()
    set_to(twin)
    return twin


def set_to(twin: Twin, **chosen: Any) -> None:
    given = {"candidates": 3, "words": 40, **chosen}
    twin.settings = twin.settings.model_copy(update={"write": WriteSettings(**given)})


def draft_of(twin: Twin, text: str = "") -> str:
    """A stored draft, perhaps with another text than the fake model wrote."""
    first = twin.write(BRIEF)["drafts"][0]["id"]
    if text:
        detail, documents = twin.store.draft(first)
        twin.store.add_draft(
            first, BRIEF, text, {k: v for k, v in detail.items() if k not in ("id", "text")}, documents
        )
    return str(first)


class FakeSayingOnly(FakeModel):
    """Goes on with one sentence, whatever it is asked."""

    def __init__(self, said: str) -> None:
        self.said = said
        self.digest = f"fake-{said}"

    def generate(self, requests: Sequence[Request], **how: Any) -> list[Completion]:
        return [Completion(f" {self.said} And so on", 1, 4, 0.0, "stop") for _ in requests]


def says(twin: Twin, said: str) -> None:
    twin.__dict__["model"] = Remembered(FakeSayingOnly(said), twin.store)


LONG = "We cleaned the tracks. Nobody had asked why. A brush is cheap. I like it. We bought 24 sensors. It rained."


def test_shorter_is_shorter_and_names_the_draft_it_was_made_of(writing: Twin) -> None:
    first = draft_of(writing, LONG)
    result = writing.refine(first, "shorter")
    made = result["draft"]
    assert word_count(made["text"]) < word_count(LONG)
    assert set(sentences(made["text"])) < set(sentences(LONG))
    assert made["from"] == {"draft": first, "place": "linkedin-post", "ask": "shorter"}
    assert "made" not in made and made["claims"] and made["bound"]["held"]
    assert writing.store.draft(first)[0]["text"] == LONG


def test_a_sentence_that_is_kept_stays(writing: Twin) -> None:
    first = draft_of(writing, LONG)
    assert "It rained." in writing.refine(first, "shorter", keep=[6])["draft"]["text"]


def test_only_the_sentence_that_was_named_changes(writing: Twin) -> None:
    """Also where another one stands nowhere: that one was not asked about."""
    first = draft_of(writing, LONG)
    wrong = [one["sentence"] for one in writing.revise(first, LONG + " Halvard sold us 90.")["draft"]["claims"]]
    assert "Halvard sold us 90." in wrong
    says(writing, "Sensors are no brush.")
    result = writing.refine(writing.drafts()[0]["id"], "again", sentences=[4])
    said = [one if one != "I like it." else "Sensors are no brush." for one in sentences(LONG)]
    assert sentences(result["draft"]["text"]) == [*said, "Halvard sold us 90."]
    assert [(one["sentence"], one["became"]) for one in result["changes"]] == [("I like it.", "Sensors are no brush.")]


def test_a_sentence_that_an_editor_broke_is_one_to_refine(writing: Twin) -> None:
    first = draft_of(
        writing, "We cleaned the tracks of the lift before buying\nsensors from a firm in Leeds. I like it."
    )
    whole = "We cleaned the tracks of the lift before buying sensors from a firm in Leeds."
    assert writing.numbered(first) == [whole, "I like it."]
    says(writing, "Sensors are no brush.")
    assert writing.refine(first, "again", sentences=[2])["draft"]["text"] == f"{whole} Sensors are no brush."


@pytest.mark.parametrize(("place", "lines"), [("readme-section", 1), ("linkedin-post", 0)])
def test_code_is_no_claim_where_the_place_takes_code(writing: Twin, place: str, lines: int) -> None:
    set_to(writing, place=place)
    first = writing.write(BRIEF)["drafts"][0]
    assert first["code"] == {"lines": 0, "absent": []}
    made = writing.revise(first["id"], "We cleaned the tracks.\n\n```\nbrush --tracks\n```")["draft"]
    assert made["code"]["lines"] == lines
    assert ("brush --tracks" in [one["sentence"] for one in made["claims"]]) is (not lines)


def test_a_point_that_goes_leaves_no_gap_in_the_numbers(writing: Twin) -> None:
    first = draft_of(writing, "1. We cleaned the tracks.\n2. Halvard sold us 90.\n3. We bought 24 sensors.")
    made = writing.refine(first, "shorter", keep=[2])["draft"]
    assert made["text"] == "1. We cleaned the tracks.\n2. We bought 24 sensors."


def test_where_nothing_better_is_said_the_draft_stays(writing: Twin) -> None:
    first = draft_of(writing, LONG)
    says(writing, "Halvard sold us 90.")
    for ask in ("again", "plainer", "longer"):
        with pytest.raises(BadRequest, match="the draft stays"):
            writing.refine(first, ask)
    assert len(writing.versions(first)) == 1


@pytest.mark.parametrize("said", ["Why would a brush be dear?", "We brushed the tracks first."])
def test_another_hook_is_another_opening_of_the_same_kind_where_no_other_is_drawn(writing: Twin, said: str) -> None:
    first = draft_of(writing, LONG)
    says(writing, said)
    result = writing.refine(first, "another hook")["draft"]["text"]
    assert sentences(result) == [said, *sentences(LONG)[1:]]


def test_another_hook_leaves_a_first_sentence_that_shall_stay(writing: Twin) -> None:
    first = draft_of(writing, LONG)
    says(writing, "Why would a brush be dear?")
    for asked in ({"keep": [1]}, {"sentences": [2]}):
        with pytest.raises(BadRequest, match="the hook is the first sentence"):
            writing.refine(first, "another hook", **asked)


def test_what_is_longer_begins_as_it_did(writing: Twin) -> None:
    first = draft_of(writing, "We cleaned the tracks. Nobody had asked why.")
    says(writing, "A brush is cheap.")
    assert writing.refine(first, "longer")["draft"]["text"] == (
        "We cleaned the tracks. Nobody had asked why. A brush is cheap."
    )
    assert writing.refine(first, "continue")["draft"]["text"].endswith("why.\n\nA brush is cheap.")
    assert writing.refine(first, "longer", sentences=[1])["draft"]["text"] == (
        "We cleaned the tracks. A brush is cheap. Nobody had asked why."
    )


@pytest.mark.parametrize(
    ("text", "ask", "place", "helps"),
    [
        ("- We cleaned the tracks.\n- Nobody had asked why.", "longer", "linkedin-post", ["continue", "--sentence"]),
        ("```\nWe cleaned the tracks.\n```", "longer", "readme-section", ["continue", "--sentence"]),
        ("We cleaned the tracks", "continue", "abstract", ["--sentence"]),
        ("#tracks #doors", "continue", "linkedin-post", ["--edited"]),
    ],
)
def test_where_there_is_no_place_to_add_to_it_says_so_and_what_helps(
    writing: Twin, text: str, ask: str, place: str, helps: list[str]
) -> None:
    set_to(writing, place=place)
    first = writing.revise(draft_of(writing), text)["draft"]["id"]
    says(writing, "A brush is cheap.")
    with pytest.raises(BadRequest, match="no place to add to") as caught:
        writing.refine(first, ask)
    assert [one for one in ("continue", "--sentence", "--edited", "seed") if one in caught.value.hint] == helps


def test_what_helps_where_there_is_no_place_to_add_to_does_help(writing: Twin) -> None:
    first = writing.revise(draft_of(writing), "- We cleaned the tracks.\n- Nobody had asked why.")["draft"]["id"]
    says(writing, "A brush is cheap.")
    assert writing.refine(first, "continue")["draft"]["text"].endswith("\n- Nobody had asked why.\n\nA brush is cheap.")
    assert writing.refine(first, "longer", sentences=[1])["draft"]["text"].startswith(
        "- We cleaned the tracks. A brush is cheap.\n-"
    )


def test_one_sentence_is_made_shorter(writing: Twin) -> None:
    first = draft_of(writing, LONG)
    says(writing, "Brushes are.")
    assert (
        "Nobody had asked why. Brushes are. I like it."
        in writing.refine(first, "shorter", sentences=[3])["draft"]["text"]
    )


def test_what_the_author_edits_is_a_version_that_is_checked_again(writing: Twin) -> None:
    first = draft_of(writing, LONG)
    made = writing.revise(first, "We cleaned the tracks. We bought 99 sensors.")["draft"]
    assert [one["status"] for one in made["claims"]] == ["supported", "not_found"]
    assert made["from"]["ask"] == "edited" and writing.preferences() == []
    with pytest.raises(BadRequest, match="nothing was changed"):
        writing.revise(made["id"], made["text"] + "\n")
    with pytest.raises(BadRequest, match="no word"):
        writing.revise(made["id"], " … ")


def test_a_version_of_the_authors_hand_names_what_it_was_edited_from_and_no_sampling(writing: Twin) -> None:
    first = draft_of(writing)
    of = writing.draft(first)
    made = writing.revise(first, "We cleaned the tracks. A brush does it.")["draft"]
    assert made["made_with"] == {**of["made_with"], "sampling": {}, "edited": first}
    assert not made["bound"]["held"] and "your own" in made["bound"]["why"]
    assert writing.revise(made["id"], of["text"])["draft"]["made_with"] == of["made_with"], "this text is no edit"
    says(writing, "Brushes are.")
    refined = writing.refine(made["id"], "shorter", sentences=[2])["draft"]
    assert refined["made_with"]["sampling"] and "edited" not in refined["made_with"]
    assert not refined["bound"]["held"], "what stays of it was never held to anything"


def test_a_refined_draft_names_the_texts_that_its_prompt_shows(writing: Twin, tmp_path: Path) -> None:
    set_to(writing, passages=0, unsourced=True)
    first = draft_of(writing, LONG)
    shown = writing.draft(first)["made_with"]["exemplars"]
    note = tmp_path / "2024-06-07-doors.md"
    note.write_text("A newer text of mine, on doors that shut by themselves all day long.\n")
    writing.add(str(note))
    writing.collect()
    assert shown and writing.refine(first, "shorter")["draft"]["made_with"]["exemplars"] == shown


@pytest.mark.parametrize("ask", ["again", "shorter", "plainer"])
def test_what_is_longer_than_its_place_takes_loses_nothing_of_the_authors(writing: Twin, ask: str) -> None:
    set_to(writing, place="x-post")
    kept = [f"We cleaned the {one} tracks with a brush and a bucket." for one in ("first", "second", "third", "last")]
    long = " ".join([*kept, "A brush is cheap and it is the only thing that anybody ever needs for it.", *kept])
    first = writing.revise(draft_of(writing), long)["draft"]["id"]
    assert writing.draft(first)["characters"] > 280
    says(writing, "A brush does.")
    text = writing.refine(first, ask, sentences=[5])["draft"]["text"]
    assert text == " ".join([*kept, "A brush does.", *kept])


def test_what_has_no_room_in_its_place_is_not_added(writing: Twin) -> None:
    set_to(writing, place="x-post")
    first = writing.revise(draft_of(writing), " ".join(["We cleaned the tracks."] * 12))["draft"]["id"]
    says(writing, "A brush is cheap.")
    with pytest.raises(BadRequest, match="the draft stays"):
        writing.refine(first, "longer")


def test_the_second_of_two_sentences_that_are_alike_is_the_second(writing: Twin) -> None:
    first = draft_of(writing, "Nobody asked. It rained on us. It rained. We left Dr.  Quill. It rained.")
    says(writing, "Brushes are.")

    def refined(sentence: int) -> str:
        return str(writing.refine(first, "again", sentences=[sentence])["draft"]["text"])

    assert refined(3) == "Nobody asked. It rained on us. Brushes are. We left Dr.  Quill. It rained."
    assert refined(5) == "Nobody asked. It rained on us. It rained. We left Dr.  Quill. Brushes are."
    assert refined(4) == "Nobody asked. It rained on us. It rained. Brushes are. It rained."
    assert writing.refine(first, "longer", sentences=[5])["draft"]["text"].endswith("It rained. Brushes are.")


def test_what_is_added_stands_before_hashtags(writing: Twin) -> None:
    first = draft_of(writing, "We cleaned the tracks.\n\n#doors #lifts")
    says(writing, "A brush is cheap.")
    assert writing.refine(first, "longer")["draft"]["text"] == (
        "We cleaned the tracks. A brush is cheap.\n\n#doors #lifts"
    )
    assert writing.refine(first, "continue")["draft"]["text"] == (
        "We cleaned the tracks.\n\nA brush is cheap.\n\n#doors #lifts"
    )


def test_no_new_sentence_is_a_copy(writing: Twin) -> None:
    first = draft_of(writing, LONG)
    says(writing, "We cleaned the tracks before buying 24 sensors from a firm in Leeds, as we do.")
    with pytest.raises(BadRequest, match="the draft stays"):
        writing.refine(first, "again", sentences=[4])


def test_one_text_for_two_places_is_two_drafts(writing: Twin) -> None:
    writing.__dict__["model"] = Remembered(FakeSayingOnly("We cleaned the tracks."), writing.store)
    ids = []
    for place in ("x-post", "linkedin-post"):
        set_to(writing, place=place)
        ids.append(draft_of(writing))
    assert [writing.draft(one)["place"] for one in ids] == ["x-post", "linkedin-post"]
    assert writing.draft(ids[0])["text"] == writing.draft(ids[1])["text"]


def test_measures_are_fitted_once_and_again_when_a_text_is_new(writing: Twin, tmp_path: Path) -> None:
    first = draft_of(writing, LONG)
    desk = writing._desk(load("linkedin-post"))
    writing.refine(first, "shorter")
    assert writing._desk(load("x-post")).style is desk.style
    note = tmp_path / "2024-06-07-doors.md"
    note.write_text("Doors that shut by themselves.\n")
    writing.add(str(note))
    writing.collect()
    assert len(writing._desk(load("x-post")).history) == len(desk.history) + 1


def test_every_version_is_listed_and_a_text_that_comes_back_is_no_new_one(writing: Twin) -> None:
    first = draft_of(writing)
    second = writing.revise(first, LONG)["draft"]
    third = writing.refine(second["id"], "shorter")["draft"]
    rows = writing.versions(second["id"])
    assert [(row["id"], row["ask"]) for row in rows] == [
        (first, ""), (second["id"], "edited"), (third["id"], "shorter"),
    ]  # fmt: skip
    assert [row["here"] for row in rows] == [False, True, False]
    again = writing.revise(third["id"], LONG)["draft"]
    assert (again["id"], again["from"]) == (second["id"], second["from"])
    assert [row["id"] for row in writing.versions(first)] == [first, second["id"], third["id"]]
    [row] = writing.drafts()
    assert (row["id"], row["versions"]) == (second["id"], 3)
    turned = writing.repurpose(third["id"], "x-post")["draft"]
    assert [row["ask"] for row in writing.versions(turned["id"])][-1] == "for x-post"


def test_undo_goes_back_one_version_and_keeps_both(writing: Twin) -> None:
    first = draft_of(writing, LONG)
    second = writing.refine(first, "shorter")["draft"]["id"]
    back = writing.undo(second)["draft"]
    assert (back["id"], back["text"]) == (first, LONG)
    assert [one["id"] for one in writing.store.drafts()[:2]] == [first, second]
    with pytest.raises(NotFound, match="first of its versions"):
        writing.undo(first)


@pytest.mark.parametrize(("ask", "said"), [("translate to German", "English alone"), ("funnier", "shorter, longer")])
def test_what_it_cannot_do_is_said_with_what_it_can(writing: Twin, ask: str, said: str) -> None:
    with pytest.raises(BadRequest) as caught:
        writing.refine(draft_of(writing), ask)
    assert said in caught.value.message + caught.value.hint


def test_a_sentence_that_there_is_not(writing: Twin) -> None:
    first = draft_of(writing, LONG)
    with pytest.raises(BadRequest, match="sentences 1 to 6"):
        writing.refine(first, "again", sentences=[7])
    assert writing.numbered(first)[5] == "It rained."


def test_nothing_is_kept_of_a_choice_without_consent(writing: Twin) -> None:
    with pytest.raises(BadRequest) as caught:
        writing.choose(draft_of(writing))
    assert "write.learn true" in caught.value.hint
    assert writing.preferences() == []


def test_an_edit_is_preferred_to_what_it_was_and_to_the_other_versions(writing: Twin) -> None:
    set_to(writing, learn=True)
    first = draft_of(writing, LONG)
    second = writing.refine(first, "shorter")["draft"]
    taken = writing.choose(second["id"], edited="We cleaned the tracks. A brush does it.")
    assert taken["draft"]["from"] == {"draft": second["id"], "place": "linkedin-post", "ask": "edited"}
    pairs = writing.preferences()
    assert {one["rejected"] for one in pairs} == {LONG, second["text"]}
    assert {one["chosen"] for one in pairs} == {"We cleaned the tracks. A brush does it."}
    roles = [message["role"] for message in pairs[0]["prompt"]]
    assert (roles[0], roles[-1]) == ("system", "user")
    assert writing.choose(second["id"], edited="We cleaned the tracks. A brush does it.")["pairs"]
    assert len({one["id"] for one in writing.preferences()}) == len(writing.preferences())


def test_the_last_choice_of_one_request_is_the_one_that_counts(writing: Twin) -> None:
    set_to(writing, learn=True)
    first = draft_of(writing, LONG)
    second = writing.refine(first, "shorter")["draft"]
    writing.choose(second["id"])
    writing.choose(first)
    assert [(one["chosen"], one["rejected"]) for one in writing.preferences()] == [(LONG, second["text"])]
    assert [row["taken"] for row in writing.versions(first)] == [True, False]
    writing.choose(first, edited="We cleaned.")
    writing.choose(second["id"])
    assert {one["chosen"] for one in writing.preferences()} == {second["text"]}
    assert {one["rejected"] for one in writing.preferences()} == {LONG, "We cleaned."}


def test_pairs_can_be_deleted_and_go_with_their_documents(writing: Twin) -> None:
    set_to(writing, learn=True)
    first = draft_of(writing, LONG)
    assert "made" not in writing.choose(first)["draft"]
    writing.choose(first, edited="We cleaned.")
    [pair] = writing.preferences()
    assert writing.forget_preferences([pair["id"]]) == {"forgotten": 1}
    with pytest.raises(NotFound):
        writing.forget_preferences([pair["id"]])
    writing.choose(first, edited="We cleaned.")
    assert writing.preferences()
    [document] = writing.store.documents()
    writing.forget(document.id)
    assert writing.preferences() == [] and writing.store.drafts() == []
