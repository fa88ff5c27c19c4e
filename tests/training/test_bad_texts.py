"""What people really bring: hardly anything, one text over and over, a book beside posts, another language."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_stages import LEARNED, RECIPE, said
from test_together import home_of, launched

from twin.core.protocols import silent
from twin.core.records import Example
from twin.models.hf import load_tokenizer
from twin.models.rows import row
from twin.models.weights import Base, find_base
from twin.store.lock import only_writer
from twin.training.advice import of_examples
from twin.training.sft import fit
from twin.training.train import train_adapter

GERMAN = (
    "Der Aufzug blieb gestern wieder zwischen zwei Stockwerken stehen, und niemand wusste, warum das immer passiert."
)
ENGLISH = "The lift stopped between two floors again yesterday, and nobody knew why that keeps on happening to us."


def notes(tiny: Path, learned: list[Example], *, tuned: int = 1, name: str = "x", max_tokens: int = 4096) -> str:
    base = replace(find_base(str(tiny), cache=Path("/nowhere")), name=name)
    rows = [row(base.chat_template, one.prompt, one.completion) for one in learned]
    told = of_examples(learned, LEARNED[:tuned], rows, tokenizer=load_tokenizer(tiny), base=base, max_tokens=max_tokens)
    return " ".join(told)


def texts(*completions: str) -> list[Example]:
    return [said(str(i), completion=one) for i, one in enumerate(completions)]


@pytest.mark.parametrize(("text", "strange"), [(GERMAN, True), (ENGLISH, False)])
def test_a_language_that_the_base_was_not_taught_is_told(tiny: Path, text: str, strange: bool) -> None:
    found = notes(tiny, texts(*[text] * 10), name="smollm2-135m-instruct")
    assert ("are in de, and smollm2-135m-instruct knows en" in found) == strange
    assert ("twin config train.base" in found) == strange


def test_a_text_that_makes_most_of_the_examples_is_named(tiny: Path) -> None:
    book = [replace(one, document="the-book") for one in texts(*[ENGLISH] * 40)]
    assert "One text makes 80%" in notes(tiny, [*book, *texts(*[ENGLISH] * 10)])
    assert "--document the-book" in notes(tiny, [*book, *texts(*[ENGLISH] * 10)])
    assert "One text" not in notes(tiny, texts(*[ENGLISH] * 50))


def test_texts_longer_than_an_example_are_counted(tiny: Path) -> None:
    assert "2 examples are longer than train.max_tokens = 300" in notes(
        tiny, texts("word " * 200, ENGLISH, "word " * 300), max_tokens=300
    )
    assert "longer than" not in notes(tiny, texts(ENGLISH), max_tokens=300)


def test_a_text_of_50_000_words_in_one_piece_is_cut_and_learned(tiny: Path, tmp_path: Path) -> None:
    rows = [("say it ", "tea and rain " * 16_667), ("say oak ", "oak!")]
    fitted = fit(tiny, rows, [], recipe=RECIPE, folder=tmp_path / "a", progress=silent)
    assert fitted.tokens == RECIPE.epochs * (RECIPE.max_tokens + len("say oak oak!") + 1)


def trained(tiny: Path, folder: Path, learned: list[Example], tuned: list[Example]) -> Any:
    base: Base = find_base(str(tiny), cache=folder)
    return train_adapter(
        learned, tuned, dataset="d", base=base, recipe=RECIPE, folder=folder / "made", cache=folder, progress=silent
    )


def test_without_texts_to_stop_by_the_last_pass_is_kept_and_that_is_told(tiny: Path, tmp_path: Path) -> None:
    adapter, card = trained(tiny, tmp_path, LEARNED, [])
    assert (card["before"], card["after"], card["best"]) == (None, None, 0)
    assert "no texts to stop by" in card["notes"][-1]
    assert (adapter.path / "adapter.gguf").is_file()


def test_one_text_over_and_over_trains_without_numbers_that_are_none(tiny: Path, tmp_path: Path) -> None:
    same = [replace(LEARNED[0], id=str(i), document=str(i)) for i in range(8)]
    _, card = trained(tiny, tmp_path, same, same[:2])
    assert card["after"] < card["before"]
    assert "NaN" not in json.dumps(card)


def test_three_examples_are_a_training_too(tiny: Path, tmp_path: Path) -> None:
    _, card = trained(tiny, tmp_path, LEARNED[:3], LEARNED[3:4])
    assert card["steps"] == RECIPE.epochs * 2


def test_a_second_training_in_a_home_hears_of_the_first(tiny: Path, tmp_path: Path) -> None:
    home = home_of(tmp_path, tiny)
    with only_writer(home, "train"):
        done = launched(home, 1)
    assert done.returncode == 1
    assert "this twin is busy: train" in done.stderr
    assert not (home / "adapters").exists()
