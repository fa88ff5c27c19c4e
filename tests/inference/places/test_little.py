"""Text for LinkedIn's Posts API: whatever is escaped comes back, and nothing reserved is left that ends a post."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.inference.places import load
from twin.inference.places._little import RESERVED, escape, unescape

SIGNS = st.text(alphabet=RESERVED + "ab1 \n.,:/", max_size=60)
PIECES = st.sampled_from(["@[Ada B](urn:li:person:a-1)", "#doors", "https://x.example/a_b~c", "C#", "\\", "#", "@["])
TEXTS = st.text(max_size=60) | SIGNS | st.lists(SIGNS | PIECES, max_size=8).map("".join)


@given(TEXTS)
def test_what_is_escaped_comes_back(text: str) -> None:
    assert unescape(escape(text)) == text


@given(SIGNS.filter(lambda text: "#" not in text and "//" not in text and "](urn:" not in text))
def test_every_reserved_sign_has_a_backslash_before_it(text: str) -> None:
    assert re.sub(rf"\\[{re.escape(RESERVED)}]", "", escape(text)) == re.sub(rf"[{re.escape(RESERVED)}]", "", text)


@pytest.mark.parametrize(
    ("text", "little"),
    [
        ("Doors (two) cost <$5> [each] | {net}", r"Doors \(two\) cost \<$5\> \[each\] \| \{net\}"),
        ("*a* _b_ ~c~ a\\b me@here", r"\*a\* \_b\_ \~c\~ a\\b me\@here"),
        ("Thanks @[Ada B](urn:li:person:12)!", "Thanks @[Ada B](urn:li:person:12)!"),
        ("@[no urn](https://x.example)", r"\@\[no urn\]\(https://x.example\)"),
        ("#doors and C# and #1", r"#doors and C\# and \#1"),
        ("(https://x.example/a_b?c=~d)", r"\(https://x.example/a_b?c=~d\)"),
        ("\\@[Ada](urn:li:person:1)", "\\\\@[Ada](urn:li:person:1)"),
    ],
)
def test_mentions_hashtags_and_links_keep_their_meaning(text: str, little: str) -> None:
    assert escape(text) == little
    assert unescape(little) == text


def test_a_mention_is_pasted_as_a_name_and_counted_so() -> None:
    post = load("linkedin-post")
    text = "Thanks @[Ada B](urn:li:person:12) (again)."
    assert post.render(text) == {
        "text": "Thanks Ada B (again).",
        "api": r"Thanks @[Ada B](urn:li:person:12) \(again\).",
    }
    assert post.count(text) == len("Thanks Ada B (again).")
    assert post.check(text) == []
