"""What the author says of texts stands above what sources say, and only what is new is read."""

from __future__ import annotations

import os
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from twin.core.errors import BadRequest, BadSettings, NotFound
from twin.core.layers import load_settings, write_setting
from twin.pipeline import Twin


class Text:
    """A text for each name, like no other: equal runs of words would make them one work."""

    def format(self, name: object) -> str:
        dice = random.Random(str(name))
        return " ".join("".join(dice.choices("abdegilmnorstu", k=6)) for _ in range(24)) + "."


TEXT = Text()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for year in (2021, 2023, 2024):
        (folder / f"{year}-05-06-door.md").write_text(TEXT.format(year) + f" In {year} it was cold.\n")
    return folder


def uses(twin: Twin) -> dict[int, tuple[str, ...]]:
    return {doc.published.year: doc.use for doc in twin.store.documents() if doc.published}


def test_a_mark_outlives_the_next_collection_and_can_be_for_a_whole_source_since_a_day(twin: Twin, notes: Path) -> None:
    source = twin.add(str(notes))["id"]
    twin.collect()
    assert uses(twin)[2024] == ("train", "retrieve", "evaluate")
    assert twin.mark([source], since=date(2023, 1, 1), authorship="ai-assisted")["documents"] == 2
    (notes / "2024-05-06-door.md").write_text(TEXT.format("7, painted") + " It was warm.\n")
    assert twin.collect()["sources"][0]["edited"] == 1
    assert uses(twin) == {2021: ("train", "retrieve", "evaluate"), 2023: ("retrieve",), 2024: ("retrieve",)}
    (one,) = [doc.id for doc in twin.store.documents() if doc.published and doc.published.year == 2021]
    twin.mark([one], kind="comment", language="de")
    assert [(doc.kind, doc.language) for doc in twin.store.documents() if doc.id == one] == [("comment", "de")]


def test_a_mark_that_means_nothing_is_refused(twin: Twin, notes: Path) -> None:
    source = twin.add(str(notes))["id"]
    twin.collect()
    with pytest.raises(BadRequest, match="'robot' is no authorship"):
        twin.mark([source], authorship="robot")
    with pytest.raises(NotFound, match="no document or source"):
        twin.mark(["nothing"], authorship="own")


def test_a_text_whose_licence_forbids_learning_is_learned_from_once_it_is_said_to_be_mine(
    twin: Twin, notes: Path
) -> None:
    (notes / "2024-06-07-own.md").write_text(
        f"---\nlicence: No AI training\n---\n{TEXT.format(9)} And then it rained.\n"
    )
    source = twin.add(str(notes))["id"]
    twin.collect()
    (forbidden,) = [doc for doc in twin.store.documents() if doc.licence]
    assert forbidden.use == ("retrieve",) and "licence" in forbidden.why
    twin.mark([source], licence="mine")
    assert "train" in next(doc for doc in twin.store.documents() if doc.id == forbidden.id).use


def test_private_things_are_reported_masked_and_the_choice_decides(twin: Twin, notes: Path, tmp_path: Path) -> None:
    (notes / "2024-07-08-mail.md").write_text(f"{TEXT.format(3)} Write to bob@example.org about it.\n")
    twin.add(str(notes))
    twin.collect()
    (mail,) = [row for row in twin.privacy() if row["found"]]
    assert (mail["kind"], mail["choice"], mail["texts"]) == ("email", "mask", 1)
    assert "[email]" in mail["where"][0]["around"] and "bob@" not in str(mail)
    found = {}
    for choice in ("keep", "mask", "drop"):
        env = {"TWIN_CACHE": str(tmp_path / "cache"), "TWIN_PRIVACY__EMAIL": choice}
        other = Twin(load_settings(twin.home, env=env)[0])
        (doc,) = [doc for doc in other.store.documents() if doc.private]
        found[choice] = (doc.use, doc.masks, "bob@" in doc.text)
        other.close()
    assert found == {
        "keep": (("train", "retrieve", "evaluate"), (), True),
        "mask": (("retrieve",), ("email",), True),
        "drop": ((), (), True),
    }


def test_masks_reach_index_and_dataset_and_never_the_text(twin: Twin, notes: Path) -> None:
    for number in range(30):
        told = TEXT.format(number) + f" Mail number {number} went to bob{number}@example.org on day {number}.\n"
        (notes / f"2022-01-{number % 28 + 1:02}-{number}.md").write_text(told)
    twin.add(str(notes))
    twin.collect()
    twin.index()
    assert "[email]" in str(twin.vectors.matching("mail", k=5, where=_everywhere()))
    home = b"".join(file.read_bytes() for file in (twin.home / "vectors").rglob("*") if file.is_file())
    assert b"@example.org" not in home
    assert any("@example.org" in doc.text for doc in twin.store.documents())


def test_a_choice_to_mask_reaches_an_index_that_was_made_before(twin: Twin, notes: Path, tmp_path: Path) -> None:
    (notes / "2024-07-08-mail.md").write_text(f"{TEXT.format(3)} Write to bob@example.org about it.\n")
    twin.add(str(notes))
    twin.collect()
    env = {"TWIN_CACHE": str(tmp_path / "cache"), "TWIN_INDEX__EMBEDDER": "fake"}
    open_ = Twin(load_settings(twin.home, env={**env, "TWIN_PRIVACY__EMAIL": "keep"})[0])
    open_.index()
    assert "bob@" in str(open_.vectors.matching("write about", k=5, where=_everywhere()))
    open_.close()
    assert twin.index_is_stale()
    twin.index()
    assert "bob@" not in str(twin.vectors.matching("write about", k=5, where=_everywhere()))


def _everywhere() -> Any:
    from twin.core.protocols import Where

    return Where()


def test_a_source_that_holds_what_it_held_is_not_read_again(
    twin: Twin, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin.add(str(notes))
    first = twin.collect()["sources"][0]
    from twin.sources import folder

    def read(*_: object) -> object:
        raise AssertionError("read again")

    with monkeypatch.context() as patched:
        patched.setattr(folder, "read", read)
        again = twin.collect()["sources"][0]
    assert again["same"] and again["unchanged"] == first["stored"] == 3 and again["found"] == first["found"]
    os.utime(notes / "2021-05-06-door.md", (1, 1))
    assert "same" not in twin.collect()["sources"][0]
    twin.forget(twin.store.documents()[0].id)
    after = twin.collect()["sources"][0]
    assert len(after["skipped"]) == 1 and after["unchanged"] == 2


@pytest.fixture
def dataset(twin: Twin, notes: Path) -> Path:
    """A folder of thirty more texts that are collected, indexed and in a dataset."""
    for number in range(30):
        (notes / f"2022-01-{number % 28 + 1:02}-{number}.md").write_text(f"{TEXT.format(number)} Day {number} went.\n")
    twin.add(str(notes))
    twin.collect()
    twin.index()
    twin.dataset()
    assert twin.status()["stale"] == ["adapter"]
    return notes


def test_a_text_that_was_edited_at_its_source_makes_the_dataset_stale(twin: Twin, dataset: Path) -> None:
    (dataset / "2021-05-06-door.md").write_text(TEXT.format("7, painted") + " It was warm.\n")
    assert twin.collect()["sources"][0]["edited"] == 1
    assert "dataset" in twin.status()["stale"]
    twin.dataset()
    assert "dataset" not in twin.status()["stale"]


def test_a_mark_makes_the_dataset_stale_and_a_left_out_text_does_not(twin: Twin, dataset: Path) -> None:
    (dataset / "2023-07-08-mail.md").write_text(f"{TEXT.format('a')} Write to bob@example.org about it.\n")
    twin.collect()
    assert "dataset" not in twin.status()["stale"]
    twin.mark([twin.store.documents("train")[0].id], kind="article")
    assert "dataset" in twin.status()["stale"]


def test_the_home_of_a_twin_is_no_source_of_it(twin: Twin) -> None:
    with pytest.raises(BadRequest, match="no texts of yours"):
        twin.add(str(twin.home))
    assert twin.store.sources() == []


def test_a_setting_is_written_with_its_comments_kept(tmp_path: Path) -> None:
    file = tmp_path / "twin.toml"
    file.write_text("# mine\n[write]\nwords = 90  # short\n")
    write_setting(file, "privacy.phone", "drop")
    write_setting(file, "write.words", "80")
    assert file.read_text().startswith("# mine\n[write]\nwords = 80") and "# short" in file.read_text()
    settings, _ = load_settings(tmp_path, env={"TWIN_CACHE": str(tmp_path)})
    assert (settings.privacy.phone, settings.write.words) == ("drop", 80)
    before = file.read_text()
    refused = {
        "privacy.phone": "hide",
        "privacy.fone": "drop",
        "collect.github_token": "x",
        "dataset.test_share": "0.5",
        "index.chunk_tokens": "30",
    }
    for name, value in refused.items():
        with pytest.raises(BadSettings):
            write_setting(file, name, value)
    assert file.read_text() == before


@pytest.mark.parametrize("wrong", ["this is [ not toml", "[write]\nwrods = 3\n"])
def test_a_file_of_settings_that_is_wrong_is_said_and_left_alone(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "twin.toml"
    file.write_text(wrong)
    with pytest.raises(BadSettings, match=r"wrods|Invalid|Expected"):
        write_setting(file, "write.words", "90")
    assert file.read_text() == wrong
