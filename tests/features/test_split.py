"""Sides of works: newest held out, enough of them where there are few, and never back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lift_posts import START
from test_works import document

from twin.core.records import Document, Item
from twin.features.split import LEAST_TO_JUDGE, explained, new_sides, sizes

SHARES = {"train_share": 0.6, "test_share": 0.2}


def written(n: int) -> list[Document]:
    return [document(Item(f"{i:03}", "post", "linkedin", "x", published=START)) for i in range(n)]


@pytest.mark.parametrize(
    ("works", "held", "tune"),
    [
        *((200, 40, 40), (100, 20, 20), (60, 12, 12), (59, 12, 6), (36, 12, 4)),
        *((24, 8, 2), (20, 6, 2), (12, 4, 2), (3, 1, 0), (0, 0, 0)),
    ],
)
def test_few_works_hold_out_a_third_at_most(works: int, held: int, tune: int) -> None:
    assert sizes(works, **SHARES) == (held, tune)


@given(works=st.integers(0, 500))
def test_something_is_left_to_learn_from_and_nothing_is_counted_twice(works: int) -> None:
    test, tune = sizes(works, **SHARES)
    assert test >= 0
    assert tune >= 0
    assert test + tune <= works
    assert works < 4 or works - test - tune >= works // 3


def test_the_newest_are_held_out_and_stay_so_when_more_comes() -> None:
    first = new_sides(written(40), **SHARES, known={})
    assert list(first.values()) == ["train"] * 24 + ["tune"] * 4 + ["test"] * 12
    later = new_sides(written(100), **SHARES, known=first)
    assert not set(later) & set(first)
    assert list(later.values()).count("test") == 8
    assert list(later.values())[-8:] == ["test"] * 8


def test_what_few_works_mean_is_said() -> None:
    assert explained(60) == []
    assert len(explained(59)) == len(explained(LEAST_TO_JUDGE)) == 1
    assert "no verdict" in explained(LEAST_TO_JUDGE - 1)[1]


def mixed(*kinds: tuple[str, int]) -> list[Document]:
    """Documents of these kinds, oldest first: all of the first kind come before those of the next."""
    items = [Item(f"{kind}{i:03}", kind, "blog", "x", published=START) for kind, n in kinds for i in range(n)]  # type: ignore[arg-type]
    return [document(item) for item in items]


def held(documents: list[Document], sides: dict[str, str], kind: str) -> int:
    return sum(sides[doc.work] == "test" for doc in documents if doc.kind == kind)


def test_each_register_of_enough_works_is_held_out_for_itself() -> None:
    documents = mixed(("post", 80), ("article", 40), ("comment", 5), ("paper", 5))
    sides = new_sides(documents, **SHARES, known={})
    assert [held(documents, sides, kind) for kind in ("post", "article")] == [16, 8]
    assert held(documents, sides, "comment") + held(documents, sides, "paper") == 2, (
        "small registers are shared out together"
    )
    posts = [sides[doc.work] for doc in documents if doc.kind == "post"]
    assert posts == ["train"] * 48 + ["tune"] * 16 + ["test"] * 16


def test_a_register_that_grows_later_keeps_what_was_held_out() -> None:
    before = mixed(("post", 80), ("article", 10))
    first = new_sides(before, **SHARES, known={})
    after = mixed(("post", 80), ("article", 60))
    later = new_sides(after, **SHARES, known=first)
    assert not set(first) & set(later)
    assert held(after, {**first, **later}, "article") == 12
    assert held(after, {**first, **later}, "post") == 16


def test_few_works_are_not_parted_by_register() -> None:
    documents = mixed(("post", 20), ("article", 20))
    sides = new_sides(documents, **SHARES, known={})
    assert (held(documents, sides, "post"), held(documents, sides, "article")) == (0, 12)
