"""The shapes of examples: more views of a text teach the same words, and no held-out loss is taken on them twice."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lift_posts import RECIPE, post

from twin.core.brief import topic_words
from twin.core.prompts import WORDINGS, writing_prompt
from twin.core.records import Brief, Example, Item, Side, digest
from twin.core.text import sentences
from twin.features.datasets import examples
from twin.features.datasets.build import FILES, build_dataset, load_examples
from twin.features.datasets.examples import Others
from twin.features.works import works_of

WORDS = "lift door brush hall".split()
POSTS = [post(i) for i in range(24)]
SIDES: tuple[Side, ...] = FILES


def made(filled: Any, folder: Path, **changes: Any) -> dict[Side, list[Example]]:
    return made_of(POSTS, filled, folder, **changes)


def made_of(posts: Sequence[Item], filled: Any, folder: Path, **changes: Any) -> dict[Side, list[Example]]:
    store = filled(*posts)
    store.set_works(works_of(store.runs))
    path = Path(build_dataset(store, folder, author="Ada", recipe=replace(RECIPE, **changes))["path"])
    return {side: list(load_examples(path, side)) for side in SIDES}


def asked(example: Example) -> str:
    return example.prompt[-1].content


def test_views_of_a_text_share_its_words_and_differ_in_how_they_are_asked_for(filled: Any, tmp_path: Path) -> None:
    one = made(filled, tmp_path / "one")
    several = made(filled, tmp_path / "three", views=3)
    for side in SIDES:
        assert len(several[side]) == 3 * len(one[side]) > 0
        firsts = [example for example in several[side] if example.view == 0]
        assert [asked(example) for example in firsts] == [asked(example) for example in one[side]]
    by_text: dict[str, set[str]] = {}
    for example in several["train"]:
        by_text.setdefault(example.completion, set()).add(asked(example))
    assert sum(len(prompts) > 1 for prompts in by_text.values()) > len(by_text) / 2
    wordings = [opening.partition("{")[0] for opening, *_ in WORDINGS]
    found = {opening for opening in wordings for example in several["train"] if asked(example).startswith(opening)}
    assert found == set(wordings)
    facts = [asked(example).count("\n- ") for example in several["train"] if example.view]
    assert min(facts) == 0 < max(facts)


def test_a_held_out_loss_is_taken_once_a_text_and_as_writing_asks(filled: Any, tmp_path: Path) -> None:
    several = made(filled, tmp_path, views=3, opening_share=1.0)
    measured = [one for one in several["tune"] if one.measured]
    assert len(measured) == len({example.document for example in several["tune"]})
    assert all(asked(example).startswith("Write a ") for example in measured)


def test_an_opening_is_gone_on_from(filled: Any, tmp_path: Path) -> None:
    texts = {doc.text for doc in filled(*POSTS).documents()}
    examples = [one for one in made(filled, tmp_path, opening_share=1.0)["train"] if one.shape == "opening"]
    assert examples
    for example in examples:
        opening = asked(example).rpartition("Go on from:\n")[2]
        (text,) = [text for text in texts if text.endswith(example.completion)]
        assert opening == sentences(text)[0]
        assert opening not in example.completion
    assert not [one for one in made(filled, tmp_path / "none")["train"] if one.shape == "opening"]


def test_old_texts_may_weigh_less_and_the_newest_always_one(filled: Any, tmp_path: Path) -> None:
    """Documents come oldest first, so their examples do too."""
    falling = made(filled, tmp_path, oldest_weight=0.25)
    weights = [example.weight for example in falling["train"]]
    assert weights == sorted(weights)
    assert (weights[0], weights[-1]) == (0.25, 1.0)
    assert {example.weight for side in ("tune", "test") for example in falling[side]} == {1.0}
    assert {example.weight for example in made(filled, tmp_path / "even")["train"]} == {1.0}


def test_a_year_is_named_where_it_is_learned_from_alone(filled: Any, tmp_path: Path) -> None:
    """What is measured is asked for as writing does, without a year."""
    dated = made(filled, tmp_path, views=2, year_share=1.0)
    assert all("As you wrote in 2023." in asked(example) for example in dated["train"])
    assert not any("As you wrote" in asked(example) for side in ("tune", "test") for example in dated[side])
    some = made(filled, tmp_path / "some", views=2, year_share=0.5)["train"]
    assert 0 < sum("As you wrote" in asked(example) for example in some) < len(some)


def test_a_year_that_is_asked_for_reads_as_in_training() -> None:
    prompt = writing_prompt("Ada", Brief("lifts", year="2019"))
    assert "As you wrote in 2019." in prompt[-1].content
    assert "As you wrote" not in writing_prompt("Ada", Brief("lifts"))[-1].content


def test_no_example_teaches_or_tells_an_address_behind_words(filled: Any, tmp_path: Path) -> None:
    linked = [
        replace(one, text=one.text.replace("lift", "[lift](/2012/lift)") + "\n\n![13](a/13.png)") for one in POSTS
    ]
    plain = made(filled, tmp_path / "plain", opening_share=1.0, note_share=1.0)
    found = made_of(linked, filled, tmp_path / "linked", opening_share=1.0, note_share=1.0)
    told = {side: [(asked(one), one.completion) for one in found[side]] for side in SIDES}
    assert told == {side: [(asked(one), one.completion) for one in plain[side]] for side in SIDES}


def test_a_text_of_pictures_alone_teaches_nothing(filled: Any, tmp_path: Path) -> None:
    pictures = replace(POSTS[0], text="* " + " ".join(f"![a picture of door {i}](a/{i}.png)" for i in range(40)))
    found = made_of([pictures, *POSTS[1:]], filled, tmp_path, note_share=1.0)
    assert sum(map(len, found.values())) == len(POSTS) - 1
    assert not any(asked(one).endswith("*") or "\n* \n" in asked(one) for side in SIDES for one in found[side])


@given(
    st.lists(st.tuples(st.sampled_from("uvwxyz"), st.sets(st.sampled_from(WORDS), max_size=3)), min_size=1, max_size=8),
    st.sets(st.sampled_from(WORDS), max_size=3),
    st.sampled_from("uvwxyz"),
    st.integers(0, 99),
)
def test_notes_are_from_the_text_that_says_most_of_what_is_asked_and_from_any_other(
    texts: list[tuple[str, set[str]]], wanted: set[str], work: str, seed: int
) -> None:
    """Told by looking at every text, which takes too long where there are ten thousand."""
    documents: list[Any] = [SimpleNamespace(id=digest("id", i), work=one) for i, (one, _) in enumerate(texts)]
    said = {doc.id: words for doc, (_, words) in zip(documents, texts, strict=True)}
    others = Others.of(documents, {name: " ".join(words) for name, words in said.items()})
    there = [doc for doc in documents if doc.work != work]
    nearest = min(there, key=lambda doc: (-len(wanted & said[doc.id]), doc.id), default=None)
    assert others.nearest(wanted, work) is nearest
    if there:
        assert others.any(work, random.Random(seed)) is random.Random(seed).choice(there)


def test_each_text_is_looked_at_once_however_many_there_are(
    filled: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every text against every other one took minutes of ten thousand posts."""
    read: list[str] = []
    monkeypatch.setattr(examples, "topic_words", lambda text: read.append(text) or topic_words(text))
    found = made(filled, tmp_path, note_share=1.0, views=3)
    assert len(found["train"]) == 3 * len(read) > 30
