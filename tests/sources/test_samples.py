"""The real samples in ../shared/formats and the demo's archives, read where they are: how much each gives, and what."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import FakeWeb, reading

from twin import sources
from twin.core.records import Identity, Item, Page, Skipped

ROOT = Path(__file__).resolve().parents[2]
FORMATS = ROOT.parent / "shared" / "formats"
DEMO = ROOT / "demo" / "archives"
NORA = Identity("Nora Quill", ("nora@quill.example",))


def found(location: Path, cache: Path, kind: str = "", me: Identity = NORA) -> list[Item | Skipped]:
    if not location.exists():
        pytest.skip(f"{location} is not here")
    name = kind or sources.which(str(location))
    read = list(sources.load(name).read(str(location), reading(cache, me, messages=me != NORA)))
    assert read == list(sources.load(name).read(str(location), reading(cache, me, messages=me != NORA)))
    assert len({one.key for one in read}) == len(read)
    assert all(one.published.utcoffset() == timedelta(0) for one in read if isinstance(one, Item) and one.published)
    return read


def counted(read: list[Item | Skipped]) -> Counter[str]:
    return Counter(one.kind + (" draft" if one.draft else "") if isinstance(one, Item) else "skipped" for one in read)


def test_the_real_linkedin_export_is_read_whole_and_exactly(tmp_path: Path) -> None:
    folder = FORMATS / "linkedin" / "export-real-sanand0"
    read = found(folder, tmp_path)
    counts = counted(read)
    assert counts["post"] + counts["skipped"] == 45
    assert counts["comment"] + counts["reply"] == 58
    # One share of March 2021 has five pictures and so five rows, alike but for MediaUrl: one item.
    reasons = Counter(one.reason for one in read if isinstance(one, Skipped))
    assert counts["post"] == 29
    assert reasons == {"a reshare without words of your own": 12, "stands more than once in the archive": 4}

    with (folder / "Shares.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    written = {row["ShareLink"]: row["ShareCommentary"] for row in rows if row["ShareCommentary"]}
    posts = [one for one in read if isinstance(one, Item) and one.kind == "post"]
    assert {post.url: post.text.replace("\n", '"\n"') for post in posts} == written
    for post in posts:
        number = re.findall(r"\d+", post.key)[-1]
        assert number in post.url and post.published
        assert abs(post.published.timestamp() - (int(number) >> 22) / 1000) < 1

    said = [one.text for one in read if isinstance(one, Item) and one.kind != "post"]
    plain = (folder / "Comments.csv").read_text("utf-8").replace('\\"', '"')
    assert all(text in plain for text in said)


def test_the_synthetic_full_archive_gives_no_visibility_marks_as_words(tmp_path: Path) -> None:
    """Its shares stand under the wrong headings, as SOURCES.md says."""
    read = found(FORMATS / "linkedin" / "export-full-zip-synthetic" / "sample_export.zip", tmp_path)
    assert counted(read) == {"comment": 60, "other": 50, "article": 5, "skipped": 25}


def test_the_saved_page_of_a_post_gives_that_post(tmp_path: Path) -> None:
    location = FORMATS / "linkedin" / "live-public-post-page" / "public-post-synthetic.html"
    if not location.exists():
        pytest.skip(f"{location} is not here")
    assert sources.which(str(location)) == "linkedin"
    jane = Identity("Jane Doe", ("https://www.linkedin.com/in/jane-doe",))
    post, beside = sources.load("linkedin").read(str(location), reading(tmp_path, jane))
    assert isinstance(post, Item) and isinstance(beside, Skipped)
    assert (post.key, post.text) == ("6978966287410470912", "Thanks to Alex Roe and Kim Poe.\n#learning")
    assert post.published and post.published.isoformat().startswith("2022-09-23T06:40:2")


def test_the_real_substack_answers_are_read(tmp_path: Path) -> None:
    answers = FORMATS / "substack" / "api-real"
    if not answers.exists():
        pytest.skip(f"{answers} is not here")
    told = json.loads((answers / "post-by-id.json").read_text("utf-8"))["post"]
    author = Identity("Jakub Slys", ("substack.com/@jakubslys",))
    byline = {"id": 254824415, "name": "Jakub Slys", "handle": "jakubslys"}
    site, feed = (
        "https://angelsant.substack.com",
        "https://substack.com/api/v1/reader/feed/profile/254824415?types=note",
    )
    listed = {**told, "body_html": None, "publishedBylines": [byline, *told["publishedBylines"]]}
    notes = json.loads((answers / "notes-page.json").read_text("utf-8"))
    answered = {
        f"{site}/api/v1/archive?sort=new&search=&offset=0&limit=25": [listed],
        f"{site}/api/v1/archive?sort=new&search=&offset=1&limit=25": [],
        f"{site}/api/v1/posts/{told['slug']}": told,
        feed: {**notes, "nextCursor": None},
    }
    pages = {url: Page(url, json.dumps(said).encode(), "application/json") for url, said in answered.items()}
    post, *rest = sources.load("substack").read(site, reading(tmp_path, author, web=FakeWeb(pages)))
    assert isinstance(post, Item) and (post.key, post.authorship, post.truncated) == ("167180194", "co-authored", False)
    assert post.title == told["title"] and not re.search("Subscribe|Share this|Leave a comment", post.text)
    assert 0.6 * told["wordcount"] < len(post.text.split()) < 1.4 * told["wordcount"]
    read = {one.key: one for one in rest}
    for one in (note["comment"] for note in notes["items"]):
        found_note = read[f"c-{one['id']}"]
        if not one["body"]:
            assert isinstance(found_note, Skipped)
            continue
        assert isinstance(found_note, Item) and found_note.kind == "note"
        quoted = [block for block in one["body_json"]["content"] if block["type"] == "blockquote"]
        assert bool(found_note.quoted) == bool(quoted)
        parts = sorted([*found_note.text.split("\n\n"), *filter(None, found_note.quoted.split("\n\n"))])
        assert parts == sorted(one["body"].split("\n\n"))


def test_the_medium_samples_are_told_apart(tmp_path: Path) -> None:
    read = found(FORMATS / "medium" / "export-ghost-fixtures", tmp_path)
    assert counted(read) == {"article": 7, "article draft": 1, "comment": 1}
    texts = {one.key: one for one in read if isinstance(one, Item)}
    assert texts["comment"].text == "This is a comment"
    assert texts["quote-post"].text == "This is a paragraph of text and stuff.\n\nDolor Simet"
    assert "Lorem Ipsum" in texts["quote-post"].quoted
    assert "sudo apt-get install \\\n    apt-transport-https \\\n" in texts["code-post"].text
    assert "Advanced Post Title" not in texts["advanced-post"].text
    assert "- This is a list item\n- And a second list item with a link to Ghost" in texts["advanced-post"].text


def test_the_substack_samples_lose_their_buttons(tmp_path: Path) -> None:
    read = found(FORMATS / "substack" / "export-ghost-fixtures", tmp_path)
    items = [one for one in read if isinstance(one, Item)]
    assert len(items) == 5 and sum(item.draft for item in items) == 1
    assert not [item for item in items if re.search("Sign up|Leave a comment", item.text)]


def test_the_demo_archives_give_what_the_demo_says(tmp_path: Path) -> None:
    expected: dict[str, dict[str, int]] = {
        "Complete_LinkedInDataExport_01-12-2026.zip": {"post": 98, "comment": 9, "reply": 7, "other": 3, "skipped": 6},
        "medium-export.zip": {"article": 5, "article draft": 1, "comment": 2},
        "substack-export.zip": {"article": 5, "article draft": 1},
        "doorlog.bundle": {"commit": 22, "readme": 3, "skipped": 2},
    }
    assert {name: counted(found(DEMO / name, tmp_path)) for name in expected} == expected


def test_the_words_of_the_demo_posts_come_out_as_they_went_in(tmp_path: Path) -> None:
    texts = ROOT / "demo" / "texts"
    if not texts.is_dir():
        pytest.skip(f"{texts} is not here")
    written = "\n".join(file.read_text("utf-8") for file in sorted(texts.rglob("posts-*.txt")))
    read = found(DEMO / "Complete_LinkedInDataExport_01-12-2026.zip", tmp_path)
    posts = [one.text for one in read if isinstance(one, Item) and one.kind == "post"]
    assert [text for text in posts if text not in written] == []


def test_the_demo_s_pull_quotes_and_widgets_are_not_her_words(tmp_path: Path) -> None:
    for name in ("medium-export.zip", "substack-export.zip"):
        for one in found(DEMO / name, tmp_path):
            assert isinstance(one, Item)
            assert not re.search("Thanks for reading|Subscribe|Type your email", one.text)
            blocks = [block for block in one.text.split("\n\n") if len(block) > 40]
            assert len(blocks) == len(set(blocks))


@pytest.mark.parametrize("inside", ["", "data"])
def test_the_real_posts_of_an_x_archive_are_answers_without_what_they_cite(inside: str, tmp_path: Path) -> None:
    read = found(FORMATS / "x" / "archive-real-2026" / inside, tmp_path)
    assert counted(read) == {"reply": 7, "skipped": 1}
    items = {one.key: one for one in read if isinstance(one, Item)}
    assert not [one for one in items.values() if one.text.startswith(("@", ">")) or "t.co" in one.text]
    assert items["2028438805385036176"].text.startswith("you mean open-source")
    assert items["2028438805385036176"].quoted.startswith("My business model")


def test_the_whatsapp_samples_give_what_one_person_typed(tmp_path: Path) -> None:
    zipped = FORMATS / "whatsapp" / "example-zip" / "whatsapp-chat-parser-example.zip"
    loris = [one for one in found(zipped, tmp_path, me=Identity("Loris")) if isinstance(one, Item)]
    assert not [one for one in loris if re.search("attached:|omitted|Emily", one.text)]
    assert (loris[0].text, loris[0].quoted) == ("Welcome to the chat example!", "Hey 👋")
    john = Identity("John Doe")
    folder = FORMATS / "whatsapp" / "chatistics-tests"
    counts = [counted(found(folder / f"_chat{name}.txt", tmp_path, me=john)) for name in ("", " 2", " 3", " 4")]
    assert [one["message"] for one in counts] == [10, 2, 4, 3]
    texts = [one.text for one in found(folder / "_chat.txt", tmp_path, me=john) if isinstance(one, Item)]
    assert [text for text in texts if "\n[1.2.2019, 00:00:00] John Doe: this line is not a message on its own" in text]


def test_every_form_of_date_that_whatsapp_writes_is_known(tmp_path: Path) -> None:
    path = FORMATS / "whatsapp" / "date-formats.txt"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    for line in path.read_text("utf-8").splitlines():
        (tmp_path / "_chat.txt").write_text(line, "utf-8")
        if line.endswith(": m"):
            (one,) = found(tmp_path / "_chat.txt", tmp_path, me=Identity("a"))
            assert isinstance(one, Item) and one.text == "m" and one.published
            assert (one.published.month == 6 and one.published.hour in (13, 21)) or one.published.day == 3


def test_the_telegram_sample_gives_my_own_lines(tmp_path: Path) -> None:
    read = found(FORMATS / "telegram" / "result-synthetic.json", tmp_path, me=Identity("Alice"))
    assert [one.text for one in read if isinstance(one, Item)] == ["morning :)", "a caption I wrote"]


def test_the_real_slack_export_gives_one_member_s_messages_as_typed(tmp_path: Path) -> None:
    read = found(FORMATS / "slack" / "testarchive.zip", tmp_path, me=Identity("Hamza Faran"))
    items = [one for one in read if isinstance(one, Item)]
    assert len(items) == 32
    assert not [one for one in items if re.search(r"<@U|<http|<tel:|&gt;|&amp;", one.text)]
    assert any(one.text.startswith("@abilinski: Created an issue") for one in items)
