"""What benches keep is read again where it was made in the same way, and only where it is whole."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import homes, recipes
from bench.corpora import HELD_OUT, filled, own_rows, tuned_by
from bench.homes import Trained, home_for, made_with, opened, trained_by, twin_in
from twin.core.errors import NotEnoughData
from twin.core.layers import load_settings

TEXTS = 6
MADE = {"dataset": "d1", "base": "b", "before": 3.5, "after": 3.1}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    dice, file = random.Random(7), tmp_path / "ada.jsonl"
    rows = [
        {
            "id": f"{i:02}",
            "author": "Ada Example",
            "kind": "linkedin_post",
            "date": f"2024-01-{1 + i % 28:02}",
            "order": i,
            "post_type": "repost" if i == 3 else "original",
            "text": " ".join("".join(dice.choices("abcdefghij", k=6)) for _ in range(80)),
        }
        for i in range(TEXTS + tuned_by(TEXTS) + HELD_OUT + 3)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


@pytest.fixture
def trained(tmp_path: Path, corpus: Path) -> Trained:
    """A home as `bench.recipes` leaves it: its texts in the store, an adapter in its folder and in no registry."""
    home = tmp_path / "cells" / "homes" / f"ada-{TEXTS}"
    twin = twin_in(home, {})
    filled(twin, corpus, TEXTS)
    twin.store.set("canary", {"of": "the trained home"})
    twin.close()
    card = home / "adapters" / "a1" / "adapter.json"
    card.parent.mkdir(parents=True)
    card.write_text(json.dumps(MADE), "utf-8")
    return Trained(home, TEXTS, "a1")


def test_a_copy_that_was_killed_is_made_again(
    tmp_path: Path, corpus: Path, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_for(tmp_path, "ada", trained, TEXTS)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(homes.sqlite3, "connect", killed)
        with pytest.raises(KeyboardInterrupt):
            opened(corpus, home, trained, TEXTS, {})
    for _ in range(2):
        twin = opened(corpus, home, trained, TEXTS, {})
        active = twin.store.active_adapter()
        assert active is not None and active.path == home / "adapters" / "a1"
        assert twin.store.get("canary") == {"of": "the trained home"}
        assert len(twin.store.documents("evaluate", side="test")) == HELD_OUT
        twin.close()
    assert sorted(path.name for path in home.parent.iterdir()) == [home.name]


def test_a_home_without_an_adapter_is_no_home_of_a_trained_twin(tmp_path: Path, corpus: Path, trained: Trained) -> None:
    bare, tuned = (opened(corpus, home_for(tmp_path, "ada", one, TEXTS), one, TEXTS, {}) for one in (None, trained))
    assert bare.store.active_adapter() is None
    assert tuned.store.active_adapter() is not None
    bare.close()
    tuned.close()


def test_the_newest_of_two_cells_that_are_alike_says_which_adapter(tmp_path: Path) -> None:
    for i, name in enumerate(("z", "a", "m")):
        file = tmp_path / "cells" / f"{name}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps({"author": "ada", "texts": 6, "flags": {}, "train": {"adapter": f"a{i}"}}))
        os.utime(file, (i, i))
    found = trained_by("ada", tmp_path)
    assert found is not None and found.adapter == "a2"


def made(**flags: Any) -> str:
    named = {name.replace("__", "."): value for name, value in flags.items()}
    return made_with(load_settings(Path("home"), flags=named, env={})[0])


def test_what_is_kept_is_found_by_the_settings_as_they_are_resolved() -> None:
    usual = made()
    assert made(train__epochs=0, model__threads=3) == usual, "a default that is typed, and what changes no text"
    changed = [
        made(**{name: 50}) for name in ("dataset__seed", "evaluate__briefs", "write__seed", "index__chunk_tokens")
    ]
    assert len({usual, *changed, made(train__epochs=5), made(model__name="other")}) == 7


@pytest.mark.parametrize(
    "change",
    [
        lambda patch: patch.setattr(homes, "STYLE", "0"),
        lambda patch: patch.setattr(homes.Degenerate, "version", "0"),
        lambda patch: patch.setattr(homes.Coverage, "version", "0"),
    ],
)
def test_a_figure_of_another_metric_is_not_read(
    change: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = made()
    change(monkeypatch)
    assert made() != before


def test_own_rows_are_in_order_and_without_what_was_passed_on(corpus: Path) -> None:
    rows = own_rows(corpus)
    assert [row["date"] for row in rows] == sorted(row["date"] for row in rows)
    assert "03" not in {row["id"] for row in rows}


def test_an_author_of_too_few_texts_is_told_and_no_home_is_half_filled(tmp_path: Path, corpus: Path) -> None:
    twin = twin_in(tmp_path / "home", {})
    with pytest.raises(
        NotEnoughData, match="ada has 37 texts of 60 words or more; 60 are needed to learn from 30, stop"
    ):
        filled(twin, corpus, 30)
    assert twin.store.identity() is None and not twin.store.sources()
    twin.close()


def test_an_author_of_too_few_texts_is_left_out_of_a_run_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def cell(corpora: Path, kept: Path, author: str, texts: int, flags: Any) -> Any:
        asked.append(author)
        raise NotEnoughData(f"{author} has 5 texts", "ask for fewer")

    monkeypatch.setattr(recipes, "cell", cell)
    monkeypatch.setattr(
        "sys.argv", ["recipes", str(tmp_path), "--kept", str(tmp_path), "--authors", "a,b", "--seeds", "7,8"]
    )
    recipes.main()
    assert asked == ["a", "b"]
    assert "left out: b has 5 texts" in capsys.readouterr().out
