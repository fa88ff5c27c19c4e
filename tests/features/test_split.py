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
