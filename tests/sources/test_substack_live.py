"""Substack's JSON archive: keys equal to the export's, previews marked, others' posts left out, only what is new."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from fakes import ADA, FakeWeb, reading
from hypothesis import example, given, settings
from hypothesis import strategies as st

from twin.core.errors import BadSource, Wall
from twin.core.records import Identity, Item, Page, Skipped
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
    for start in {*range(0, len(entries), live.PAGE), len(entries)}:
        pages[LISTED.format(start)] = answer(LISTED.format(start), entries[start : start + live.PAGE])
    for one in entries:
        url = f"{SITE}/api/v1/posts/{one['slug']}"
        body = (bodies or {}).get(str(one["slug"]), f"<p>Doors shut, said number {one['id']}.</p>")
        pages[url] = answer(url, {**one, "body_html": body})
    return FakeWeb(pages)


def answer(url: str, value: Any) -> Page:
    return Page(url, json.dumps(value).encode(), "application/json")


def found(web: FakeWeb, cache: Path, location: str = SITE, me: Identity = ADA) -> list[Item | Skipped]:
    return list(substack.read(location, reading(cache, me, web=web)))


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


FEED = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><generator>Substack</generator>{}</channel></rss>"""
ENTRY = """<item><title>Post {n}</title><link>https://ada.substack.com/p/post-{n}?utm=1</link>
<dc:creator>{who}</dc:creator><content:encoded><![CDATA[{html}]]></content:encoded></item>"""


def feed(*entries: str) -> dict[str, Page | Exception]:
    return {f"{SITE}/feed": Page(f"{SITE}/feed", FEED.format("".join(entries)).encode(), "text/xml")}


def test_the_feed_gives_a_post_the_key_that_the_archive_gave_it(tmp_path: Path) -> None:
    before = found(site([entry(7)]), tmp_path)
    other = ENTRY.format(n=8, who="Bob Builder", html="<p>His.</p>")
    new = ENTRY.format(n=9, who="Ada Example", html='<p>Half.</p><p><a href="https://x.example">Read more</a></p>')
    known = ENTRY.format(n=7, who="Ada Example", html="<p>As the feed has it.</p>")
    read = {one.key: one for one in found(FakeWeb(feed(new, other, known)), tmp_path)}
    assert list(read) == ["archive", "post-9", "post-8", "7"]
    half, kept, first = read["post-9"], read["7"], before[0]
    assert isinstance(half, Item) and (half.text, half.truncated) == ("Half.", True)
    assert isinstance(kept, Item) and isinstance(first, Item) and (kept.text, kept.key) == (first.text, first.key)
    assert isinstance(read["post-8"], Skipped) and "Bob Builder" in read["post-8"].reason


def test_a_post_that_does_not_come_is_taken_from_memory_or_the_feed(tmp_path: Path) -> None:
    before = found(site([entry(1)]), tmp_path)
    web = site([entry(3), entry(2), entry(1, title="Post &amp; 1")])
    closed = {url: Wall("a login", "save the page") for url in web.pages if "/posts/" in url}
    web.pages = {**web.pages, **closed, **feed(ENTRY.format(n=2, who="Ada", html="<p>From the feed.</p>"))}
    third, second, first = found(web, tmp_path)
    assert third == Skipped("3", "a login")
    assert isinstance(second, Item) and (second.key, second.text) == ("2", "From the feed.")
    assert [first] == before


def test_a_host_that_has_had_enough_is_left_alone(tmp_path: Path) -> None:
    web = site([entry(n) for n in range(20, 0, -1)])
    web.pages = {url: page for url, page in web.pages.items() if "/posts/" not in url}
    read = found(web, tmp_path)
    assert sum("/posts/" in url for url in web.asked) == live.MOST_FAILED and len(read) == 20
    assert all(isinstance(one, Skipped) for one in read) and "next collection" in getattr(read[-1], "reason", "")


def test_an_archive_that_stops_halfway_gives_what_it_gave(tmp_path: Path) -> None:
    web = site([entry(n) for n in range(60, 0, -1)])
    web.pages = {**web.pages, LISTED.format(50): BadSource("asks to wait")}
    note, *posts = found(web, tmp_path)
    assert isinstance(note, Skipped) and "asks to wait" in note.reason
    assert len(posts) == 50 and all(isinstance(one, Item) for one in posts)


def test_an_archive_with_smaller_pages_is_read_whole(tmp_path: Path) -> None:
    entries = [entry(n) for n in range(30, 0, -1)]
    web = site(entries)
    short = {LISTED.format(n): answer(LISTED.format(n), entries[n : n + 12]) for n in (0, 12, 24, 30)}
    web.pages = {**web.pages, **short}
    assert len(found(web, tmp_path)) == 30


# -- whose a post is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("byline", "me", "mine"),
    [
        ({"name": "Ada Example"}, ADA, True),
        ({"name": "A. Example"}, ADA, True),
        ({"name": "Jane Example"}, ADA, False),
        ({"name": "Lift Notes", "handle": "adaex"}, Identity("Ada Example", ("@adaex",)), True),
        ({"name": "Lift Notes", "handle": "adaex"}, Identity("Ada Example", ("https://substack.com/@adaex",)), True),
        ({"name": "Lift Notes", "previous_name": "Ada Example"}, ADA, True),
        ({"name": "Lift Notes", "is_guest": False}, Identity("Ada Example", ("ada.substack.com",)), True),
        ({"name": "Lift Notes", "is_guest": True}, Identity("Ada Example", ("ada.substack.com",)), False),
        ({"name": "Anyone"}, Identity(""), True),
    ],
)
def test_a_byline_is_mine_by_name_handle_or_publication(
    byline: dict[str, Any], me: Identity, mine: bool, tmp_path: Path
) -> None:
    web = site([entry(1, publishedBylines=[byline]), entry(2, publishedBylines=[])])
    if mine:
        assert isinstance(found(web, tmp_path, me=me)[0], Item)
    else:
        with pytest.raises(BadSource, match=str(byline["name"])) as bad:
            found(web, tmp_path, me=me)
        assert "twin init --me" in bad.value.hint


def test_a_profile_leads_to_its_publication(tmp_path: Path) -> None:
    url = "https://substack.com/api/v1/user/ada/public_profile"
    web = site([entry(1, publishedBylines=[{"id": 9, "name": "Lift Notes"}])])
    told = {"id": 9, "primaryPublication": {"subdomain": "ada", "custom_domain": None}}
    web.pages = {**web.pages, url: answer(url, told)}
    assert substack.recognises("https://substack.com/@ada") and not substack.recognises("https://substack.com/home")
    (one,) = found(web, tmp_path, "https://substack.com/@ada")
    assert isinstance(one, Item) and one.key == "1"
    web.pages = {url: answer(url, {"id": 9, "primaryPublication": None})}
    with pytest.raises(BadSource, match="names no publication"):
        found(web, tmp_path, "https://substack.com/@ada")


def test_a_page_under_a_name_of_its_own_is_told_by_its_header_or_feed() -> None:
    assert live.is_substack(Page("https://lifts.example", b"<html>", headers={"x-served-by": "Substack"}))
    assert live.is_substack(Page("https://lifts.example/feed", FEED.format("").encode(), "text/xml"))
    assert not live.is_substack(Page("https://x.example", b'<a href="https://ada.substack.com">my substackcdn.com</a>'))


# -- notes -------------------------------------------------------------------------------------------------------------

NOTES = "https://substack.com/api/v1/reader/feed/profile/1?types=note"


def note(number: int, body: str, *, kind: str = "note", user: int = 1, **more: Any) -> dict[str, Any]:
    said = {"id": number, "user_id": user, "handle": "ada", "body": body, "date": "2024-02-01T10:00:00.000Z", **more}
    return {"entity_key": f"c-{number}", "type": "comment", "context": {"type": kind}, "comment": said}


def test_notes_are_read_without_restacks_and_quotations(tmp_path: Path) -> None:
    tree = {"content": [{"type": "paragraph", "content": [{"type": "text", "text": "Mine."}]}]}
    tree["content"].append({"type": "blockquote", "content": [{"type": "paragraph", "content": [{"text": "Theirs."}]}]})
    listed = [note(5, "Doors."), note(6, "His.", kind="comment_restack"), note(7, "His too.", user=2)]
    web = site([entry(1)])
    pages = {NOTES: {"items": listed, "nextCursor": "a b"}}
    pages[f"{NOTES}&cursor=a%20b"] = {"items": [note(4, "Mine.\n\nTheirs.", body_json=tree)], "nextCursor": None}
    web.pages = {**web.pages, **{url: answer(url, page) for url, page in pages.items()}}
    _, older, newer = found(web, tmp_path)
    assert isinstance(newer, Item) and isinstance(older, Item)
    assert (newer.key, newer.kind, newer.text) == ("c-5", "note", "Doors.") and newer.published
    assert newer.url == "https://substack.com/@ada/note/c-5"
    assert (older.text, older.quoted) == ("Mine.", "Theirs.")
    again = FakeWeb({**web.pages, NOTES: answer(NOTES, {"items": listed, "nextCursor": "other"})})
    assert len(found(again, tmp_path)) == 3 and not any("cursor=" in url for url in again.asked)


def test_notes_that_stop_halfway_are_read_on_the_next_time(tmp_path: Path) -> None:
    web = site([entry(1)])
    first = {NOTES: answer(NOTES, {"items": [note(5, "Doors.")], "nextCursor": "more"})}
    web.pages = {**web.pages, **first, f"{NOTES}&cursor=more": BadSource("the budget is spent")}
    assert isinstance(found(web, tmp_path)[-1], Skipped)
    rest = answer(NOTES, {"items": [note(4, "Rails.")], "nextCursor": ""})
    web.pages = {**web.pages, f"{NOTES}&cursor=more": rest}
    assert {one.text for one in found(web, tmp_path) if isinstance(one, Item)} >= {"Doors.", "Rails."}


# -- anything at all ---------------------------------------------------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("\ud800") | st.just("a\x00b"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "post"]), inner),
    max_leaves=6,
)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([*entry(1), "restacked_post_id"]), ANYTHING, ANYTHING, ANYTHING)
def test_whatever_the_interface_answers_the_good_post_is_kept(field: str, value: Any, post: Any, notes: Any) -> None:
    web = site([{**entry(1), field: value}, entry(2)])
    for url, page in {f"{SITE}/api/v1/posts/post-1": post, NOTES: notes}.items():
        web.pages = {**web.pages, url: answer(url, page)}
    with tempfile.TemporaryDirectory() as folder:
        read = found(web, Path(folder))
    assert "Doors shut, said number 2." in {one.text for one in read if isinstance(one, Item)}


@settings(deadline=None, max_examples=40)
@example(8167, b"\x80")
@given(st.integers(0, 16_000), st.binary(min_size=1, max_size=300))
def test_a_memory_with_any_byte_changed_is_still_read(at: int, noise: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        before = found(site([entry(n) for n in range(9)]), Path(folder))
        memory = Path(folder) / "memory.db"
        whole = memory.read_bytes()
        memory.write_bytes(whole[:at] + noise + whole[at + len(noise) :])
        assert found(site([entry(n) for n in range(9)]), Path(folder)) == before


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
