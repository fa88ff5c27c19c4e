"""X's archive: threads joined, links in full, long posts whole, nothing of others."""

from __future__ import annotations

import time
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
    assert {key: text_of(one) for key, one in items.items() if isinstance(one, Item)} == {"1": "First."}
    assert [one.reason for one in items.values() if isinstance(one, Skipped)] == ["was edited later"]
    later = {"edit_info": {"edit": {"initialTweetId": "1", "editControlInitial": {"editTweetIds": ["1", "2"]}}}}
    assert found(tmp_path, post(1, "Frist.", **edits), post(2, "First.", **later)).keys() == items.keys()


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


TO_BOB = {"in_reply_to_user_id_str": "9", "in_reply_to_status_id_str": "99"}
LONG = "Doors are the whole job, " * 20 + "said I."


def note(text: str, **core: Any) -> str:
    made = {"noteTweetId": "9", "createdAt": "2024-05-06T10:00:01.000Z", "core": {"text": text, **core}}
    return ytd("note_tweet", [{"noteTweet": made}])


def test_what_an_answer_cites_and_whom_it_is_sent_to_are_not_its_words(tmp_path: Path) -> None:
    items = found(
        tmp_path,
        post(1, "@bob &gt; doors shut\n\nDo they?", **TO_BOB),
        post(2, "@bob @carol and I know.", display_text_range=["5", "23"], **TO_BOB),
        post(3, "@bob @carol", **TO_BOB),
        post(4, "&gt; be me\n&gt; shut a door"),
        post(5, "So true! RT @bob: doors never shut"),
    )
    cited, mention, named, green, again = (items[str(number)] for number in range(1, 6))
    assert isinstance(cited, Item) and (cited.text, cited.quoted) == ("Do they?", "doors shut")
    assert text_of(mention) == "@carol and I know."
    assert isinstance(named, Skipped)
    assert text_of(green) == "> be me\n> shut a door"
    assert isinstance(again, Item) and (again.text, again.quoted) == ("So true!", "RT @bob: doors never shut")


def test_a_link_to_a_post_inside_a_sentence_stays(tmp_path: Path) -> None:
    urls = [{"url": "https://t.co/q", "expanded_url": "https://x.com/ada/status/5"}]
    (one,) = found(tmp_path, post(1, "As I said in https://t.co/q, doors.", entities={"urls": urls})).values()
    assert isinstance(one, Item)
    assert (one.text, one.quoted) == ("As I said in https://x.com/ada/status/5, doors.", "")


def test_a_long_answer_and_one_that_begins_with_a_link_are_whole(tmp_path: Path) -> None:
    files = {"note-tweet.js": note(LONG)}
    (answer,) = found(tmp_path, post(1, f"@bob {LONG}"[:275] + "… https://t.co/x", **TO_BOB), **files).values()
    assert text_of(answer) == LONG
    urls = {"urls": [{"url": "https://t.co/a", "expanded_url": "https://a.example"}]}
    files = {"note-tweet.js": note(f"https://t.co/a {LONG}", urls=[{"shortUrl": "https://t.co/a"}])}
    stub = post(1, f"https://t.co/a {LONG}"[:275] + "… https://t.co/x", entities=urls)
    (linked,) = found(tmp_path, stub, **files).values()
    assert text_of(linked) == f"https://t.co/a {LONG}"


def test_a_long_post_without_its_end_is_marked(tmp_path: Path) -> None:
    (one,) = found(tmp_path, post(1, LONG[:275] + "… https://t.co/x")).values()
    assert isinstance(one, Item) and one.truncated and one.text == LONG[:275] + "…"


def test_an_answer_to_an_own_answer_goes_on_and_a_second_one_is_a_post(tmp_path: Path) -> None:
    def on(number: int) -> dict[str, str]:
        return {"in_reply_to_user_id_str": "7", "in_reply_to_status_id_str": str(number)}

    posts = [post(1, "@bob A.", **TO_BOB), post(2, "B.", **on(1)), post(3, "C.", **on(1))]
    items = found(tmp_path, *posts)
    assert {key: (one.kind, one.text) for key, one in items.items() if isinstance(one, Item)} == {
        "1": ("reply", "A.\n\nB."),
        "3": ("post", "C."),
    }


def test_what_was_deleted_and_articles_are_counted_and_not_read(tmp_path: Path) -> None:
    files = {
        "deleted-tweet-headers.js": ytd("deleted_tweet_headers", [{"tweet": {"tweet_id": "1"}}]),
        "article.js": ytd("article", [{"article": {"id": "3", "title": "Doors"}}]),
    }
    items = found(tmp_path, post(1, "Gone."), post(2, "Here."), **files)
    assert [one.text for one in items.values() if isinstance(one, Item)] == ["Here."]
    assert [one.reason[:10] for one in items.values() if isinstance(one, Skipped)] == ["deleted on", "an article"]


@pytest.mark.parametrize("bad", [b"\xff", b"\\q", b'", "n": ' + b"9" * 6000 + b', "m": "', rb"\ud83d", b"\\u0000"])
def test_posts_around_a_broken_one_are_kept_and_none_is_altered(bad: bytes, tmp_path: Path) -> None:
    whole = ytd("tweets", [post(number, f"Post {number}.") for number in range(1, 6)]).encode()
    location = unpacked({**x(), "data/tweets.js": whole.replace(b"Post 3", b"Post " + bad + b"3")}, tmp_path)
    read = list(source.read(str(location), reading(tmp_path)))
    assert [one.text for one in read if isinstance(one, Item)] == ["Post 1.", "Post 2.", "Post 4.", "Post 5."]
    assert len([one for one in read if isinstance(one, Skipped)]) == 1


def test_the_data_folder_alone_is_an_archive_and_other_javascript_is_none(tmp_path: Path) -> None:
    assert sources.which(str(unpacked(x(), tmp_path / "a") / "data")) == "x"
    other = unpacked({"data/tweets.js": "export const tweets = []", "a.md": "b"}, tmp_path / "b")
    assert sources.which(str(other)) == "folder"


@pytest.mark.parametrize("text", ["a" + " " * 300_000 + "b", "@bob " * 60_000, "RT " * 100_000, "&gt; \n" * 60_000])
def test_a_post_without_end_takes_no_time(text: str, tmp_path: Path) -> None:
    began = time.monotonic()
    assert len(found(tmp_path, post(1, text, **TO_BOB), post(2, "After."))) == 2
    assert time.monotonic() - began < 20
