"""Ids are made from content alone, and "I" am recognised however my name is spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.core.records import Identity, digest

ME = Identity("Ada Example", ("ada@example.org", "https://www.linkedin.com/in/ada/", "@ada_writes", ""))


@pytest.mark.parametrize(
    "value",
    [
        "ada@example.org",
        "ADA@Example.org ",
        "linkedin.com/in/ada",
        "http://linkedin.com/in/Ada",
        "ada_writes",
        "ada  example",
    ],
)
def test_i_am_recognised(value: str) -> None:
    assert ME.is_me(value)


@pytest.mark.parametrize(
    "value", ["", " ", "@", "ada", "example.org", "bada@example.org", "linkedin.com/in/ada-b", "Ada"]
)
def test_nobody_else_is(value: str) -> None:
    assert not ME.is_me(value)


def test_an_author_without_a_name_is_not_everybody() -> None:
    assert not Identity("", ("",)).is_me("")


@given(st.dictionaries(st.text(), st.integers()))
def test_a_digest_does_not_hang_on_the_order_of_keys(values: dict[str, int]) -> None:
    assert digest(values) == digest(dict(reversed(values.items())))


def test_parts_do_not_run_together() -> None:
    assert len({digest("ab", "c"), digest("a", "bc"), digest("abc"), digest(["ab", "c"])}) == 4
    assert digest("x") == digest("x")
    assert len(digest("\ud800")) == 16
