"""How X counts, by the cases of twitter-text's own conformance tests and by what its third configuration says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.inference.places._weights import weight

ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("text", "weighs"),
    [
        ("", 0),
        ("This is a test.", 15),
        ("a\nb", 3),
        ("저찀쯿쿿", 8),
        ("“yes” – no…", 12),
        ("\u10ff\u1100", 3),
        ("\u200d\u2010\u201f\u2020\u2032\u2037\u2038", 9),
        ("€100", 5),
        ("é", 1),
        ("e\u0301", 1),
        ("\U00010000", 2),
    ],
)
def test_signs_weigh_one_or_two_after_composition(text: str, weighs: int) -> None:
    assert weight(text) == weighs


@pytest.mark.parametrize(
    ("text", "weighs"),
    [
        ("http://test.com", 23),
        ("https://test.com", 23),
        ("test.com", 23),
        ("Test https://test.com test https://test.com test.com test", 86),
        ("HTTPS://www.ExaMPLE.COM/index.html?a=b#c", 23),
        ("https://example.org/" + "long/" * 100, 23),
        ("(see https://x.example/a_(b).)", 7 + 23),
        ("https://x.example/a, and", 23 + 5),
        ("t.co", 23),
        ("foo.co.jp", 23),
        ("ada@example.org", 15),
        ("README.md", 9),
        ("readme.md/x", 23),
        ("e.g. 1.5 of it", 14),
        ("the end.Then more", 17),
    ],
)
def test_a_link_weighs_23_and_what_is_none_does_not(text: str, weighs: int) -> None:
    assert weight(text) == weighs


@pytest.mark.parametrize("emoji", ["🐱", "☺", "❤️", "👍🏽", "👨‍👩‍👧‍👦", "👩🏽‍🚀", "🏳️‍🌈", "🇩🇪", "1️⃣", "©️", ENGLAND])
def test_an_emoji_weighs_two_whatever_it_is_made_of(emoji: str) -> None:
    assert weight(emoji) == 2
    assert weight(f"a{emoji}{emoji}b") == 6


@given(st.text(max_size=60), st.text(max_size=60))
def test_parts_with_a_space_between_weigh_what_they_weigh_alone(left: str, right: str) -> None:
    assert weight(f"{left} {right}") == weight(left) + 1 + weight(right)
