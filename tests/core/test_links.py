"""Links: what stands behind their words goes, however it is written; what is no link stays to the letter."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.core.links import unlinked, unlinked_passage


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("See [my post](https://ada.example/2023/doors) on doors.", "See my post on doors."),
        ("See [my post](/2023/doors 'Doors: 41 of them') and [that](two.md).", "See my post and that."),
        ("[a page\nof mine](http://ada.example/a_(b)) is up", "a page\nof mine is up"),
        ("[a]( http://x ) [b](<http://x/a b>) [c](http://x (T)) [d](/x(a(b)c)) [e](../)", "a b c d e"),
        ('[a](/y){:target="_blank"} and a[b](https://x.y)', "a and ab"),
        ("[p]({% post_url 2014-01-27-lift %}) [q]({{ site.url }}/a/) [r]({{< ref 'x.md' >}})", "p q r"),
        ("[What opened? Ada tells](/2012/05/doors) here", "What opened? Ada tells here"),
        ("I have not written [it]() yet.", "I have not written it yet."),
        ("[a][1], [b], [c][] and [d].\n\n[1]: https://x.y '2014'\n[b]: /r/41\n[c]: x.md", "a, b, c and [d]."),
        ("Doors.\n\n![a door](door.png)\n\nMore doors.", "Doors.\n\nMore doors."),
        ("A:\n![x](y.png)\nB\n- ![x](y.png)\n- b", "A:\nB\n- b"),
        ("[![a door](door.png)](https://ada.example)\nIt opens", "It opens"),
        ("Hi.\n\n<!--more-->\n\nSee <a href='https://a.b'>this</a> <IMG SRC='c.png'>.", "Hi.\n\nSee this ."),
        ("so [1] says\n\n[1]: HTTPS://x.y/2014 'Title of 2014'", "so  says"),
        ("[x](HTTPS://A.COM) and [y](#top)", "x and y"),
        ("1. x\n   ```js\n   a[b](/c)\n   ```\n[d](/e)", "1. x\n   ```js\n   a[b](/c)\n   ```\nd"),
        ("```py\nimport x\n\n\ndef f():\n```\n[a](/b)", "```py\nimport x\n\n\ndef f():\n```\na"),
    ],
)
def test_a_link_says_its_words_and_a_picture_nothing(text: str, said: str) -> None:
    assert unlinked(text) == said
    assert unlinked(said) == said


@pytest.mark.parametrize(
    "text",
    [
        "Read https://ada.example/2023 today.",
        "@[Ada](urn:li:person:1) wrote rows[i](x) and handlers[name](event.data).",
        "Type `[a](b.md)`.\n```\n[d](/e)\n```\n\n\nThree lines.  ",
        "[one\n\ntwo](http://ada.example)",
        "$[A,B](t/2)$ is \\left[0,1\\right](x/y)",
        "[Foucault](1975:23) says [sic](ebd.)",
        "\\[no link\\](http://x.y)",
        "if b <a and c> d, Map<a> and <b>bold</b>",
        "[Update]: I was wrong.[^1]\n\n[^1]: A note.",
        "- [x] done\n- [ ] not",
        "1/7) I have thoughts on HTML's <video> element [sic](?)",
        "[Edit]: https://foo.com is where it began, in 2019.\n[TODO]: #42 must be mended",
        "    first = line[of](/code)\n",
    ],
)
def test_what_is_no_link_stays_to_the_letter(text: str) -> None:
    assert unlinked(text) == text


@pytest.mark.parametrize(
    ("piece", "said"),
    [
        ("/2012/05/doors-and-ropes) about it. It rained", "about it. It rained"),
        ("doors](/2012/05/x) stick, as [a door](https://a.b/c", "doors stick, as a door"),
        ("1/7) I have [thoughts](/x)", "1/7) I have thoughts"),
        ("(/etc/hosts) is read first", "(/etc/hosts) is read first"),
    ],
)
def test_a_passage_may_begin_and_end_within_a_link(piece: str, said: str) -> None:
    assert unlinked_passage(piece) == said


@given(st.lists(st.sampled_from(["[a](/b)", "![a](b)", "`[a](/b)`", "a", "[", "](", ")", "!", " ", "\n"]), max_size=30))
def test_nothing_before_or_after_links_is_lost(signs: list[str]) -> None:
    said = unlinked(f"Before. {''.join(signs)} After.")
    assert said.startswith("Before.") and said.endswith("After.")


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "![x](",
        '[x](a.b "',
        "[x](<",
        "<!--",
        "[a][b]",
        "[\\",
        "[x]({{ ",
        "- ![a](b) ",
        "![a]({{x}}/b.png) ",
        "[![a]({{x}})]({{y}}) ",
        "[a]: <",
    ],
)
def test_half_links_take_time_that_grows_with_the_text(piece: str) -> None:
    def seconds(times: int) -> float:
        started = time.process_time()
        unlinked(piece * times)
        return time.process_time() - started

    assert seconds(8_000) < 40 * max(seconds(1_000), 0.005)
