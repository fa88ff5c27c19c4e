"""LinkedIn beside the archive: links, the portability interface, private messages on request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from exports import linkedin as export
from exports import rfc4180, unpacked
from fakes import FakeWeb, reading
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin import sources
from twin.core.errors import BadSource, Wall
from twin.core.records import Identity, Item, Page, Skipped
from twin.sources import linkedin
from twin.sources.linkedin.api import SNAPSHOT

ME = Identity("Ada Example", ("https://www.linkedin.com/in/ada",))
LINK = "https://www.linkedin.com/in/ada"
TOKEN = {"linkedin": "secret"}


# -- links -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["linkedin.com/in/ada", "https://www.linkedin.com/in/ada/", "http://de.linkedin.com/in/ada"]
)
def test_a_link_is_told_where_the_posts_are(typed: str, tmp_path: Path) -> None:
    assert sources.which(typed) == "linkedin"
    way = linkedin.route(sources.address(typed), reading(tmp_path))
    assert "only to members" in way.taken and "larger archive" in way.better
    web = FakeWeb()
    with pytest.raises(BadSource, match="only to members") as bad:
        list(linkedin.read(sources.address(typed), reading(tmp_path, web=web)))
    assert "about a day" in bad.value.hint and web.asked == []


# -- the interface ---------------------------------------------------------------------------------------------------


def share(number: int, text: str) -> dict[str, str]:
    link = f"https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A{7019205082715996752 + number}"
    return {"Date": "2023-01-12 08:00:00", "ShareLink": link, "ShareCommentary": text, "Visibility": "PUBLIC"}


def snapshot(domain: str, pages: list[list[dict[str, str]]]) -> dict[str, Page]:
    made = {}
    for start, rows in enumerate(pages):
        url = f"{SNAPSHOT}?q=criteria&domain={domain}&start={start}"
        links = [{"rel": "next", "href": "/x"}] if start + 1 < len(pages) else []
        answer = {"paging": {"links": links}, "elements": [{"snapshotDomain": domain, "snapshotData": rows}]}
        made[url] = Page(url, json.dumps(answer).encode(), "application/json")
    return made


@dataclass
class Watched(FakeWeb):
    """A web that remembers the headers too."""

    sent: list[dict[str, str]] = field(default_factory=list)

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Page:
        self.sent.append(dict(headers or {}))
        return super().get(url)


def through(pages: dict[str, Any], tmp_path: Path, web: FakeWeb | None = None) -> list[Item | Skipped]:
    """What the interface gives but for the domains that hold nothing."""
    read = linkedin.read(LINK, reading(tmp_path, ME, web=web or FakeWeb(pages), tokens=TOKEN))
    return [one for one in read if not (isinstance(one, Skipped) and one.reason.startswith("nothing there"))]


def test_the_token_goes_in_a_header_and_nowhere_else(tmp_path: Path) -> None:
    web = Watched(snapshot("MEMBER_SHARE_INFO", [[share(1, "One.")]]))
    read = through({}, tmp_path, web)
    assert all(headers == {"Authorization": "Bearer secret", "LinkedIn-Version": "202312"} for headers in web.sent)
    assert web.asked and all(url.startswith(SNAPSHOT) and "secret" not in url for url in web.asked)
    assert "secret" not in repr(read)


def test_the_interface_and_the_archive_give_one_document(tmp_path: Path) -> None:
    post, said = (
        share(1, 'Doors."\n"Rails.'),
        {"Date": "2023-01-13 08:00:00", "Link": "https://x.example", "Message": "Fair."},
    )
    files = {"Shares.csv": rfc4180(post, [post.values()]), "Comments.csv": rfc4180(said, [said.values()])}
    archived = list(linkedin.read(str(unpacked(files, tmp_path)), reading(tmp_path, ME)))
    live = through(snapshot("MEMBER_SHARE_INFO", [[post]]) | snapshot("ALL_COMMENTS", [[said]]), tmp_path)
    assert [(one.key, getattr(one, "text", "")) for one in live] == [
        (one.key, getattr(one, "text", "")) for one in archived
    ]


def test_the_profile_and_what_was_held_are_kind_other(tmp_path: Path) -> None:
    mine = {"First Name": "Ada", "Headline": "Doors, mostly", "Summary": "I shut doors.", "Birth Date": "1815-12-10"}
    held = {"Company Name": "Lifts", "Title": "Engineer", "Description": "Shut doors.", "Started On": "Jan 2020"}
    silent = {**held, "Title": "Trainee", "Description": ""}
    pages = snapshot("PROFILE", [[mine]]) | snapshot("POSITIONS", [[held, silent]])
    read = through(pages, tmp_path)
    assert [(one.key[:8], one.kind, one.text) for one in read if isinstance(one, Item)] == [
        ("profile-", "other", "Doors, mostly"),
        ("profile-", "other", "I shut doors."),
        ("position", "other", "Shut doors."),
    ]
    assert "1815" not in repr(read)
    files = {
        "Shares.csv": rfc4180(share(1, ""), [share(1, "One.").values()]),
        "Profile.csv": rfc4180(mine, [mine.values()]),
        "Profile Summary.csv": rfc4180(("Profile Summary",), [("I shut doors.",)]),
        "Positions.csv": rfc4180(held, [held.values(), silent.values()]),
    }
    archived = list(linkedin.read(str(unpacked(files, tmp_path)), reading(tmp_path, ME)))
    assert [one.key for one in archived if isinstance(one, Item) and one.kind == "other"] == [one.key for one in read]


def test_posts_that_are_not_there_yet_are_not_taken_for_none(tmp_path: Path) -> None:
    pages = snapshot("PROFILE", [[{"Headline": "Doors"}]])
    read = list(linkedin.read(LINK, reading(tmp_path, ME, web=FakeWeb(pages), tokens=TOKEN)))
    assert [one.key for one in read if isinstance(one, Skipped)] == ["MEMBER_SHARE_INFO", "ALL_COMMENTS"]
    assert all("24 hours" in one.reason for one in read if isinstance(one, Skipped))


def test_a_page_that_does_not_come_is_told_and_what_came_is_kept(tmp_path: Path) -> None:
    pages: dict[str, Any] = dict(snapshot("MEMBER_SHARE_INFO", [[share(1, "One.")], [share(2, "Two.")]]))
    second = f"{SNAPSHOT}?q=criteria&domain=MEMBER_SHARE_INFO&start=1"
    for error in (BadSource("answered 503, 5 times"), Wall("answered 401", "")):
        one, *rest = through(pages | {second: error}, tmp_path)
        assert isinstance(one, Item) and one.text == "One."
        assert any(isinstance(left, Skipped) and error.message in left.reason for left in rest)
    alone = {f"{SNAPSHOT}?q=criteria&domain=MEMBER_SHARE_INFO&start=0": BadSource("cannot read: no network")}
    with pytest.raises(BadSource, match="no network"):
        through(alone, tmp_path)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("\ud800") | st.just("a\x00b"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["elements", "snapshotData", "paging", "links", "ShareLink"]), inner)
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANYTHING, ANYTHING)
def test_whatever_the_interface_answers_the_good_row_is_kept(tmp_path: Path, row: Any, answer: Any) -> None:
    pages: dict[str, Any] = dict(snapshot("MEMBER_SHARE_INFO", [[row, share(1, "One.")]]))
    other = f"{SNAPSHOT}?q=criteria&domain=ALL_COMMENTS&start=0"
    read = through(pages | {other: Page(other, json.dumps(answer).encode(), "application/json")}, tmp_path)
    assert "One." in {one.text for one in read if isinstance(one, Item)}


def test_the_interface_gives_the_same_items_as_the_archive(tmp_path: Path) -> None:
    rows = [share(n, f'Line {n}."\n"He said "no".') for n in range(3)]
    items = through(snapshot("MEMBER_SHARE_INFO", [rows[:2], rows[2:]]), tmp_path)
    assert [one.text for one in items if isinstance(one, Item)] == [f'Line {n}.\nHe said "no".' for n in range(3)]
    first = items[0]
    assert isinstance(first, Item) and (first.key, first.visibility) == ("7019205082715996752", "PUBLIC")


@pytest.mark.parametrize("numbers", [(1, 1, 1), (1, 2, 1, 2, 1, 2)])
def test_a_page_that_comes_again_ends_the_list(numbers: tuple[int, ...], tmp_path: Path) -> None:
    items = through(snapshot("MEMBER_SHARE_INFO", [[share(n, f"Text {n}.")] for n in numbers]), tmp_path)
    assert [one.text for one in items if isinstance(one, Item)] == [f"Text {n}." for n in sorted(set(numbers))]
    assert len(items) == len(set(numbers))


def test_nothing_yet_and_a_token_that_ran_out_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="holds nothing") as empty:
        through({}, tmp_path)
    assert "24 hours" in empty.value.hint
    url = f"{SNAPSHOT}?q=criteria&domain=MEMBER_SHARE_INFO&start=0"
    with pytest.raises(BadSource, match="refused the token"):
        through({url: Wall("401", "")}, tmp_path)


def test_a_row_that_lacks_a_column_is_skipped(tmp_path: Path) -> None:
    bad, good = through(snapshot("MEMBER_SHARE_INFO", [[{"Date": "x"}, share(1, "One.")]]), tmp_path)
    assert isinstance(bad, Skipped) and "lacks" in bad.reason
    assert isinstance(good, Item)


# -- messages --------------------------------------------------------------------------------------------------------

HEADING = ("CONVERSATION ID", "FROM", "SENDER PROFILE URL", "TO", "DATE", "SUBJECT", "CONTENT", "IS MESSAGE DRAFT")


def row(slug: str, text: str, *, draft: str = "No") -> tuple[str, ...]:
    return (
        "c1",
        "Ada",
        f"https://www.linkedin.com/in/{slug}",
        "Bob Builder",
        "2024-01-01 10:00:00 UTC",
        "",
        text,
        draft,
    )


def test_messages_are_read_on_request_and_mine_alone(tmp_path: Path) -> None:
    rows = [row("ada", "The door is shut."), row("impostor", "Not me."), row("ADA/", "Half a", draft="Yes")]
    rows.append(row("ada", "<p>With <b>marks</b>.</p>"))
    location = str(unpacked({**export(), "messages.csv": rfc4180(HEADING, rows)}, tmp_path))
    silent = [one for one in linkedin.read(location, reading(tmp_path, ME)) if isinstance(one, Item)]
    asked = list(linkedin.read(location, reading(tmp_path, ME, messages=True)))
    mine = [one for one in asked if isinstance(one, Item) and one.kind == "message"]
    assert not [one for one in silent if one.kind == "message"]
    assert [one.text for one in mine] == ["The door is shut.", "With marks."]
    assert all(one.published for one in mine) and "Bob Builder" not in repr(mine)
    assert any(isinstance(one, Skipped) and "(1 message)" in one.reason for one in asked)
    assert any(isinstance(one, Skipped) and "draft" in one.reason for one in asked)


@pytest.mark.parametrize("handle", ["https://ch.linkedin.com/in/ada?trk=x", "linkedin.com/in/Ada/"])
def test_my_profile_is_known_in_any_spelling(handle: str, tmp_path: Path) -> None:
    location = str(unpacked({"messages.csv": rfc4180(HEADING, [row("ada", "Mine.")]), "Profile.csv": ""}, tmp_path))
    read = linkedin.read(location, reading(tmp_path, Identity("Ada", (handle,)), messages=True))
    assert [one.text for one in read if isinstance(one, Item)] == ["Mine."]


def test_without_my_profile_no_message_is_mine_and_it_says_so(tmp_path: Path) -> None:
    location = str(unpacked({**export(), "messages.csv": rfc4180(HEADING, [row("ada", "Mine.")])}, tmp_path))
    read = list(linkedin.read(location, reading(tmp_path, Identity("Ada Example"), messages=True)))
    assert not [one for one in read if isinstance(one, Item) and one.kind == "message"]
    assert any(isinstance(one, Skipped) and "twin init --me" in one.reason for one in read)


def test_a_basic_archive_has_messages_to_read_when_they_are_asked_for(tmp_path: Path) -> None:
    heading = ("From", "To", "Date", "Subject", "Content", "Direction", "Folder")
    rows = [
        ("Ada", "Bob", "2018/01/01 10:00:00 UTC", "", "Mine.", "OUTGOING", "SENT"),
        ("Bob", "Ada", "2018/01/01 10:05:00 UTC", "", "His.", "INCOMING", "INBOX"),
    ]
    files = {"Profile.csv": "First Name\nAda\n", "Connections.csv": "", "Messages.csv": rfc4180(heading, rows)}
    location = str(unpacked(files, tmp_path))
    with pytest.raises(BadSource, match="Basic archive"):
        list(linkedin.read(location, reading(tmp_path, ME)))
    read = list(linkedin.read(location, reading(tmp_path, ME, messages=True)))
    assert [one.text for one in read if isinstance(one, Item)] == ["Mine."]
    assert "Basic" not in linkedin.route(location, reading(tmp_path, ME, messages=True)).taken
