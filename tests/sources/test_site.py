"""Blogs and articles: every post once, the author's alone, walls and menus never, and only what changed is read."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeWeb, reading
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin import sources
from twin.core.errors import BadSource, TwinError, Wall
from twin.core.records import Item, Page, Skipped
from twin.sources import site
from twin.sources.site.blog import UNREAD
from twin.sources.site.pages import plain_url

HOME = "https://ada.example/"
WORDS = " ".join(f"Door number {n} of the old hotel was shut when I came." for n in range(12))


def html(text: str = WORDS, *, head: str = "", author: str = "Ada Example", kind: str = "article") -> bytes:
    told = json.dumps({"@type": "BlogPosting", "author": {"name": author}, "datePublished": "2024-05-06T10:00:00Z"})
    script = f'<script type="application/ld+json">{told}</script>' if kind == "article" else ""
    return f"""<html><head><title>Doors</title>{script}{head}</head><body><nav>Menu Home About</nav>
    <article><h1>Doors</h1><p>{text}</p></article>
    <div id="comments"><p>Great post, says a stranger.</p></div><footer>Imprint</footer></body></html>""".encode()


def rss(*items: str, more: str = "") -> bytes:
    return f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{more}
    {"".join(items)}</channel></rss>""".encode()


def entry(path: str, text: str = WORDS, *, who: str = "Ada Example", whole: bool = True) -> str:
    tag = "content:encoded" if whole else "description"
    return f"""<item><title>Post {path}</title><link>{HOME}{path}?utm_source=rss</link><dc:creator>{who}</dc:creator>
    <pubDate>Mon, 06 May 2024 10:00:00 GMT</pubDate><{tag}><![CDATA[<p>{text}</p>]]></{tag}></item>"""


FEED_LINK = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'


def web(pages: dict[str, bytes | Exception | Page]) -> FakeWeb:
    kinds = {"xml": "application/xml", "json": "application/json", "txt": "text/plain"}
    made: dict[str, Page | Exception] = {}
    for path, content in pages.items():
        url = path if "://" in path else HOME + path
        if isinstance(content, bytes):
            made[url] = Page(url, content, kinds.get(path.rpartition(".")[2], "text/html"))
        else:
            made[url] = content
    return FakeWeb(made)


def found(pages: FakeWeb, cache: Path, location: str = HOME) -> dict[str, Item | Skipped]:
    return {one.key: one for one in site.read(location, reading(cache, web=pages))}


def text_of(one: Item | Skipped | None) -> str:
    assert isinstance(one, Item), one
    return one.text


def test_a_site_is_what_is_left_when_no_other_source_knows_the_link() -> None:
    assert sources.which("ada.example/blog") == "site"
    assert sources.which("https://ada.example") == "site"


def test_a_blog_is_its_feed_and_for_what_is_older_its_sitemap(tmp_path: Path) -> None:
    sitemap = f"""<urlset><url><loc>{HOME}one</loc></url><url><loc>{HOME}old</loc><lastmod>2020-01-01</lastmod></url>
    <url><loc>{HOME}tag/doors</loc></url><url><loc>https://other.example/x</loc></url>
    <url><loc>{HOME}about</loc></url></urlset>""".encode()
    pages: dict[str, Any] = {
        "": html("Welcome", head=FEED_LINK, kind="home"),
        "feed.xml": rss(entry("one"), entry("two", "The first words only …", whole=False)),
        "two": html(WORDS + " The whole of two."),
        "robots.txt": f"User-agent: *\nSitemap: {HOME}map.xml.gz".encode(),
        "map.xml.gz": gzip.compress(sitemap),
        "old": html(WORDS + " From long ago."),
        "about": html(WORDS, kind="page"),
    }
    given = web(pages)
    items = found(given, tmp_path)
    assert text_of(items[f"{HOME}one"]) == WORDS
    assert text_of(items[f"{HOME}two"]).endswith("The whole of two.")
    assert text_of(items[f"{HOME}old"]).endswith("From long ago.")
    about = items[f"{HOME}about"]
    assert isinstance(about, Skipped) and about.reason == "not an article"
    assert len(items) == 4
    again = web(pages)
    assert found(again, tmp_path) == items
    assert f"{HOME}old" not in again.asked and f"{HOME}two" not in again.asked


def test_an_article_has_no_menu_comments_or_imprint_in_it(tmp_path: Path) -> None:
    (one,) = found(web({"doors": html()}), tmp_path, HOME + "doors").values()
    assert text_of(one).endswith(WORDS)
    assert not any(word in text_of(one) for word in ("Menu", "stranger", "Imprint"))


LINE = "Door number nine was shut, and I stood there with my bag and asked myself who had the key to it. "


@pytest.mark.parametrize(
    "inside",
    [
        "<p>More on that later.</p><p>" + LINE * 4 + "So ended the night.",
        "<p>Written by hand, it looked like a letter.</p><p>" + LINE * 4 + "So ended the night.",
        "<h2>Related work</h2><p>" + LINE * 4 + "So ended the night.",
        "<h2>More on doors</h2><p>" + LINE * 4 + "So ended the night.",
        "<p>Share this with nobody!</p><p>" + LINE * 4 + "So ended the night.",
        "<p>More by accident than by plan",
    ],
)
def test_a_line_of_the_author_s_that_looks_like_a_site_s_ends_no_text(tmp_path: Path, inside: str) -> None:
    page = html(LINE * 9 + f"</p>{inside}")
    (item,) = found(web({"doors": page}), tmp_path, HOME + "doors").values()
    assert isinstance(item, Item) and item.text.split()[-2:] == inside.split()[-2:]


def test_short_paragraphs_at_both_ends_are_kept_and_a_menu_of_the_same_words_is_not(tmp_path: Path) -> None:
    menu = "".join(f"<div>{word}</div>" for word in ("Home", "Doors", "Keys"))
    text = f"<p>Shut.</p><p>{LINE * 3}</p><p>{LINE * 2}</p><p>Doors. Keys.</p>"
    head = '<title>Night</title><meta property="og:type" content="article">'
    page = f"<html><head>{head}</head><body><div>{menu}</div><div><h1>Night</h1>{text}</div></body></html>"
    (item,) = found(web({"doors": page.encode()}), tmp_path, HOME + "doors").values()
    assert isinstance(item, Item)
    assert item.text.startswith("Shut.\n\n") and item.text.endswith("\n\nDoors. Keys.")


@pytest.mark.parametrize(
    "heading", ["Related", "More from Ada Example", "You may also like", "13 Comments", "Share this:"]
)
def test_what_a_site_hangs_below_a_text_is_no_part_of_it(tmp_path: Path, heading: str) -> None:
    below = f"</p><h3>{heading}</h3><p>Another story about floors, with its first words.</p><p>May 3, 2024</p><p>"
    (one,) = found(web({"doors": html(WORDS + below)}), tmp_path, HOME + "doors").values()
    assert text_of(one) == WORDS


def test_a_heading_in_the_middle_of_a_text_cuts_nothing(tmp_path: Path) -> None:
    (one,) = found(web({"doors": html(f"Short.</p><h3>Related</h3><p>{WORDS}")}), tmp_path, HOME + "doors").values()
    assert WORDS in text_of(one) and "Related" in text_of(one)


def test_the_posts_of_others_are_left_out_with_what_to_type_if_they_are_yours(tmp_path: Path) -> None:
    items = found(
        web({"": html("Hi", head=FEED_LINK, kind="home"), "feed.xml": rss(entry("his", who="Bob Builder"))}), tmp_path
    )
    his = items[f"{HOME}his"]
    assert isinstance(his, Skipped) and "Bob Builder" in his.reason and "twin init --me" in his.reason


def test_wordpress_gives_every_page_of_posts(tmp_path: Path) -> None:
    api = HOME + "wp-json/"
    pages: dict[str, Any] = {"": html("Hi", head=f'<link rel="https://api.w.org/" href="{api}">', kind="home")}
    for number in (1, 2):
        post = {
            "id": number,
            "link": f"{HOME}post-{number}/",
            "date_gmt": "2024-05-06T10:00:00",
            "title": {"rendered": "Doors &#038; floors"},
            "content": {"rendered": f"<p>{WORDS} {number}</p>\n<p>The post Doors appeared first on Ada.</p>"},
            "_embedded": {"author": [{"name": "Ada Example"}]},
        }
        url = f"{api}wp/v2/posts?per_page=100&page={number}&_embed=author"
        pages[url] = Page(url, json.dumps([post]).encode(), "application/json", headers={"x-wp-totalpages": "2"})
    items = found(web(pages), tmp_path)
    one = items[f"{HOME}post-2/"]
    assert isinstance(one, Item) and one.text == f"{WORDS} 2" and one.title == "Doors & floors" and one.published


def test_older_pages_of_a_feed_are_read_and_a_loop_ends(tmp_path: Path) -> None:
    more = '<atom:link rel="next" href="/feed2.xml"/>'
    back = '<atom:link rel="next" href="/feed.xml"/>'
    pages = {"": html("Hi", head=FEED_LINK, kind="home"), "feed.xml": rss(entry("one"), more=more)}
    items = found(web({**pages, "feed2.xml": rss(entry("two"), more=back)}), tmp_path)
    assert {f"{HOME}one", f"{HOME}two"} <= set(items)


def test_a_wall_is_never_stored_and_a_teaser_is_marked(tmp_path: Path) -> None:
    paid = html(WORDS, head='<script type="application/ld+json">{"isAccessibleForFree": false}</script>')
    pages: dict[str, Any] = {
        "": html("Hi", head=FEED_LINK, kind="home"),
        "feed.xml": rss(entry("walled", "Short", whole=False), entry("paid", "Short", whole=False)),
        "walled": Wall("a login", "save it"),
        "paid": paid,
    }
    items = found(web(pages), tmp_path)
    walled, teaser = items[f"{HOME}walled"], items[f"{HOME}paid"]
    assert isinstance(walled, Item) and walled.truncated and walled.text == "Short"
    assert isinstance(teaser, Item) and teaser.truncated
    with pytest.raises(Wall):
        found(web({"doors": Wall("a login", "save it")}), tmp_path, HOME + "doors")


def test_a_wish_about_learning_machines_is_carried(tmp_path: Path) -> None:
    page = html(head='<meta name="robots" content="index, noai">')
    (one,) = found(web({"doors": page}), tmp_path, HOME + "doors").values()
    assert isinstance(one, Item) and "noai" in one.licence


def test_when_the_budget_is_spent_the_rest_is_left_for_the_next_time(tmp_path: Path) -> None:
    spent = BadSource("500 pages were read", "collect again")
    paths = [f"p{n}" for n in range(30)]
    sitemap = "".join(f"<url><loc>{HOME}{path}</loc></url>" for path in paths)
    pages: dict[str, Any] = {"": html("Hi", kind="home"), "sitemap.xml": f"<urlset>{sitemap}</urlset>".encode()}
    items = found(web({**pages, **dict.fromkeys(paths, spent)}), tmp_path)
    assert (
        len(items) == 4
        and sum(one.reason.startswith(UNREAD) for one in items.values() if isinstance(one, Skipped)) == 3
    )
    assert "the rest of the site" in items


def test_a_site_with_nothing_to_read_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="no feed and no sitemap") as bad:
        found(web({"": html("Hi", kind="home")}), tmp_path)
    assert "save its pages" in bad.value.hint


def test_substack_under_its_own_name_is_told_by_looking(tmp_path: Path) -> None:
    page = b'<html><link href="https://substackcdn.com/x"><script>window._preloads = {} // substack.com</script></html>'
    assert site.route(HOME, reading(tmp_path, web=web({"": page}))).kind == "substack"
    assert site.route(HOME, reading(tmp_path, web=web({"": html("Hi", kind="home")}))).kind == ""
    assert "cannot be looked at" in site.route(HOME, reading(tmp_path, web=web({}))).better


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://A.example/x?utm_source=a&id=3#top", "https://a.example/x?id=3"),
        ("https://a.example", "https://a.example/"),
        ("https://a.example/x?fbclid=1&ref=b", "https://a.example/x"),
    ],
)
def test_an_address_says_nothing_of_where_it_was_found(url: str, plain: str) -> None:
    assert plain_url(url) == plain


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    feed=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: rss(entry("one"), entry(text)))),
    cut=st.integers(0, 2000),
)
def test_whatever_a_feed_holds_it_is_read_or_refused(tmp_path: Path, feed: bytes, cut: int) -> None:
    pages = web({"": html("Hi", head=FEED_LINK, kind="home"), "feed.xml": b"<rss>" + feed[:cut] if cut % 2 else feed})
    with suppress(TwinError):
        assert all(isinstance(one, Item | Skipped) for one in found(pages, tmp_path).values())
