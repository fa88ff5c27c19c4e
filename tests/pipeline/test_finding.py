"""Search through the whole path: the author's passages, in the kinds, places and days asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from twin.app.cli import app
from twin.core.errors import BadRequest
from twin.core.settings import WriteSettings
from twin.inference.material.narrow import where_of
from twin.pipeline import Twin


@pytest.fixture
def wrote(twin: Twin, tmp_path: Path) -> Twin:
    for day, text in (
        ("2023-05-06", "We cleaned the tracks before buying 24 sensors from a firm in Leeds."),
        ("2024-07-08", "The tracks were dirty again, and Gerald in Margate cleaned them with a spoon."),
    ):
        note = tmp_path / f"{day}-tracks.md"
        note.write_text(text + "\n")
        twin.add(str(note))
    twin.collect()
    return twin


def days(twin: Twin, **narrow: str) -> list[str]:
    found = twin.search("who cleaned the tracks", where=where_of(**narrow))
    return sorted(passage["published"] for passage in found["passages"])


def test_search_finds_what_was_written_and_says_where_it_stands(wrote: Twin) -> None:
    found = wrote.search("Gerald of Margate")["passages"]
    assert "spoon" in found[0]["text"] and found[0]["published"] == "2024-07-08" and found[0]["place"]
    assert days(wrote) == ["2023-05-06", "2024-07-08"]
    assert days(wrote, since="2024") == ["2024-07-08"]
    assert days(wrote, until="2023-05") == ["2023-05-06"]


def test_where_nothing_stands_is_an_error_that_names_what_there_is(wrote: Twin) -> None:
    with pytest.raises(BadRequest, match="since 2025-01-01") as bad:
        days(wrote, since="2025")
    assert "2 × " in bad.value.hint
    with pytest.raises(BadRequest, match="of kind paper"):
        wrote.write("who cleaned the tracks", where=where_of(kinds=["paper"]))


def test_a_search_without_a_filter_that_finds_nothing_is_no_error(twin: Twin) -> None:
    assert twin.search("who cleaned the tracks", where=where_of())["passages"] == []


def test_a_draft_stands_on_nothing_else_than_it_may(wrote: Twin) -> None:
    wrote.settings = wrote.settings.model_copy(update={"write": WriteSettings(candidates=2)})
    sources = wrote.write("who cleaned the tracks", where=where_of(until="2023"))["drafts"][0]["sources"]
    assert {source["published"] for source in sources} == {"2023-05-06"}


def test_a_text_that_is_marked_as_another_kind_is_found_as_that(wrote: Twin) -> None:
    wrote.index()
    [old] = [row["id"] for row in wrote.documents() if row["published"].startswith("2023")]
    wrote.mark([old], kind="article")
    found = wrote.search("who cleaned the tracks", where=where_of(kinds=["article"]))["passages"]
    assert [passage["document"] for passage in found] == [old]


def test_the_command_takes_the_same_and_refuses_what_it_does_not_know(
    wrote: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWIN_INDEX__EMBEDDER", "fake")
    home = ["--home", str(wrote.home)]
    wrote.close()
    shown = CliRunner().invoke(app, ["search", "the tracks", "--since", "2024", *home])
    assert shown.exit_code == 0, shown.output
    assert "[1] 2024-07-08" in shown.output and "[2]" not in shown.output
    told = json.loads(CliRunner().invoke(app, ["search", "the tracks", "--most", "1", "--json", *home]).stdout)
    assert len(told["passages"]) == 1
    refused = CliRunner().invoke(app, ["search", "the tracks", "--kind", "articel", *home])
    assert isinstance(refused.exception, BadRequest) and "did you mean article" in refused.exception.hint


def test_what_a_draft_may_stand_on_and_whose_year_it_speaks_in_is_said_on_the_command_line(
    wrote: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("TWIN_INDEX__EMBEDDER", "fake"), ("TWIN_MODEL__KIND", "fake")):
        monkeypatch.setenv(name, value)
    home = ["--home", str(wrote.home)]
    wrote.close()
    asked = ["write", "who cleaned the tracks", "--candidates", "2", "--json", *home]
    told = json.loads(CliRunner().invoke(app, [*asked, "--until", "2023", "--year", "2024"]).stdout)
    assert {source["published"] for source in told["drafts"][0]["sources"]} == {"2023-05-06"}
    assert "As you wrote in 2024." in told["prompt"][-1]["content"]
