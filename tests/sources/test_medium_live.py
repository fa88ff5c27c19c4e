"""Medium's feed: ten texts, responses told from articles, teasers marked, keys equal to the export's."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from exports import medium_post, unpacked
from fakes import FakeWeb, reading
from hypothesis import example, given, settings
from hypothesis import strategies as st

from twin import sources
from twin.core.errors import BadSource, TwinError, Wall
from twin.core.records import Item, Page, Skipped
from twin.sources import medium

FEED = "https://medium.com/feed/@ada"
ITEM = """<item><title><![CDATA[{title}]]></title><link>https://medium.com/@ada/x-{id}?source=rss-1------2</link>
<guid isPermaLink="false">https://medium.com/p/{id}</guid>{more}<dc:creator><![CDATA[{who}]]></dc:creator>
<pubDate>Fri, 05 Jul 2024 10:00:00 GMT</pubDate><content:encoded><![CDATA[{html}]]></content:encoded></item>"""
PIXEL = '<img src="https://medium.com/_/stat?event=post.clientViewed" width="1" height="1" alt="">'
TEASER = """<div class="medium-feed-item"><p class="medium-feed-snippet">Doors are the whole job.</p>
<p class="medium-feed-link"><a href="https://medium.com/p/1">Continue reading on Medium »</a></p></div>"""
CATEGORY = "<category>lifts</category>"


def feed(*items: str, url: str = FEED) -> Page:
    head = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Ada</title><generator>Medium</generator>"""
    return Page(url, (head + "".join(items) + "</channel></rss>").encode(), "text/xml")


def item(key: str, html: str, *, title: str = "On doors", more: str = CATEGORY, who: str = "Ada Example") -> str:
    return ITEM.format(title=title, id=key, html=html, more=more, who=who)


def found(page: Page, location: str = "https://medium.com/@ada") -> list[Item | Skipped]:
    return list(medium.read(location, reading(Path("unused"), web=FakeWeb({page.url: page}))))


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("medium.com/@ada", "medium"),
        ("https://www.medium.com/@ada", "medium"),
        ("ada.medium.com", "medium"),
        ("http://medium.com/better-programming", "medium"),
        ("ada.substack.com", "substack"),
        ("https://ada.substack.com/archive", "substack"),
    ],
)
def test_a_link_is_recognised_in_any_spelling(typed: str, kind: str) -> None:
    assert sources.which(typed) == kind


def test_an_article_a_response_and_a_teaser_are_told_apart() -> None:
    html = f"<h3>On doors</h3><p>They shut – “mostly”.</p><blockquote>Said she.</blockquote>{PIXEL}"
    article, response, teaser = found(
        feed(item("0c41d09be2a6", html), item("1c41d09be2a7", "<p>Well said.</p>", more=""), item("2c", TEASER))
    )
    assert isinstance(article, Item) and isinstance(response, Item) and isinstance(teaser, Item)
    assert (article.key, article.kind, article.title) == ("c41d09be2a6", "article", "On doors")
    assert (article.text, article.quoted) == ("They shut – “mostly”.", "Said she.")
    assert article.url == "https://medium.com/@ada/x-0c41d09be2a6" and not article.truncated
    assert (response.kind, response.title, response.text) == ("comment", "", "Well said.")
    assert teaser.truncated and teaser.text == "Doors are the whole job."


def test_a_publication_gives_my_texts_only() -> None:
    page = feed(
        item("1c41d09be2a6", "<p>Mine.</p>"),
        item("2c41d09be2a6", "<p>His.</p>", who="Bob Builder"),
        url="https://medium.com/feed/lifts",
    )
    mine, his = found(page, "https://medium.com/lifts")
    assert isinstance(mine, Item) and mine.text == "Mine."
    assert isinstance(his, Skipped) and his.reason == "written by Bob Builder"


def test_a_name_before_medium_com_may_be_a_publication_s() -> None:
    mine, his = item("1c41d09be2a6", "<p>Mine.</p>"), item("2c41d09be2a6", "<p>His.</p>", who="Bob Builder")
    at, url = "https://lifts.medium.com", "https://lifts.medium.com/feed"
    assert [isinstance(one, Item) for one in found(feed(mine, his, url=url), at)] == [True, False]
    assert [isinstance(one, Item) for one in found(feed(his, url=url), at)] == [True]


def test_what_medium_adds_to_a_text_is_left_out() -> None:
    html = f"""<p>They <a href="https://x.example">shut</a>.</p><a href="https://x.example/card">A card</a>
    <ul><li><a href="https://x.example/1">Card one</a></li><li><a href="https://x.example/2">Card two</a></li></ul>
    <ul><li>Mine, with a <a href="https://x.example">link</a></li></ul>{PIXEL}<hr><p><a href="https://x.example">On
    doors</a> was originally published in <a href="https://x.example">Lifts</a> on Medium, where people are continuing
    the conversation by highlighting and responding to this story.</p>"""
    (one,) = found(feed(item("1c41d09be2a6", html)))
    assert isinstance(one, Item) and one.text == "They shut.\n\n- Mine, with a link"


def test_an_article_without_a_category_keeps_its_title_and_signs() -> None:
    html = "<h4>Why they shut</h4><p>They do.</p>"
    titled, headed = found(
        feed(
            item("1c41d09be2a6", html, title="Doors &amp; rails", more=""),
            item("2c41d09be2a6", "<h3>Doors &amp; rails</h3><p>They do.</p>", title="Doors &amp; rails", more=""),
        )
    )
    assert isinstance(titled, Item) and isinstance(headed, Item)
    assert (titled.kind, titled.title, titled.text) == ("article", "Doors & rails", "## Why they shut\n\nThey do.")
    assert (headed.kind, headed.title, headed.text) == ("article", "Doors & rails", "They do.")


def test_the_feed_and_the_export_give_one_document(tmp_path: Path) -> None:
    body = "<p>They shut – “mostly”.</p>"
    (live,) = found(feed(item("00c41d09be2a", body)))
    (kept,) = medium.read(
        str(unpacked({"posts/2024-07-05_On-doors-c41d09be2a.html": medium_post("On doors", body)}, tmp_path)),
        reading(tmp_path),
    )
    assert isinstance(live, Item) and isinstance(kept, Item)
    assert (live.key, live.text, live.title) == (kept.key, kept.text, kept.title)


def test_a_feed_that_breaks_off_keeps_what_stands_before() -> None:
    whole = feed(item("1c41d09be2a6", "<p>One.</p>"), item("2c41d09be2a6", "<p>Two.</p>"))
    cut = Page(whole.url, whole.content[: whole.content.index(b"Two.")], whole.kind)
    assert "One." in {one.text for one in found(cut) if isinstance(one, Item)}


def test_a_feed_saved_from_a_browser_has_a_sentence_in_front() -> None:
    page = feed(item("1c41d09be2a6", "<p>One.</p>"))
    said = b"This XML file does not appear to have any style information associated with it.\n"
    assert len(found(Page(page.url, said + page.content, page.kind))) == 1


@settings(deadline=None, max_examples=60)
@example(256, b"[", 0)
@example(51, b"\xa0", 0)
@given(st.integers(0, 1500), st.binary(max_size=80), st.integers(0, 60))
def test_whatever_a_feed_holds_it_is_read_or_refused(at: int, noise: bytes, gone: int) -> None:
    whole = feed(item("1c41d09be2a6", "<p>One.</p>"), item("2c41d09be2a6", TEASER), item("3c", "<ul><li><a>x</a>"))
    page = Page(whole.url, whole.content[:at] + noise + whole.content[at + gone :], whole.kind)
    with suppress(TwinError):
        assert all(isinstance(one, Item | Skipped) for one in found(page))


def test_ten_thousand_entries_are_read() -> None:
    assert len(found(feed(*(item(f"{i:012x}", f"<p>Text {i}.</p>") for i in range(1, 10_001))))) == 10_000


def test_a_wall_and_a_page_that_is_no_feed_are_errors_that_say_so() -> None:
    wall = Wall("a challenge", "save it")
    with pytest.raises(Wall):
        list(medium.read("https://medium.com/@ada", reading(Path("unused"), web=FakeWeb({FEED: wall}))))
    with pytest.raises(BadSource, match="is not a feed"):
        found(Page(FEED, b"<html><body>Hello</body></html>"))


def test_the_route_names_the_ten_and_the_export() -> None:
    way = medium.route("https://medium.com/@ada", reading(Path("unused")))
    assert "ten" in way.taken and "export" in way.better
    assert medium.owner("https://medium.com/@ada") == ["https://medium.com/@ada"]
