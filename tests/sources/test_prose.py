"""HTML to text as a person saw it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.sources.prose import one_line, parsed, prose_of, without


def text(html: str) -> str:
    return prose_of(parsed(html)).text


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<p>One\n   line</p>", "One line"),
        ("<p>One<br>two <br> three</p>", "One\ntwo\nthree"),
        ("<p>One<br><br>two</p>", "One\n\ntwo"),
        ("<h1>A</h1><h4>B <em>c</em></h4>", "## A\n\n## B c"),
        ("<p><b>Bold</b>, <i>slant</i> and <code>code</code></p>", "Bold, slant and code"),
        ('<p>See <a href="https://example.org">this page</a>.</p>', "See this page."),
        ("<ul><li>one</li><li><p>two</p></li></ul>", "- one\n- two"),
        ("<ol start=3><li>one</li><li>two</li></ol>", "3. one\n4. two"),
        ("<ul><li>one<ul><li>deep</li></ul></li></ul>", "- one\n  - deep"),
        ("<pre>a = 1<br>  b = 2\n</pre>", "```\na = 1\n  b = 2\n```"),
        ("<pre>```x```</pre>", "````\n```x```\n````"),
        ("<p>&#x201C;It&#8217;s&#x201D; &amp; 5&nbsp;m…</p>", "“It’s” & 5 m…"),
        ("<p>😀 ünïcode — 𝗯𝗼𝗹𝗱</p>", "😀 ünïcode — 𝗯𝗼𝗹𝗱"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td></td></tr></table>", "a | b\nc | "),
        (
            "<table><tr><th>Door</th><th>Why</th></tr><tr><td>1</td><td><p>a</p><p>b</p></td></tr></table>",
            "Door | Why\n1 | a b",
        ),
        (
            "<table><tr><td>Menu</td><td><h2>On doors</h2><p>One.</p><p>Two.</p></td></tr></table>",
            "Menu\n\n## On doors\n\nOne.\n\nTwo.",
        ),
        (
            "<table><tr><td><table><tr><td>a</td><td>b</td></tr></table>One.<br><br>Two.</td></tr></table>",
            "a | b\n\nOne.\n\nTwo.",
        ),
        ("<table role=presentation><tr><td>a</td><td>b</td></tr></table>", "a\n\nb"),
        ("<div>bare<div>deep</div>tail</div>", "bare\n\ndeep\n\ntail"),
        ("<style>p{}</style><script>x()</script><!-- note --><svg><text>no</text></svg><p>Yes</p>", "Yes"),
        ("<figure><img alt='no'><figcaption>The caption</figcaption></figure>", "The caption"),
        ("just words, https://example.org", "just words, https://example.org"),
        ("<?xml version='1.0'?><p>x</p>", "x"),
        ("", ""),
        ("<p> </p><h2></h2><ul></ul><pre></pre>", ""),
    ],
)
def test_what_is_seen(html, seen):
    assert text(html) == seen


def test_block_quotes_stand_apart_wherever_they_are():
    prose = prose_of(
        parsed("<p>I say.</p><blockquote><p>They.</p><p>Said.</p></blockquote><ul><li>a<blockquote>b</blockquote>")
    )
    assert prose.text == "I say.\n\n- a"
    assert prose.quoted == "They.\n\nSaid.\n\nb"


def test_deep_nesting_is_no_trouble():
    deep = 3000
    assert "bottom" in text("<div>" * deep + "bottom" + "</div>" * deep)
    assert text("<ul><li>" * 200 + "bottom").endswith("bottom")
    assert prose_of(parsed("<blockquote>" * 200 + "bottom")).quoted == "bottom"


def test_without_takes_out_what_is_inside_what_was_taken_out():
    tree = parsed("<div class=a><p class=b>x</p></div><p>y</p>")
    without(tree, ".a", ".b")
    assert one_line(tree) == "y"


words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="<>&"), min_size=1)


@given(st.lists(words, min_size=1, max_size=5))
@settings(deadline=None, max_examples=50)
def test_paragraphs_come_back_as_they_were(paragraphs):
    assert text("".join(f"<p>{one}</p>" for one in paragraphs)) == "\n\n".join(paragraphs)


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")) | st.from_regex(r"(<[a-z/!?]*[^<]*)+")
)
@settings(deadline=None, max_examples=200)
def test_any_text_can_be_read_as_html(html):
    if "\x00" not in html:
        prose_of(parsed(html))


def test_tags_nested_a_hundred_thousand_deep_are_read_in_seconds() -> None:
    page = "<p>before</p>" + "<div>" * 100_000 + "deep <b>down</b>" + "</div>" * 100_000
    tree = parsed(page)
    assert sum(1 for _ in tree.find_all(True)) < 1_000
    assert prose_of(tree).text.split() == ["before", "deep", "down"]
