"""A request through the whole path: what is asked for, what it stands on, and what is said where there is nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeWeb

from twin.core.errors import BadRequest, BadSource, Wall
from twin.core.protocols import Reading
from twin.core.records import Adapter, Completion, Page, Request
from twin.core.settings import WriteSettings
from twin.models.fake import FakeModel
from twin.models.remembered import Remembered
from twin.pipeline import Twin


@pytest.fixture
def writing(twin: Twin, tmp_path: Path) -> Twin:
    note = tmp_path / "2024-05-06-tracks.md"
    note.write_text("We cleaned the tracks before buying 24 sensors from a firm in Leeds. Nobody had asked why.\n")
    twin.add(str(note))
    twin.collect()
    twin.settings = twin.settings.model_copy(update={"write": WriteSettings(candidates=2)})
    return twin


def answering(*said: str) -> FakeModel:
    class FakeAnswers(FakeModel):
        """Says one of these, by the seed."""

        digest, continues = f"fake-answers-{said}", False

        def generate(self, requests: Sequence[Request], **how: Any) -> list[Completion]:
            return [Completion(said[request.seed % len(said)], 1, 9, 0.0, "stop") for request in requests]

    return FakeAnswers()


def first(twin: Twin, brief: str, **asked: Any) -> dict[str, Any]:
    draft: dict[str, Any] = twin.write(brief, **asked)["drafts"][0]
    return draft


def test_a_draft_says_that_it_was_held_to_its_sources_and_what_was_mended(writing: Twin) -> None:
    draft = first(writing, "Why we cleaned the tracks")
    assert draft["bound"] == {"held": True, "why": ""}
    assert {"sentence", "became", "why"} == set().union(*draft["mended"], {"sentence", "became", "why"})
    wrong = [one["sentence"] for one in draft["claims"] if one["status"] in ("not_found", "contradicted")]
    assert set(wrong) <= {one["became"] for one in draft["mended"]}


def test_a_long_article_has_a_title_and_sections_each_with_a_prompt_of_its_own(writing: Twin, tmp_path: Path) -> None:
    for i, said in enumerate(
        ("Toby measured 44 ropes of the tracks in Halifax.", "The 9 brushes for tracks cost Mabel 30 pounds.")
    ):
        (tmp_path / f"2024-07-0{i + 1}.md").write_text(f"{said} It was a long day, and a wet one at that.\n", "utf-8")
        writing.add(str(tmp_path / f"2024-07-0{i + 1}.md"))
    writing.collect()
    brief = "Why we cleaned the tracks"
    for words, sections in ((300, 2), (100, 0)):
        write = WriteSettings(candidates=2, place="medium-article", words=words)
        writing.settings = writing.settings.model_copy(update={"write": write})
        draft = first(writing, brief)
        assert len(draft.get("sections", [])) == sections
        assert draft["text"].startswith("# Why we cleaned the tracks\n") is bool(sections)
    assert writing.store.draft(draft["id"])[0]["place"] == "medium-article"


def test_the_post_that_is_answered_is_somebody_elses(writing: Twin) -> None:
    draft = first(writing, "I see it otherwise", answer="I cleaned the tracks in Leeds myself.\nNobody asked me why.")
    told = {source["outside"]: source["theirs"] for source in draft["sources"]}
    assert told[True] is True and told.get(False, False) is False


def test_without_a_dataset_a_draft_says_what_its_voice_is_judged_after(writing: Twin) -> None:
    assert first(writing, "Why we cleaned the tracks")["style"]["why"].endswith("twin dataset, or twin train")


def test_a_source_says_which_facts_of_the_brief_are_from_there(writing: Twin) -> None:
    [source] = first(writing, "Why we cleaned the tracks")["sources"]
    assert source["offered"] and not source["theirs"]
    assert all(
        fact in "We cleaned the tracks before buying 24 sensors from a firm in Leeds" for fact in source["offered"]
    )


def test_one_that_was_not_held_says_so(writing: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing.model, "binds", False)
    held = first(writing, "Why we cleaned the tracks")["bound"]
    assert held["held"] is False and "checked only" in held["why"]


def test_what_is_no_copy_is_preferred_to_what_is_one_whatever_the_wishes(writing: Twin) -> None:
    copied = "We cleaned the tracks before buying 24 sensors from a firm in Leeds."
    writing.__dict__["model"] = Remembered(answering(copied, "Brush, rope, soap, broom."), writing.store)
    draft = first(writing, "Why we cleaned", avoid=["brush", "rope", "soap", "broom"])
    assert draft["text"] == "Brush, rope, soap, broom."
    assert draft["copying"]["longest_run_words"] < draft["copying"]["gate"] <= 13


def test_what_is_broken_is_no_better_than_a_copy(writing: Twin) -> None:
    copied = "We cleaned the tracks before buying 24 sensors from a firm in Leeds."
    writing.__dict__["model"] = Remembered(answering(copied, "lift " * 200), writing.store)
    writing.settings = writing.settings.model_copy(update={"write": WriteSettings(candidates=2, words=20)})
    assert "lift" not in first(writing, "Why we cleaned the tracks")["text"]


def test_a_link_is_written_in_the_case_of_its_source(writing: Twin, tmp_path: Path) -> None:
    note = tmp_path / "2024-06-07-talk.md"
    note.write_text("The talk on brushes stands at https://brush.example/Talk and nobody saw it.\n")
    writing.add(str(note))
    writing.collect()
    said = "That talk on brushes: HTTPS://BRUSH.example/tALK is where it stands."
    writing.__dict__["model"] = Remembered(answering(said), writing.store)
    assert "https://brush.example/Talk is where" in first(writing, "the talk on brushes")["text"]


def test_a_topic_that_nobody_wrote_on_is_asked_about(writing: Twin) -> None:
    result = writing.write("Why quantum chromodynamics matters")
    assert result["drafts"] == [] and writing.store.drafts() == []
    assert len(result["questions"]) >= 3 and "quantum" in " ".join(result["questions"])
    assert writing.write("Why quantum chromodynamics matters, with 12 quarks")["drafts"]


def test_a_wish_that_is_not_met_is_a_finding_of_the_draft(writing: Twin) -> None:
    draft = first(writing, "Why we cleaned the tracks", must=["Zanzibar"], avoid=["sensors"], audience="lift owners")
    said = [finding["message"] for finding in draft["form"]]
    assert "it does not say 'Zanzibar', which you asked for" in said or "zanzibar" in draft["text"].lower()
    assert "sensors" not in draft["text"].lower() or "it says 'sensors', which you wanted left out" in said


def test_the_audience_stands_in_the_prompt(writing: Twin) -> None:
    asked = writing.write("Why we cleaned the tracks", audience="lift\nowners")["prompt"][-1]["content"]
    assert "\nFor lift owners.\n" in asked


def test_an_answer_to_a_post_is_a_comment_that_stands_on_it(writing: Twin) -> None:
    draft = first(writing, "", answer="Sensors beat brushes by 40%, says Toby Marsh of Halifax.")
    assert draft["place"] == "comment"
    assert draft["sources"][0]["outside"] and "Toby Marsh" in draft["sources"][0]["excerpt"]


TOLD = "Cleaned tracks or not, sensors beat brushes by 40%, says Toby Marsh."


@pytest.mark.parametrize("by_file", [True, False])
def test_an_answer_is_looked_for_by_what_the_post_says_and_states_none_of_it(
    writing: Twin, tmp_path: Path, by_file: bool
) -> None:
    note = tmp_path / "2024-06-07-rain.md"
    note.write_text("It rains on the hills and on the coast of that long island in the north.\n")
    writing.add(str(note))
    writing.collect()
    writing.settings = writing.settings.model_copy(update={"write": WriteSettings(candidates=2, passages=1)})
    post = tmp_path / "post.txt"
    post.write_text(TOLD)
    writing.__dict__["model"] = Remembered(answering("Sensors beat brushes by 40%."), writing.store)
    result = writing.write("I see it so", answer=str(post) if by_file else TOLD)
    [draft] = result["drafts"]
    outside, own = writing.store.draft(draft["id"])[0]["made"]["passages"]
    assert outside["outside"] and "Toby Marsh" in outside["text"]
    assert "We cleaned the tracks" in own["text"]
    assert result["brief"]["topic"].split(", ")[:3] == ["cleaned", "tracks", "sensors"]
    assert [one["sources"] for one in draft["claims"]] == [[outside["id"]]], "the post says so, not the author"


def test_the_topic_of_an_answer_begins_with_the_users_own_words(writing: Twin) -> None:
    topic = writing.write("Ropes and pulleys", answer=TOLD)["brief"]["topic"].split(", ")
    assert topic == ["ropes", "pulleys", "cleaned", "tracks", "sensors", "beat", "brushes", "toby", "marsh"]


class Answers:
    """A web on which every page is this one, or fails like this."""

    def __init__(self, said: Page | BadSource) -> None:
        self.said = said

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Page:
        if isinstance(self.said, BadSource):
            raise self.said
        return self.said


POST = "https://a.example/post"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Wall(f"{POST!r} leads to a login"), "leads to a login"),
        (BadSource(f"{POST!r} answered 404"), "answered 404"),
        (Page(POST, b"\x00\x00", "video/mp4"), "is video/mp4, not a text"),
        (Page(POST, b"<html><body><p>My talk. Press. Copyright.</p></body></html>"), "shows no article text"),
        (Page(POST, b" ", "text/plain"), "no text in it"),
    ],
)
def test_a_post_that_cannot_be_read_is_not_answered(
    writing: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Page | BadSource, why: str
) -> None:
    monkeypatch.setattr(writing, "looking", lambda: Reading(writing.author, tmp_path, Answers(answer)))
    with pytest.raises(BadRequest, match="the post you answer could not be read") as caught:
        writing.write("Why we cleaned 24 tracks", answer=POST, links=[str(tmp_path / "2024-05-06-tracks.md")])
    assert why in caught.value.message and "paste its text" in caught.value.hint
    assert writing.store.drafts() == []
    assert writing.write("Why we cleaned 24 tracks", links=[POST])["unread"][0]["key"] == POST


def test_three_drafts_from_one_link_ask_for_it_once_and_another_home_asks_itself(
    writing: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "<article><p>" + "Brushes clean a track in nine minutes, says Toby Marsh of Halifax. " * 9
    web = FakeWeb({POST: Page(POST, text.encode())})
    monkeypatch.setattr("twin.sources._web.Guest", lambda *_, **__: web)
    for brief in ("Why we cleaned the tracks", "How we cleaned the tracks", "When we cleaned the tracks"):
        sources = first(writing, brief, links=[POST])["sources"]
        assert any(one["outside"] and one["url"] == POST for one in sources)
    assert web.asked == [POST] and list((writing.home / "cache" / "links").iterdir())
    other = Twin(writing.settings.model_copy(update={"home": tmp_path / "other"}))
    other.init("Bob Builder", [])
    other.write("Why we cleaned 24 tracks", links=[POST])
    other.close()
    assert web.asked == [POST, POST]


def test_one_link_that_fails_is_said_and_the_rest_goes_on(writing: Twin, tmp_path: Path) -> None:
    result = writing.write("Why we cleaned the tracks", links=[str(tmp_path / "gone.md")])
    assert result["drafts"] and [skip["key"] for skip in result["unread"]] == [str(tmp_path / "gone.md")]


def test_the_voice_of_a_year_is_asked_for_as_in_training_and_only_of_a_year_that_there_is(writing: Twin) -> None:
    def in_the_voice_of(year: int) -> str:
        chosen = writing.settings.write.model_copy(update={"year": year})
        writing.settings = writing.settings.model_copy(update={"write": chosen})
        return str(writing.write("Why we cleaned the tracks")["prompt"][-1]["content"])

    assert "As you wrote in 2024." in in_the_voice_of(2024)
    assert "As you wrote" not in in_the_voice_of(0)
    with pytest.raises(BadRequest, match="no text of yours is of 1999") as caught:
        in_the_voice_of(1999)
    assert "2024" in caught.value.hint


def test_a_twin_that_was_told_no_years_is_not_asked_for_one(writing: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = writing.settings.write.model_copy(update={"year": 2024})
    writing.settings = writing.settings.model_copy(update={"write": chosen})
    folder = writing.home / "adapters" / "a1"
    put = Adapter("a1", "d1", "base", "lora-sft", "active", folder, {}, {})
    monkeypatch.setattr(writing.store, "active_adapter", lambda: put)
    recipe = {"year_share": 0.0}
    monkeypatch.setattr(writing.store, "datasets", lambda: [("d1", folder, {"recipe": recipe})])
    with pytest.raises(BadRequest, match="was not told the years"):
        writing.write("Why we cleaned the tracks")
    recipe["year_share"] = 0.5
    assert "As you wrote in 2024." in writing.write("Why we cleaned the tracks")["prompt"][-1]["content"]


def test_openmp_is_told_how_to_wait_before_a_search_may_load_it(writing: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedder's torch brings the OpenMP that llama.cpp uses after it, and that is read once."""
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    seen, embed = [], writing.embedder.embed

    def looked(*texts: Any, **how: Any) -> Any:
        seen.append(os.environ.get("GOMP_SPINCOUNT"))
        return embed(*texts, **how)

    monkeypatch.setattr(writing.embedder, "embed", looked)
    first(writing, "Why we cleaned the tracks")
    assert seen and set(seen) == {"1000"}


def test_what_goes_before_the_model_is_told_and_can_be_left(writing: Twin, tmp_path: Path) -> None:
    """Each step of progress is where the studio's Stop acts."""
    (tmp_path / "given.md").write_text("# Brushes\n\nNine brushes cost Mabel 30 pounds.\n")
    told: list[str] = []
    writing.progress = lambda done, total, note: told.append(f"{done} of {total} {note}")
    writing.write("Why we cleaned the tracks", links=[str(tmp_path / "given.md")])
    assert told[0] == "0 of 1 reading what you gave it"
    assert "0 of 0 looking for what you wrote on it" in told
