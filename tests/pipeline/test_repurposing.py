"""A draft for a place, and the same draft for another one: stored beside the first, forgotten with its sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from twin.core.errors import BadRequest, NotFound
from twin.core.settings import WriteSettings
from twin.pipeline import Twin

BRIEF = "Why we cleaned the tracks before buying sensors"


def written(twin: Twin, **chosen: Any) -> dict[str, Any]:
    """The first draft, with these values of the section `write` and no others set."""
    twin.settings = twin.settings.model_copy(update={"write": WriteSettings(**{"unsourced": True, **chosen})})
    result = twin.write(BRIEF)
    return {**result["drafts"][0], "brief": result["brief"], "prompt": result["prompt"][-1]["content"]}


def long_draft(twin: Twin) -> dict[str, Any]:
    """A stored draft of five times the length that the fake model wrote."""
    first = written(twin, candidates=1)
    text = " ".join([first["text"]] * 5)
    detail = {key: value for key, value in first.items() if key not in ("id", "text")}
    twin.store.add_draft(first["id"], BRIEF, text, detail, [])
    return {**first, "text": text}


def test_a_draft_is_asked_for_and_counted_as_its_place_does(twin: Twin) -> None:
    draft = written(twin, place="x-post", candidates=1)
    assert draft["place"] == "x-post"
    assert (draft["brief"]["kind"], draft["brief"]["place"]) == ("post", "x")
    assert draft["prompt"].startswith("Write a post for X of about 35 words")
    assert 0 < draft["characters"] <= 280
    assert "blocker" not in {finding["level"] for finding in draft["form"]}


def test_without_a_place_it_is_a_linkedin_post_of_the_length_in_the_settings(twin: Twin) -> None:
    draft = written(twin, candidates=1)
    assert (draft["place"], draft["brief"]["words"]) == ("linkedin-post", 120)
    assert draft["prompt"].startswith("Write a LinkedIn post of about 120 words")
    assert draft["rendered"].keys() <= {"api"}


def test_a_length_that_was_set_counts_at_any_place(twin: Twin) -> None:
    assert written(twin, place="message", words=90, candidates=1)["brief"]["words"] == 90


def test_an_unknown_place_costs_no_work(twin: Twin) -> None:
    with pytest.raises(BadRequest, match="there is no place 'x-pots'"):
        written(twin, place="x-pots")
    assert twin.store.drafts() == []


def test_a_wish_that_is_not_met_is_told_for_another_place_too(twin: Twin) -> None:
    twin.settings = twin.settings.model_copy(update={"write": WriteSettings(unsourced=True, candidates=1)})
    first = twin.write(BRIEF, must=["who and why and when"])["drafts"][0]
    made = twin.repurpose(first["id"], "x-thread")["draft"]
    for draft in (first, made):
        assert any("it does not say 'who and why and when'" in one["message"] for one in draft["form"])


def test_a_repurposed_draft_stands_beside_the_first(twin: Twin) -> None:
    first = long_draft(twin)
    made = twin.repurpose(first["id"], "x-thread")
    draft = made["draft"]
    assert draft["from"] == {"draft": first["id"], "place": "linkedin-post"}
    assert draft["id"] != first["id"]
    assert " ".join(draft["rendered"]["thread"]).split() == first["text"].split()
    assert draft["claims"] == first["claims"]
    kept, before = twin.store.drafts()
    assert (kept["id"], before["id"]) == (draft["id"], first["id"])
    assert kept["from"] == draft["from"]
    assert twin.repurpose(first["id"], "x-thread")["draft"]["id"] == draft["id"]
    assert len(twin.store.drafts()) == 2


def test_a_claim_is_not_lost_with_the_marks_around_its_words(twin: Twin) -> None:
    first = written(twin, candidates=1)
    claim = {"sentence": "We *spent* £61,200 ([log](https://x.example)).", "status": "not_found", "sources": []}
    gone = {"sentence": "What it cost", "status": "opinion", "sources": []}
    detail = {**first, "place": "medium-article", "claims": [claim, gone]}
    twin.store.add_draft("article", BRIEF, f"## What it cost\n\n{claim['sentence']}", detail, [])
    assert twin.repurpose("article", "linkedin-post")["draft"]["claims"] == [claim]


def test_what_does_not_fit_is_said_and_kept(twin: Twin) -> None:
    first = long_draft(twin)
    made = twin.repurpose(first["id"], "x-post")
    assert made["draft"]["text"] == first["text"]
    assert [one["level"] for one in made["changes"]] == ["blocker"]


def test_forgetting_a_text_takes_every_version_with_it(twin: Twin, tmp_path: Path) -> None:
    note = tmp_path / "2024-05-06-tracks.md"
    note.write_text("We cleaned the tracks before buying 24 sensors from a firm in Leeds. Nobody had asked why.\n")
    twin.add(str(note))
    twin.collect()
    first = written(twin, candidates=1)
    twin.repurpose(first["id"], "comment")
    assert len(twin.store.drafts()) == 2
    [document] = twin.store.documents()
    twin.forget(document.id)
    assert twin.store.drafts() == []


def test_a_draft_that_is_not_there(twin: Twin) -> None:
    with pytest.raises(NotFound, match="no draft 'nothing'") as caught:
        twin.repurpose("nothing", "x-post")
    assert "twin write" in caught.value.hint
    first = written(twin, candidates=1)
    with pytest.raises(NotFound) as caught:
        twin.repurpose("nothing", "x-post")
    assert first["id"] in caught.value.hint
    with pytest.raises(BadRequest, match="there is no place"):
        twin.repurpose(first["id"], "nowhere")
