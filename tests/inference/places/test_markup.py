"""Markdown to HTML that is safe to show, to plain text, and back."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.core.links import link_parts
from twin.inference.places import _markup as markup

TAGS = set("h1 h2 h3 h4 h5 h6 p br hr ul ol li blockquote pre code em strong a".split())
PIECES = st.sampled_from(
    ["# ", "\n", "\n\n", "- ", "1. ", "> ", "```", "`", "**", "_", "[x](", ")", "<script>alert(1)</script>", "![i](",
     "javascript:alert(1)", "JaVaScRiPt&colon;x", "&#106;avascript:x", "data:text/html,x", "https://x.example/a",
     "mailto:ada@x.example", "<a onclick=x>", "<https://x.example>", "<javascript:x>", '"', "'", "&lt;", "word", " "]
)  # fmt: skip
MARKDOWN = st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60)
ARTICLE = """\
# Tracks

We *clean* **first**, see [the log](https://x.example/log) & <b>more</b>.

## How

- brush
- oil
  1. thin
  2. thick

> It cost less.

```py
print("<b>")
```
"""


@given(MARKDOWN)
def test_html_holds_nothing_but_what_an_article_is_made_of(text: str) -> None:
    tree = BeautifulSoup(markup.html(text), "html.parser")
    for tag in tree.find_all(True):
        assert tag.name in TAGS
        assert set(tag.attrs) <= ({"href", "title"} if tag.name == "a" else {"start"})
        assert link_parts(str(tag.get("href", "https://x"))).scheme in markup.SCHEMES


def test_an_article_as_html() -> None:
    assert markup.html(ARTICLE) == (
        "<h1>Tracks</h1>\n"
        '<p>We <em>clean</em> <strong>first</strong>, see <a href="https://x.example/log">the log</a> &amp; '
        "&lt;b&gt;more&lt;/b&gt;.</p>\n"
        "<h2>How</h2>\n<ul>\n<li>brush</li>\n<li>oil\n<ol>\n<li>thin</li>\n<li>thick</li>\n</ol>\n</li>\n</ul>\n"
        "<blockquote>\n<p>It cost less.</p>\n</blockquote>\n"
        "<pre><code>print(&quot;&lt;b&gt;&quot;)\n</code></pre>"
    )


def test_an_article_as_plain_text() -> None:
    assert markup.plain(ARTICLE) == (
        "Tracks\n\nWe clean first, see the log (https://x.example/log) & <b>more</b>.\n\nHow\n\n"
        '- brush\n- oil\n  1. thin\n  2. thick\n\nIt cost less.\n\nprint("<b>")'
    )
    assert "Tracks" not in markup.plain(ARTICLE, headings=False)


def test_an_address_that_is_its_own_label_is_said_once() -> None:
    assert markup.plain("<https://x.example> <ada@x.example>") == "https://x.example ada@x.example"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "docs/tour.md", "//x.example", "file:///x"]
)
def test_other_links_stay_text(link: str) -> None:
    assert markup.html(f"[x]({link})") == f"<p>[x]({link})</p>"


def test_a_picture_becomes_its_description() -> None:
    assert markup.html('![a "door"](https://x.example/i.png)') == "<p>a &quot;door&quot;</p>"


@settings(deadline=None)
@given(st.text(alphabet="ab *_`#>\n[]()<>.-+=~\\&;1!|:/", max_size=60) | st.text(max_size=60))
def test_plain_text_as_markdown_says_the_same_words(text: str) -> None:
    text = text.replace("\x00", "")
    bullets = str.maketrans("", "", "-•–*+ \t")
    shown = "".join(markup.plain(markup.from_plain(text)).split())
    assert shown.translate(bullets) == "".join(text.split()).translate(bullets)


def test_lists_and_links_of_a_plain_text_live_in_markdown() -> None:
    text = "Why? 2 * 3\nBecause:\n• one_two\n• # three\nSee https://x.example/_a_."
    assert markup.from_plain(text) == (
        "Why? 2 \\* 3\n\nBecause:\n\n- one_two\n- \\# three\n\nSee <https://x.example/_a_>."
    )


def test_a_list_keeps_its_numbers_in_markdown() -> None:
    assert markup.from_plain("3. a\n4. b\n\n9. c\n1) d") == "3. a\n4. b\n\n9\\. c\n\n1\\) d"
    assert markup.plain(markup.from_plain("3. a\n4. b\n\n9. c")) == "3. a\n4. b\n\n9. c"


def test_a_fence_that_is_never_closed_is_found() -> None:
    assert markup.open_fence("a\n````py\n```\nx") == "````"
    assert markup.open_fence("~~~\n```\n~~~\n") == ""
    assert markup.open_fence("```\nx\n```") == ""
