"""Who the others are: those that come with the program, and those whose texts were added as not mine."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from twin.core.errors import BadSettings
from twin.core.protocols import Sample
from twin.core.records import Brief
from twin.core.settings import TrainSettings
from twin.inference.places import load
from twin.models.weights import find_base
from twin.pipeline import Twin

LINE = "The doors of the house stood open, and nobody in the street would say who had left them so. "


def test_people_added_as_not_mine_join_the_background(twin: Twin, tmp_path: Path) -> None:
    theirs, mine = tmp_path / "theirs", tmp_path / "mine"
    for folder, texts in ((theirs, 12), (mine, 12)):
        folder.mkdir()
        for i in range(texts):
            (folder / f"{i:02}.md").write_text(
                f"# Door {i} of {folder.name}\n\n{LINE * (6 + i % 3)} Number {i}.", "utf-8"
            )
    plain = {person.name for person in twin._background().people}
    twin.add(str(theirs), mine=False)
    twin.add(str(mine))
    twin.collect()
    assert {person.name for person in twin._background().people} - plain == {str(theirs)}


def test_what_somebody_else_wrote_is_found_as_theirs_and_is_no_copy_of_oneself(twin: Twin, tmp_path: Path) -> None:
    said = {
        "theirs": "Nineteen lifts had their ropes measured by me, and it took us most of a wet week in Leeds.",
        "mine": "I looked at the ropes of nineteen lifts for mine owners, which is a long walk in the dark.",
    }
    for whose, text in said.items():
        (tmp_path / f"{whose}.md").write_text(text, "utf-8")
        twin.add(str(tmp_path / f"{whose}.md"), mine=whose == "mine")
    twin.collect()
    twin.index()
    found = {one.text: one.theirs for one in twin._found("the ropes of nineteen lifts", 5, None)}
    assert found == {said["theirs"]: True, said["mine"]: False}
    desk = twin._desk(load("linkedin-post"))
    assert [doc.text for doc in desk.history.values()] == [text for text, theirs in found.items() if not theirs]
    assert (desk.copying.measure(Sample(said["theirs"])).value or 0) >= desk.copying_gate
    looked_up = twin._looked_up(Brief("ropes, nineteen, lifts"))
    assert {one.text: one.theirs for one in looked_up} == found


def other_home(folder: Path, *adapters: tuple[str, str] | tuple[str, str, str]) -> Path:
    """A home with adapters `(name, base)` or `(name, base, its digest)`, the newest last."""
    for age, (name, base, *digest) in enumerate(adapters):
        card = folder / "adapters" / name / "adapter.json"
        card.parent.mkdir(parents=True)
        told = {"base": base} | ({"base_digest": digest[0]} if digest else {})
        card.write_text(json.dumps(told) if base else "{", "utf-8")
        os.utime(card, (age, age))
    return folder


def naming(twin: Twin, home: str) -> Twin:
    evaluate = twin.settings.evaluate.model_copy(update={"other_twin": home})
    twin.settings = twin.settings.model_copy(update={"evaluate": evaluate})
    return twin


def test_the_other_twin_is_the_newest_finished_one_on_the_same_base(twin: Twin, tmp_path: Path) -> None:
    base = twin.settings.train.base
    home = other_home(
        tmp_path / "other", ("older", base), ("newer", base), ("another-base", "x"), ("broken", ""), ("a.part-7", base)
    )
    named = naming(twin, str(home))
    assert named._bench(None, short=False).wrong == home / "adapters" / "newer"
    assert named._bench(None, short=True).wrong is None, "the short gate does without"
    assert naming(twin, "")._bench(None, short=False).wrong is None


def test_a_base_is_the_same_by_its_weights_wherever_it_lies(
    twin: Twin, tmp_path: Path, tiny_checkpoint: Callable[[str], Path]
) -> None:
    """A base in a folder is named by its path in the settings and by the folder's name on a card."""
    mine = shutil.copytree(tiny_checkpoint("llama"), tmp_path / "mine" / "tiny")
    base = find_base(str(mine), cache=tmp_path)
    twin.settings = twin.settings.model_copy(update={"train": TrainSettings(base=str(mine))})
    home = other_home(tmp_path / "other", ("old", "tiny"), ("moved", "elsewhere", base.digest), ("b", "tiny", "b2"))
    assert naming(twin, str(home))._bench(None, short=False).wrong == home / "adapters" / "moved"
    (home / "adapters" / "moved" / "adapter.json").unlink()
    assert naming(twin, str(home))._bench(None, short=False).wrong == home / "adapters" / "old", "by its name alone"


def test_a_home_without_an_adapter_on_the_same_base_is_named(twin: Twin, tmp_path: Path) -> None:
    home = other_home(tmp_path / "other", ("another-base", "x"))
    for named in (home, tmp_path / "nowhere"):
        with pytest.raises(BadSettings, match="no adapter for"):
            naming(twin, str(named))._bench(None, short=False)


def test_the_gate_draws_as_many_texts_a_brief_as_the_report(twin: Twin) -> None:
    assert [twin._bench(None, short=short).samples for short in (True, False)] == [2, 2]
