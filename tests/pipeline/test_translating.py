"""A draft in another language, by a larger model: what was found of a sentence holds on, where its figures do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from chat_server import Reply, cut_off, in_turn, serving

from twin.app import in_words
from twin.core.errors import BadRequest, BadSettings, ModelFailed
from twin.core.language import NAMES, language_of
from twin.core.settings import ContentSettings, WriteSettings
from twin.pipeline import Twin

BRIEF = "Why we cleaned the tracks before buying sensors"
TEXT = "We cleaned the tracks before buying 24 sensors.\n\nNobody in Paris had asked why.\n\n#tracks"
LINES = ("Wir haben die Schienen gereinigt, bevor wir 24 Sensoren kauften.", "Niemand in Paris hatte gefragt, warum.")


def numbered(*lines: str) -> str:
    return "\n".join(f"{i}. {line}" for i, line in enumerate(lines, 1))


@pytest.fixture
def draft(twin: Twin, tmp_path: Path) -> str:
    note = tmp_path / "2024-05-06-tracks.md"
    note.write_text("We cleaned the tracks before buying 24 sensors from a firm in Leeds. Nobody had asked why.\n")
    twin.add(str(note))
    twin.collect()
    learn = WriteSettings(candidates=2, words=40, learn=True)
    twin.settings = twin.settings.model_copy(update={"write": learn})
    first = twin.write(BRIEF)["drafts"][0]["id"]
    return str(twin.revise(first, TEXT)["draft"]["id"])


@contextmanager
def answered_by(twin: Twin, *replies: Reply | str) -> Iterator[list[dict[str, Any]]]:
    with serving(in_turn(*replies)) as (url, seen):
        content = ContentSettings(name="larger", url=url, timeout_s=5)
        twin.settings = twin.settings.model_copy(update={"content": content})
        twin.__dict__.pop("content", None)  # as another process would open it
        yield seen


def test_each_sentence_keeps_what_was_found_of_it(twin: Twin, draft: str) -> None:
    with answered_by(twin, numbered(*LINES)) as seen:
        made = twin.refine(draft, "translate to German")["draft"]
    assert made["text"] == f"{LINES[0]}\n\n{LINES[1]}\n\n#tracks"
    assert [(one["sentence"], one["status"]) for one in made["claims"]] == [
        (LINES[0], "supported"),
        (LINES[1], "not_found"),
    ]
    assert made["claims"][0]["sources"] and "translated from “We cleaned" in made["claims"][0]["finding"]
    assert made["language"] == "de" and made["made_with"]["translated"]["name"] == "larger"
    assert made["style"]["verdict"] == "unclear" and "German" in made["style"]["why"]
    assert made["from"] == {"draft": draft, "place": "linkedin-post", "ask": "translate to German"}
    assert made["angle"] == twin.draft(draft)["angle"] and any(one["made"] for one in made["angle"]["claims"])
    assert "#tracks" not in seen[0]["messages"][-1]["content"]


def test_another_figure_is_not_what_was_found(twin: Twin, draft: str) -> None:
    with answered_by(twin, numbered(LINES[0].replace("24", "42"), LINES[1])):
        made = twin.refine(draft, "translate it into german")["draft"]
    assert made["claims"][0]["status"] == "not_found"
    assert "24 is missing, 42 is new" in made["claims"][0]["finding"]


def test_an_answer_of_no_use_is_asked_for_again_and_says_why(twin: Twin, draft: str) -> None:
    english = numbered("We cleaned the tracks before 24 sensors were bought.", "Nobody in Paris had asked us why.")
    with answered_by(twin, LINES[0], english, numbered(*LINES)) as seen:
        made = twin.refine(draft, "translate de")["draft"]
    assert made["text"].startswith(LINES[0])
    assert "missing: 1, 2" in seen[1]["messages"][-1]["content"]
    assert "it is in English, not in German" in seen[2]["messages"][-1]["content"]


def test_a_model_that_cannot_is_given_up_and_asked_anew_with_another_seed(twin: Twin, draft: str) -> None:
    with answered_by(twin, "Das ist alles.") as seen:
        with pytest.raises(ModelFailed, match="no translation of use in 3 tries"):
            twin.refine(draft, "translate to German")
        twin.settings = twin.settings.model_copy(update={"write": WriteSettings(seed=99)})
        with pytest.raises(ModelFailed):
            twin.refine(draft, "translate to German")
    assert len(seen) == 6


def test_what_was_cut_off_is_no_translation(twin: Twin, draft: str) -> None:
    with answered_by(twin, cut_off(numbered(LINES[0], "Niemand in")), numbered(*LINES)) as seen:
        assert LINES[1] in twin.refine(draft, "translate to German")["draft"]["text"]
    assert "it was cut off" in seen[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("Spanish", ("Limpiamos los rieles antes de comprar 24 sensores.", "¿Nadie en París lo había preguntado?")),
        ("Chinese", ("我们在购买24个传感器之前清洁了轨道。", "巴黎没有人问过为什么。")),
    ],
)
def test_where_a_language_ends_sentences_otherwise_the_worst_of_them_is_said(
    twin: Twin, draft: str, language: str, lines: tuple[str, str]
) -> None:
    one = twin.revise(draft, "We cleaned the tracks before buying 24 sensors. Nobody in Paris had asked why.")["draft"]
    with answered_by(twin, numbered(*lines)):
        made = twin.refine(one["id"], f"translate to {language}")["draft"]
    assert [(one["sentence"], one["status"]) for one in made["claims"]] == [(" ".join(lines), "not_found")]
    assert made["problems"] == []


def test_code_is_not_translated(twin: Twin, draft: str) -> None:
    code = "```python\nprint('hello world')\n```"
    one = twin.revise(draft, f"We cleaned the tracks before buying 24 sensors.\n\n{code}")["draft"]
    with answered_by(twin, numbered(LINES[0])) as seen:
        made = twin.refine(one["id"], "translate to German")["draft"]
    assert made["text"] == f"{LINES[0]}\n\n{code}"
    assert "hello" not in seen[0]["messages"][-1]["content"]


def test_a_translation_is_not_translated_back_into_what_could_be_learned_from(twin: Twin, draft: str) -> None:
    with answered_by(twin, numbered(*LINES)):
        made = twin.refine(draft, "translate to German")["draft"]
    for language in ("English", "German"):
        with pytest.raises(BadRequest, match=f"there is a draft of this in {language} already"):
            twin.refine(made["id"], f"translate to {language}")


def test_a_language_that_is_taken_for_one_nobody_asks_for_is_no_wrong_one(twin: Twin, draft: str) -> None:
    lines = ("Vantrellis Predictive Sensors: 24 Kits, 18 Monate, Dashboard im Team.", "Paris.")
    assert language_of(" ".join(lines)) not in NAMES
    with answered_by(twin, numbered(*lines)) as seen:
        twin.refine(draft, "translate to German")
    assert len(seen) == 1


def test_what_a_larger_model_is_not_asked_for_goes_on_without_it(twin: Twin, draft: str) -> None:
    gone = ContentSettings(kind="llamacpp", name="/gone.gguf")
    twin.settings = twin.settings.model_copy(update={"content": gone})
    twin.__dict__.pop("content", None)
    assert twin.revise(draft, f"{TEXT} Once more.")["draft"]["text"].endswith("Once more.")
    assert twin.choose(draft)["pairs"]
    with pytest.raises(BadSettings, match="gone"):
        twin.refine(draft, "translate to German")


def test_what_the_author_changes_of_it_is_looked_for_by_its_figures(twin: Twin, draft: str) -> None:
    with answered_by(twin, numbered(*LINES)):
        made = twin.refine(draft, "translate to German")["draft"]
    text = f"{LINES[0]} Es waren 24 Sensoren und wir waren froh. Das kostete 900 Euro im Jahr."
    edited = twin.revise(made["id"], text)["draft"]
    assert [one["status"] for one in edited["claims"]] == ["supported", "memory", "not_found"]
    assert edited["language"] == "de" and "900" in edited["claims"][2]["finding"]


def test_the_twin_writes_no_more_of_it_and_learns_nothing_from_it(twin: Twin, draft: str) -> None:
    with answered_by(twin, numbered(*LINES)):
        made = twin.refine(draft, "translate to German")["draft"]
    with pytest.raises(BadRequest, match="writes no German") as caught:
        twin.refine(made["id"], "shorter")
    assert draft in caught.value.hint
    mine = twin.revise(made["id"], f"{LINES[0]} So war das bei uns.")["draft"]
    with pytest.raises(BadRequest, match="writes no German") as caught:
        twin.refine(mine["id"], "shorter")
    assert draft in caught.value.hint
    assert in_words.edited(mine) == (
        f"edited by you, from draft {made['id']}, which is translated into German by larger, from draft {draft}, "
        "which is of "
    )
    assert twin.choose(made["id"])["pairs"] == []
    assert twin.choose(draft)["pairs"] and all(LINES[0] not in one["rejected"] for one in twin.preferences())


@pytest.mark.parametrize(
    ("ask", "said"),
    [("translate", "into which"), ("translate it", "into which"), ("translate to Elvish", "'elvish'")],
)
def test_a_language_must_be_known(twin: Twin, draft: str, ask: str, said: str) -> None:
    with pytest.raises(BadRequest, match=said) as caught:
        twin.refine(draft, ask)
    assert "German" in caught.value.hint


def test_a_sign_behind_a_link_is_no_part_of_it(twin: Twin, draft: str) -> None:
    linked = twin.revise(draft, "We cleaned the tracks: https://a.example/tracks. Nobody in Paris had asked why.")[
        "draft"
    ]
    german = ("Wir haben die Schienen gereinigt: https://a.example/tracks", LINES[1])
    with answered_by(twin, numbered(*german)):
        made = twin.refine(linked["id"], "translate to German")["draft"]
    assert not any("is missing" in one["finding"] for one in made["claims"])
