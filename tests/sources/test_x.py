"""X's archive: threads joined, links in full, long posts whole, nothing of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from exports import post, unpacked, x, ytd
from fakes import FakeWeb, reading

from twin import sources
from twin.core.errors import BadSource
from twin.core.records import Item, Skipped
from twin.sources import x as source


def found(tmp_path: Path, *posts: dict[str, Any], **files: str) -> dict[str, Item | Skipped]:
    export = {
        **x(),
        "data/tweets.js": ytd("tweets", list(posts)),
        **{f"data/{name}": text for name, text in files.items()},
    }
    return {one.key: one for one in source.read(str(unpacked(export, tmp_path)), reading(tmp_path))}


def text_of(one: Item | Skipped) -> str:
    assert isinstance(one, Item), one
    return one.text


def test_a_thread_is_one_text_and_a_reply_is_another(tmp_path: Path) -> None:
    to_me = {"in_reply_to_user_id": "7"}
    items = found(
        tmp_path,
        post(30, "Third.", in_reply_to_status_id="20", **to_me),
        post(10, "First."),
        post(20, "Second.", in_reply_to_status_id="10", **to_me),
        post(40, "@bob @eve No.", in_reply_to_user_id="9", in_reply_to_status_id="99", display_text_range=["10", "13"]),
        post(50, "A lost one.", in_reply_to_status_id="48", **to_me),
    )
    assert set(items) == {"10", "40", "50"}
    thread, reply = items["10"], items["40"]
    assert isinstance(thread, Item) and (thread.kind, thread.text) == ("post", "First.\n\nSecond.\n\nThird.")
    assert isinstance(reply, Item) and (reply.kind, reply.text) == ("reply", "No.")
    assert thread.url == "https://x.com/ada/status/10"


def test_links_are_given_in_full_and_pictures_and_quoted_posts_are_taken_out(tmp_path: Path) -> None:
    urls = [
        {"url": "https://t.co/a", "expanded_url": "https://example.org/doors"},
        {"url": "https://t.co/q", "expanded_url": "https://twitter.com/bob/status/5"},
    ]
    media = [{"url": "https://t.co/m"}]
    text = "See https://t.co/a &lt;now&gt; https://t.co/m https://t.co/q"
    (one,) = found(tmp_path, post(1, text, entities={"urls": urls, "media": media})).values()
    assert isinstance(one, Item)
    assert one.text == "See https://example.org/doors <now>" and one.quoted == "https://twitter.com/bob/status/5"


def test_a_long_post_is_whole(tmp_path: Path) -> None:
    whole = "Doors are the whole job, " * 20 + "said I."
    note = {"noteTweet": {"noteTweetId": "9", "createdAt": "2024-05-06T10:00:01.000Z", "core": {"text": whole}}}
    notes = ytd("note_tweet", [note])
    items = found(tmp_path, post(1, whole[:270] + "… https://t.co/x"), post(2, "Another."), **{"note-tweet.js": notes})
    assert text_of(items["1"]) == whole and text_of(items["2"]) == "Another."


def test_of_an_edited_post_the_last_version_stays(tmp_path: Path) -> None:
    edits = {"edit_info": {"initial": {"editTweetIds": ["1", "2"]}}}
    items = found(tmp_path, post(1, "Frist.", **edits), post(2, "First.", **edits))
    assert {key: text_of(one) for key, one in items.items()} == {"2": "First."}


def test_parts_of_a_large_archive_and_older_names_are_read(tmp_path: Path) -> None:
    items = found(tmp_path, post(1, "One."), **{"tweets-part1.js": ytd("tweets", [post(2, "Two.")])})
    assert set(items) == {"1", "2"}
    old = {"data/tweet.js": ytd("tweet", [post(3, "Three.")])}
    assert sources.which(str(unpacked(old, tmp_path / "old"))) == "x"


def test_a_file_that_breaks_off_keeps_what_stands_before(tmp_path: Path) -> None:
    cut = ytd("tweets", [post(1, "One."), post(2, "Two.")])[:-60]
    items = found(tmp_path, **{"tweets.js": cut})
    assert text_of(items["1"]) == "One."
    assert any(isinstance(one, Skipped) and "damaged" in one.reason for one in items.values())


@pytest.mark.parametrize("typed", ["x.com/ada", "https://twitter.com/ada", "https://mobile.twitter.com/ada/status/1"])
def test_a_link_is_told_how_to_get_the_archive(typed: str, tmp_path: Path) -> None:
    assert sources.which(typed) == "x"
    web = FakeWeb()
    with pytest.raises(BadSource, match="only to its members") as bad:
        list(source.read(sources.address(typed), reading(tmp_path, web=web)))
    assert "Download an archive" in bad.value.hint and web.asked == []
    assert "Download an archive" in source.route(sources.address(typed), reading(tmp_path)).better


def test_the_owner_is_told_by_the_account(tmp_path: Path) -> None:
    assert source.owner(str(unpacked(x(), tmp_path))) == ["https://x.com/ada", "@ada", "Ada Example", "7"]
