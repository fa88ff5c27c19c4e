"""What a user hands over: links and files in the brief, material, wishes, a post to answer; and when to ask back."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from twin.core.brief import content_words
from twin.core.errors import BadRequest
from twin.core.records import Brief, Passage
from twin.inference.checking.check import Desk, check
from twin.inference.material.outside import passages_of
from twin.inference.request import Wishes, heard, of_whom, questions, somebody_wrote, understand
from twin.metrics.copying import Copying


def passage(text: str, *, outside: bool = False) -> Passage:
    return Passage("p", "d", "", "", text, "post", "", 0.0, outside=outside)


def test_links_in_the_brief_are_read_once_and_whole() -> None:
    asked = understand("Answer https://a.example/x, and www.b.example.", links=["https://a.example/x"])
    assert asked.links == ("https://a.example/x", "https://www.b.example")


def test_a_document_named_in_the_brief_is_read_and_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.md").write_text("Twelve doors.")
    (tmp_path / "key.pem").write_text("secret")
    assert understand("Post from notes.md and key.pem and gone.md").links == ("notes.md",)
    assert understand(f"Post from {tmp_path}/notes.md.").links == (f"{tmp_path}/notes.md",)


def test_a_long_brief_asks_in_its_first_paragraph_and_is_material_as_a_whole() -> None:
    notes = "We cleaned 340 lifts by November, see https://evil.example. " * 100
    asked = understand(f"Why we cleaned the lifts\n\n{notes}")
    assert asked.text == "Why we cleaned the lifts"
    assert asked.links == ()
    assert any("340 lifts" in one.text and one.outside for one in asked.material)


def test_a_brief_has_a_last_length() -> None:
    with pytest.raises(BadRequest) as caught:
        understand("a" * 100_000)
    assert "--link" in caught.value.hint


def test_what_must_be_said_is_a_source_and_what_is_wished_is_found_missing() -> None:
    asked = understand("Why we moved", must=["42 brokers", "42  brokers", ""], avoid=["synergy"])
    assert asked.wishes == Wishes(("42 brokers",), ("synergy",))
    assert "42 brokers" in asked.text and "synergy" not in asked.text
    good, bad = "We had 42 Brokers' racks.", "Synergy's everywhere."
    assert asked.wishes.findings(good) == []
    assert [one.message for one in asked.wishes.findings(bad)] == [
        "it does not say '42 brokers', which you asked for",
        "it says 'synergy', which you wanted left out",
    ]

    def score(text: str) -> float:
        found = check(text, desk=Desk(None, Copying({}), 13.0), brief=Brief(""), request="", passages=())
        return asked.wishes.weighed(found).score - found.score

    assert score(bad) < score("Nothing.") < score(good) == 0


def test_too_many_wishes_are_refused() -> None:
    with pytest.raises(BadRequest):
        understand("Why", must=[f"word{i}" for i in range(13)])


@pytest.mark.parametrize("answer", ["https://a.example/post", "post.txt"])
def test_a_post_to_answer_by_link_or_file_is_read_first(answer: str) -> None:
    asked = understand("I see it otherwise", answer=answer, links=["b.md"])
    assert asked.links == (answer, "b.md")
    read = [*passages_of(answer, "A post", "Dashboards beat brushes."), *passages_of("b.md", "b", "Ropes are ropes.")]
    assert heard(asked, read).about == ("dashboards", "beat", "brushes")


def test_a_pasted_post_to_answer_is_material_and_nothing_that_the_user_states() -> None:
    asked = understand("", answer="Dashboards beat brushes, said Toby.\nWe bought nine of them.", links=["b.md"])
    assert asked.links == ("b.md",) and not content_words(asked.text)
    assert asked.material[0].outside and "Toby" in asked.material[0].text
    read = [*asked.material, *passages_of("b.md", "b", "Ropes are ropes.")]
    assert [of_whom(one, asked).theirs for one in read] == [True, False]
    asked = heard(asked, read)
    assert asked.about == ("dashboards", "beat", "brushes", "toby", "bought")
    assert "dashboards" not in asked.text.lower()
    with pytest.raises(BadRequest):
        understand("", answer="")


@pytest.mark.parametrize(
    ("brief", "passages", "there"),
    [
        ("Why we moved off quantum chromodynamics", [], False),
        ("Why we moved off quantum chromodynamics", [passage("Doors and brushes are all.")], False),
        ("Why we moved off quantum chromodynamics", [passage("Anything.", outside=True)], True),
        ("Why we cleaned the tracks", [passage("The tracks were cleaned.")], True),
        ("We sold 24 lifts to Leeds", [], True),
        ("Why we moved off Kafka", [], False),
        ("How Kafka rebalances its consumers when a pod of Kubernetes is gone", [], False),
        ("Write 150 words about why we moved off Kafka", [], False),
        ("Could you write something about why we left Kafka", [], False),
        ("On Monday all of us in Leeds stopped deploying by hand.", [], True),
        ("Post-mortems taught our team in Leeds that blame hides the cause.", [], True),
        ("We moved off Kafka after it fell over on Black Friday", [], True),
        ("Why we moved off Kafka. It fell over on Black Friday, twice.", [], True),
        ("Why we moved off Kafka", [passage("We moved the meeting off Mondays.")], False),
        ("Why we moved off Kafka", [passage("Kafka was moved out in May.")], True),
        ("the history of Byzantine pottery", [passage("A short history of our lifts.")], False),
        ("pottery of Byzantium", [passage("Byzantium is far from our lifts.")], True),
    ],
)
def test_whether_there_is_anything_to_stand_on(brief: str, passages: list[Passage], there: bool) -> None:
    assert somebody_wrote(understand(brief), passages) is there


def test_questions_name_the_topic_and_hold_no_opinion() -> None:
    asked = questions(understand("Why we moved off Kafka", audience="managers"))
    assert any("kafka" in one for one in asked["questions"])
    assert any("managers" in one for one in asked["questions"])
    assert all(one.endswith("?") for one in asked["questions"])
    assert asked["outline"]


@example(brief="~.11", answer="")
@given(st.text(alphabet="ab1 .\n/~:htpsw-", min_size=1, max_size=300), st.text(max_size=100))
def test_any_brief_is_understood_or_refused(brief: str, answer: str) -> None:
    try:
        asked = understand(brief, answer=answer)
    except BadRequest as bad:
        assert bad.hint
    else:
        assert asked.text.strip()
