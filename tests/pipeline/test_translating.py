"""A draft in another language, by a larger model: what was found of a sentence holds on, where its figures do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from chat_server import Reply, in_turn, serving

from twin.core.errors import BadRequest, ModelFailed
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


def test_a_model_that_cannot_is_given_up(twin: Twin, draft: str) -> None:
    with answered_by(twin, "Das ist alles."), pytest.raises(ModelFailed, match="no translation of use in 3 tries"):
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
    assert twin.choose(made["id"])["pairs"] == []
    assert twin.choose(draft)["pairs"] and all(LINES[0] not in one["rejected"] for one in twin.preferences())


@pytest.mark.parametrize(("ask", "said"), [("translate", "into which"), ("translate to Elvish", "'elvish'")])
def test_a_language_must_be_known(twin: Twin, draft: str, ask: str, said: str) -> None:
    with pytest.raises(BadRequest, match=said) as caught:
        twin.refine(draft, ask)
    assert "German" in caught.value.hint
