"""Substack's JSON archive: keys equal to the export's, previews marked, others' posts left out, only what is new."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeWeb, reading

from twin.core.errors import BadSource, Wall
from twin.core.records import Item, Page, Skipped
from twin.sources import substack
from twin.sources.substack import live

SITE = "https://ada.substack.com"
LISTED = SITE + "/api/v1/archive?sort=new&search=&offset={}&limit=" + str(live.PAGE)


def entry(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "slug": f"post-{number}",
        "title": f"Post &amp; {number}",
        "type": "newsletter",
        "audience": "everyone",
        "post_date": f"2024-01-{number % 28 + 1:02}T10:00:00.000Z",
        "canonical_url": f"{SITE}/p/post-{number}",
        "wordcount": 6,
        "body_html": None,
        "publishedBylines": [{"id": 1, "name": "Ada Example", "handle": "ada"}],
        **more,
    }


def site(entries: list[dict[str, Any]], bodies: dict[str, str] | None = None) -> FakeWeb:
    pages: dict[str, Page | Exception] = {}
    for start in range(0, len(entries) + live.PAGE, live.PAGE):
        pages[LISTED.format(start)] = answer(LISTED.format(start), entries[start : start + live.PAGE])
    for one in entries:
        url = f"{SITE}/api/v1/posts/{one['slug']}"
        body = (bodies or {}).get(one["slug"], f"<p>Doors shut, said number {one['id']}.</p>")
        pages[url] = answer(url, {**one, "body_html": body})
    return FakeWeb(pages)


def answer(url: str, value: Any) -> Page:
    return Page(url, json.dumps(value).encode(), "application/json")


def found(web: FakeWeb, cache: Path) -> list[Item | Skipped]:
    return list(substack.read(SITE, reading(cache, web=web)))


def test_every_page_of_the_archive_is_read(tmp_path: Path) -> None:
    items = found(site([entry(n) for n in range(60, 0, -1)]), tmp_path)
    assert len(items) == 60 and all(isinstance(one, Item) for one in items)
    first = items[0]
    assert isinstance(first, Item)
    assert (first.key, first.title, first.text) == ("60", "Post & 60", "Doors shut, said number 60.")
    assert first.url == f"{SITE}/p/post-60" and first.published and not first.truncated


def test_only_new_and_edited_posts_and_the_newest_are_asked_for_again(tmp_path: Path) -> None:
    entries = [entry(n) for n in range(20, 0, -1)]
    before = found(site(entries), tmp_path)
    again = site(entries)
    assert found(again, tmp_path) == before
    assert sum("/posts/" in url for url in again.asked) == live.OVERLAP
    edited = site([entry(21), *entries[:10], entry(10, title="Another"), *entries[11:]])
    assert len(found(edited, tmp_path)) == 21
    assert f"{SITE}/api/v1/posts/post-10" in edited.asked
    assert sum("/posts/" in url for url in edited.asked) == live.OVERLAP + 1


def test_a_memory_that_is_damaged_is_begun_again(tmp_path: Path) -> None:
    before = found(site([entry(1)]), tmp_path)
    (tmp_path / "memory.db").write_bytes(b"no database at all" * 100)
    assert found(site([entry(1)]), tmp_path) == before


def test_previews_guests_restacks_and_the_welcome_draft_are_told_apart(tmp_path: Path) -> None:
    paid = entry(1, audience="only_paid", wordcount=900)
    closed = entry(2, audience="only_paid", wordcount=900, truncated_body_text="The first words of it")
    guest = entry(3, publishedBylines=[{"name": "Bob Builder", "handle": "bob"}])
    both = entry(4, publishedBylines=[{"name": "Bob Builder"}, {"name": "Ada Example"}])
    others = [entry(5, type="restack"), entry(6, slug="how-to-use-the-substack-editor")]
    web = site([paid, closed, guest, both, *others], {"post-2": ""})
    preview, teaser, by_bob, shared, restack, welcome = found(web, tmp_path)
    assert isinstance(preview, Item) and preview.truncated and preview.visibility == "only_paid"
    assert isinstance(teaser, Item) and teaser.truncated and teaser.text == "The first words of it"
    assert isinstance(by_bob, Skipped) and "Bob Builder" in by_bob.reason
    assert isinstance(shared, Item) and shared.authorship == "co-authored"
    assert isinstance(restack, Skipped) and isinstance(welcome, Skipped)
    assert f"{SITE}/api/v1/posts/post-3" not in web.asked


def test_widgets_and_embedded_words_of_others_are_left_out(tmp_path: Path) -> None:
    body = """<p>Mine.</p><div class="subscription-widget-wrap"><p class="cta-caption">Thanks for reading!</p></div>
    <div class="tweet">Their words</div><div class="pullquote"><p>Mine.</p></div>
    <blockquote><p>Theirs.</p></blockquote>"""
    (one,) = found(site([entry(1)], {"post-1": body}), tmp_path)
    assert isinstance(one, Item) and (one.text, one.quoted) == ("Mine.", "Theirs.")


def test_where_the_archive_does_not_answer_the_feed_does_and_says_what_is_missing(tmp_path: Path) -> None:
    xml = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
    <generator>Substack</generator><item><title>Doors</title><link>https://ada.substack.com/p/doors?utm=1</link>
    <guid>https://ada.substack.com/p/doors</guid><content:encoded>&lt;p&gt;They shut.&lt;/p&gt;</content:encoded></item>
    </channel></rss>"""
    note, post = found(FakeWeb({f"{SITE}/feed": Page(f"{SITE}/feed", xml.encode(), "text/xml")}), tmp_path)
    assert isinstance(note, Skipped) and "older posts" in note.reason
    assert isinstance(post, Item) and (post.key, post.text) == ("doors", "They shut.")


def test_a_wall_is_an_error_and_never_a_text(tmp_path: Path) -> None:
    wall = Wall("a challenge", "save the page")
    with pytest.raises(BadSource, match="a challenge"):
        found(FakeWeb({LISTED.format(0): wall, f"{SITE}/feed": wall}), tmp_path)


def test_a_post_behind_a_wall_is_skipped_and_the_others_are_kept(tmp_path: Path) -> None:
    web = site([entry(1), entry(2)])
    web.pages = {**web.pages, f"{SITE}/api/v1/posts/post-1": Wall("a login", "save the page")}
    closed, kept = found(web, tmp_path)
    assert isinstance(closed, Skipped) and closed.reason == "a login"
    assert isinstance(kept, Item)
