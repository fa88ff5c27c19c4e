"""What is told of a chosen draft: voice and habits beside the author's own range, what was told before and when."""

from datetime import UTC, datetime

from fake_twin import fake_draft

from twin.app import drafts, in_words
from twin.app.studio.draft import statuses
from twin.core.protocols import Measurement, Sample
from twin.core.records import Document
from twin.core.text import sentences
from twin.inference.checking.check import Desk
from twin.inference.checking.seen import habits_json, repetition_json, voice_json
from twin.metrics.copying import Copying
from twin.metrics.habits import Habits
from twin.metrics.repetition import Repetition

STORY = "We cleaned the door tracks of every lift in Margate with a brush before anyone bought predictive sensors."
OTHERS = [f"Lift {i} in Leeds got a new motor, and the landlord paid the bill on day {i}." for i in range(9)]


def desk_of(texts: list[str]) -> Desk:
    history = {f"d{i}": document(i, text) for i, text in enumerate(texts)}
    own = {id_: one.text for id_, one in history.items()}
    measures = {"habits": Habits(texts), "habits_of": f"{len(texts)} posts", "repetition": Repetition(own)}
    return Desk(None, Copying(own), 20.0, history=history, **measures)


def document(i: int, text: str) -> Document:
    return Document(
        id=f"d{i}",
        version="1",
        source="s",
        key=str(i),
        kind="post",
        place="linkedin",
        title="",
        text=text,
        url="https://a.example",
        published=datetime(2023, 1, 12, tzinfo=UTC),
        language="en",
        words=20,
        authorship="own",
        consent="mine",
        licence="",
        draft=False,
        private=(),
        masks=(),
        truncated=False,
        visibility="",
        work=f"w{i}",
        side="train",
        canonical=True,
        use=("train",),
        why="",
    )


def test_a_story_told_before_is_named_with_its_day() -> None:
    desk = desk_of([STORY, *OTHERS])
    found = repetition_json(STORY.replace("a brush", "a broom"), desk)
    assert found["repeated"] and found["value"] >= found["gate"]
    assert (found["told"]["document"], found["told"]["published"]) == ("d0", "2023-01-12")
    assert "door" in found["told"]["shared"] and "brush" not in found["told"]["shared"]
    assert [one["document"] for one in found["opening"]] == ["d0"]
    first, second = in_words.repetition({"repetition": found})
    assert "this story was told before, in your post of 2023-01-12" in first and "same words" in second


def test_a_new_story_is_not_called_old() -> None:
    found = repetition_json(
        "My grandmother baked plum bread for the harbour choir and forgot the salt twice.", desk_of([STORY, *OTHERS])
    )
    assert not found["repeated"] and found["opening"] == []
    assert in_words.repetition({"repetition": found})[0].startswith("not this story")


def test_habits_stand_beside_the_range_of_the_author() -> None:
    found = habits_json("Sensors! Sensors! 😀", desk_of(OTHERS))
    out = {row["habit"] for row in found["rows"] if not row["within"]}
    assert {"exclamation marks", "emoji", "words a sentence"} <= out
    assert "not: words a sentence" in in_words.habits({"habits": found}) and "your 9 posts" in in_words.habits(
        {"habits": found}
    )
    assert habits_json("Sensors!", desk_of(OTHERS[:3]))["why"].startswith("a range needs")


def test_a_score_is_told_with_the_range_of_the_authors_own_texts() -> None:
    class FakeJudge:
        name, version = "style", "1"

        def measure(self, sample: Sample) -> Measurement:
            detail = {"verdict": "reads-like-you", "percentile": 61, "own": (0.9, 2.1)}
            return Measurement("style", "1", 1.234, "", detail)

    desk = Desk(None, Copying({}), 20.0, judge=FakeJudge())
    style = voice_json("Any text.", desk)
    assert (style["score"], style["range"]) == (1.23, (0.9, 2.1))
    assert in_words.scale({"style": style}) == "scores 1.23, most of yours 0.90 to 2.10"
    unjudged = voice_json("Any text.", Desk(None, Copying({}), 20.0))
    assert unjudged["verdict"] == "unclear" and in_words.scale({"style": unjudged}) == ""


def test_lines_of_code_are_said_to_be_unchecked() -> None:
    absent = [{"line": "  at 16:00", "finding": "not in your sources: 16:00"}]
    assert in_words.code({"code": {"lines": 2, "absent": absent}}) == [
        "2 lines that nobody checked",
        "“at 16:00”: not in your sources: 16:00",
    ]
    assert in_words.code({"code": {"lines": 1, "absent": []}}) == ["1 line that nobody checked"]
    assert in_words.code({"code": {"lines": 0, "absent": []}}) == in_words.code({}) == []
    told = drafts.drafts({"drafts": [fake_draft("doors")], "unread": [], "seconds": None}).split("\n")
    assert {"code: 3 lines that nobody checked", "code: “at <b>16:00</b>”: not in your sources: 16:00"} <= set(told)


def test_a_thread_is_shown_in_its_parts_and_the_brief_as_a_source() -> None:
    draft = fake_draft("doors")
    stated = {"sentence": "Ask later.", "status": "supported", "sources": [], "finding": "stated in your request"}
    draft |= {"rendered": {"numbered": ["One. 1/2", "Two. 2/2"]}, "claims": [*draft["claims"], stated]}
    told = drafts.drafts({"drafts": [draft], "unread": [], "seconds": None}).split("\n")
    assert told[:5] == [drafts.RULER, "One. 1/2", drafts.RULER, "Two. 2/2", drafts.RULER]
    assert " + Ask later.  stated in your request" in told
    unread = [{"key": "notes.md", "reason": "it is gone"}]
    told = drafts.drafts({"drafts": [draft], "unread": unread, "seconds": None}).split("\n")
    assert told[:2] == ["could not read notes.md: it is gone", drafts.RULER], "before the text that lacks it"
    assert (
        in_words.unread({"key": "a.pdf", "reason": "in part: its first 9 words"})
        == "read a.pdf in part: its first 9 words"
    )
    assert " + We moved the stand-up to 15:00.  [1]" in told


def test_what_was_found_shows_at_the_sentence_that_it_was_found_of() -> None:
    def claim(sentence: str, status: str) -> dict[str, str]:
        return {"sentence": sentence, "status": status}

    text = "It rained on us. #doors\n\nIt rained. We left. It rained."
    found = [claim("It rained on us. #doors", "supported"), claim("It rained.", "memory"), claim("We left.", "opinion")]
    assert statuses(text, [*found, claim("It rained.", "not_found")]) == ["supported", "memory", "opinion", "not_found"]
    broken = "It rained on the roof of the lift's shaft all through\nthe night. We left."
    assert statuses(broken, [claim(sentences(broken)[0], "not_found"), found[-1]]) == ["not_found", "opinion"]
    assert statuses("It *rained*, We left", [*found[1:], claim("It rained on us.", "not_found")]) == ["memory"]


def test_one_that_lies_below_all_of_yours_is_not_said_to_read_like_you() -> None:
    def said(percentile: float) -> str:
        return in_words.voice({"style": {"verdict": "reads-like-you", "percentile": percentile}})

    assert said(0) == "reads more like you than like others (above 0% of your own posts)"
    assert said(40) == "reads like you (above 40% of your own posts)"


def test_the_angle_of_a_draft_is_told_with_the_source_of_each_fact_and_whether_it_is_said() -> None:
    draft = fake_draft("doors")
    assert (
        in_words.angle(draft)
        == "told to lead with “the stand-up at <b>15:00</b>” (source 1); 1 of 2 planned facts said"
    )
    assert in_words.planned(draft)[1] == "not said: 12 minutes (your brief)"
    told = drafts.drafts({"drafts": [draft], "unread": [], "seconds": None}).split("\n")
    assert f"angle: {in_words.angle(draft)}" in told
    at = told.index("planned")
    assert told[at + 1 : at + 3] == [f" {line}" for line in in_words.planned(draft)]
    for older in ({}, {"angle": {"hook": None, "claims": []}}):
        assert in_words.angle({**older, "sources": []}) == "" and in_words.planned({**older, "sources": []}) == []
