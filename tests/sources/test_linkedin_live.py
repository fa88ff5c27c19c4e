"""LinkedIn beside the archive: links, the portability interface, pages saved by hand, private messages on request."""

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
from hypothesis import HealthCheck, example, given, settings
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


# -- saved pages -----------------------------------------------------------------------------------------------------

PUBLIC = """<!doctype html><html><head><link rel="canonical" href="https://www.linkedin.com/posts/ada_x-activity-{id}-Ab">
<script type="application/ld+json">{{"@type":"{kind}","@id":"https://www.linkedin.com/posts/x-activity-{id}-Ab",
"{role}":{{"name":"{who}","url":"https://www.linkedin.com/in/{slug}"}}}}</script></head><body>
<article class="main-feed-activity-card" data-attributed-urn="urn:li:share:7019205082715996752"
data-activity-urn="urn:li:activity:{id}">
<p data-test-id="main-feed-activity-card__commentary">Thanks to <a href="/in/bob">Bob Builder</a>.

<a href="/signup?x">#doors</a></p><article class="feed-reshare-content" data-activity-urn="urn:li:activity:1">
<a data-tracking-control-name="public_post_reshare_feed-actor-name" href="/in/bob">Bob Builder</a>
<p data-test-id="feed-reshare-content__commentary">Reshared, of another</p></article>
<section class="comments"><p>Their comment</p></section></article>
<article class="main-feed-activity-card" data-attributed-urn="urn:li:share:7000000000000000000">
<p data-test-id="main-feed-activity-card__commentary">Recommended, of another</p></article></body></html>"""
CARD = """<div class="feed-shared-update-v2" data-urn="urn:li:activity:{id}">
<span class="update-components-actor__name"><span aria-hidden="true">{who}</span>
<span class="visually-hidden">{who}</span></span>
<div class="feed-shared-update-v2__description"><span class="break-words">{text}</span></div></div>"""
ACTIVITY = (
    "<!-- saved from url=(0054)https://www.linkedin.com/in/ada/recent-activity/all/ --><html><body>{}</body></html>"
)


def saved(tmp_path: Path, text: str, name: str = "page.html") -> str:
    (tmp_path / name).write_text(text, "utf-8")
    return str(tmp_path / name)


def pages(location: str, tmp_path: Path) -> list[Item | Skipped]:
    return list(linkedin.read(location, reading(tmp_path, ME)))


def public(**told: str) -> str:
    plain = {"who": "Ada Example", "slug": "ada", "role": "author", "kind": "SocialMediaPosting"}
    return PUBLIC.format(**{"id": "7019205084000000000", **plain, **told})


@pytest.mark.parametrize("role", ["author", "creator"])
def test_of_a_public_page_the_post_itself_is_taken_and_nothing_beside_it(role: str, tmp_path: Path) -> None:
    location = saved(tmp_path, public(role=role, kind="SocialMediaPosting" if role == "author" else "VideoObject"))
    assert sources.which(location) == "linkedin"
    mine, beside = pages(location, tmp_path)
    assert isinstance(mine, Item) and mine.text == "Thanks to Bob Builder.\n\n#doors"
    assert mine.key == "7019205082715996752" and mine.published and mine.published.year == 2023
    assert "another" not in repr(mine) and "Their" not in repr(mine)
    assert isinstance(beside, Skipped) and "recommends" in beside.reason


@pytest.mark.parametrize(
    ("who", "slug", "me", "mine"),
    [
        ("Ada Example", "ada", ME, True),
        ("Ada (she/her)", "ada?trk=x", ME, True),
        ("Ada Example", "ada-example-2", ME, False),  # of the same name
        ("Ada Example", "ACoAAB12", ME, True),  # a number in place of the name
        ("Ada Example", "ada-example-2", Identity("Ada Example"), True),
        ("Bob Builder", "bob", ME, False),
    ],
)
def test_a_card_is_mine_by_its_profile_and_else_by_its_name(
    who: str, slug: str, me: Identity, mine: bool, tmp_path: Path
) -> None:
    location = saved(tmp_path, public(who=who, slug=slug))
    one, _ = linkedin.read(location, reading(tmp_path, me))
    assert isinstance(one, Item) == mine
    assert mine or (isinstance(one, Skipped) and who in one.reason)


MEMBER = """<div class="feed-shared-update-v2" data-urn="urn:li:activity:{id}">
{above}<div class="update-components-actor"><a class="update-components-actor__meta-link" href="/in/{slug}?mini=x">
<span class="update-components-actor__title"><span><span aria-hidden="true">Ada Example</span>
<span class="visually-hidden">Ada Example</span></span></span></a></div>{own}
<div class="feed-shared-update-v2__update-content-wrapper"><div class="update-components-mini-update-v2">
<div class="update-components-text"><span class="break-words">Reshared, of another</span></div></div></div>
<div class="comments-comments-list"><article class="comments-comment-entity"><div class="update-components-text">
A comment of another</div></article></div></div>"""
OWN = """<div class="feed-shared-update-v2__description"><div class="update-components-text">
  <span class="break-words tvm-parent-container"><span dir="ltr">{}</span></span></div>
  <button class="feed-shared-inline-show-more-text__see-more-less-toggle"><span>…more</span></button></div>"""


def test_of_a_member_s_card_the_own_words_alone_are_taken(tmp_path: Path) -> None:
    tag = """<a href="https://www.linkedin.com/feed/hashtag/?k=doors"><span class="visually-hidden">hashtag</span>
    <span><span aria-hidden="true">#</span>doors</span></a>"""
    said = f"Doors\n      shut.<br><br>  Mostly. <a href='/in/bob'>Bob</a> knows {tag}"
    header = '<div class="update-components-header"><a href="/in/ada">Ada Example</a> reposted this</div>'
    cards = [
        MEMBER.format(id="7019205084000000000", slug="ada", above="", own=OWN.format(said)),
        MEMBER.format(id="7019205085000000000", slug="ada", above="", own=""),
        MEMBER.format(id="7019205086000000000", slug="bob", above=header, own=OWN.format("Of Bob")),
    ]
    mine, silent, his = pages(saved(tmp_path, ACTIVITY.format("".join(cards))), tmp_path)
    assert isinstance(mine, Item) and mine.text == "Doors shut.\n\nMostly. Bob knows #doors" and not mine.truncated
    assert mine.published and mine.published.year == 2023 and "another" not in mine.raw
    assert isinstance(silent, Skipped) and "without words" in silent.reason
    assert isinstance(his, Skipped) and "written by" in his.reason


def test_a_tag_that_was_saved_with_what_the_blind_hear_is_a_tag_again(tmp_path: Path) -> None:
    tag = '<a href="https://www.linkedin.com/feed/hashtag/?keywords=doors">hashtag\n#doors</a>'
    card = MEMBER.format(id="7019205084000000000", slug="ada", above="", own=OWN.format(f"My hashtag {tag}"))
    (one,) = pages(saved(tmp_path, ACTIVITY.format(card)), tmp_path)
    assert isinstance(one, Item) and one.text == "My hashtag #doors"


def test_a_folder_of_pages_is_read_and_one_with_other_pages_is_not_claimed(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    (folder / "Activity_files").mkdir(parents=True)
    (folder / "Activity_files" / "frame.html").write_text("<p>An advertisement</p>")
    for number in (4, 5):
        card = MEMBER.format(id=f"701920508{number}000000000", slug="ada", above="", own=OWN.format(f"Post {number}."))
        saved(folder, ACTIVITY.format(card), f"{number}.html")
    assert sources.which(str(folder)) == "linkedin"
    assert [one.text for one in pages(str(folder), tmp_path) if isinstance(one, Item)] == ["Post 4.", "Post 5."]
    assert linkedin.owner(str(folder)) == [LINK]
    saved(folder, "<html><p>My own page</p></html>", "other.html")
    assert sources.which(str(folder)) == "folder"


@pytest.mark.parametrize(
    "head",
    [
        '<html><head><link href="https://de.linkedin.com/posts/ada_activity-1-x" rel="canonical">',
        "<!--\n Page saved with SingleFile \n url: https://www.linkedin.com/in/ada/recent-activity/all/ -->",
        '<html><head><title>Activity | Ada Example | LinkedIn</title><link href="https://static.licdn.com/x">',
        '<html><div class="feed-shared-update-v2" data-urn="urn:li:activity:1">',
    ],
)
def test_a_page_is_known_by_where_it_is_from(head: str, tmp_path: Path) -> None:
    assert sources.which(saved(tmp_path, head)) == "linkedin"


@pytest.mark.parametrize(
    "page",
    [
        '<p>How to read it: <code>&lt;div class="feed-shared-update-v2" data-urn="urn:li:activity:1"&gt;</code></p>',
        "<title>Jobs | LinkedIn</title><p>A page about a page</p>",
        '<link rel="me" href="https://www.linkedin.com/in/ada"><link rel="canonical" href="https://ada.example/">',
        "<pre>&lt;!-- saved from url=(0054)https://www.linkedin.com/feed/ --&gt;</pre>",
    ],
)
def test_a_page_about_linkedin_is_not_one_of_its(page: str, tmp_path: Path) -> None:
    assert sources.which(saved(tmp_path, page)) == "folder"


def test_pictures_inside_a_page_do_not_make_it_too_large(tmp_path: Path) -> None:
    card = MEMBER.format(id="7019205084000000000", slug="ada", above="", own=OWN.format("Doors."))
    picture = '<img src="data:image/png;base64,' + "A" * (9 << 20) + '">'
    (one,) = pages(saved(tmp_path, ACTIVITY.format(picture + card)), tmp_path)
    assert isinstance(one, Item) and one.text == "Doors."


def test_of_an_activity_page_my_cards_are_taken(tmp_path: Path) -> None:
    cards = CARD.format(id="7019205084000000000", who="Ada Example", text="Doors.<br>Shut.")
    cards += CARD.format(id="7019205085000000000", who="Bob Builder", text="A repost")
    cards += CARD.format(id="7019205086000000000", who="Ada Example", text="Long words …see more")
    cards += CARD.format(
        id="7019205087000000000", who="Ada Example", text='<span class="visually-hidden">hashtag</span>#doors shut'
    )
    mine, his, cut, tagged = pages(saved(tmp_path, ACTIVITY.format(cards)), tmp_path)
    assert isinstance(mine, Item) and mine.text == "Doors.\nShut."
    assert isinstance(his, Skipped) and "Bob Builder" in his.reason
    assert isinstance(cut, Item) and cut.truncated and cut.text == "Long words"
    assert isinstance(tagged, Item) and tagged.text == "#doors shut"
    assert linkedin.owner(str(tmp_path / "page.html")) == ["https://www.linkedin.com/in/ada"]


def test_a_web_archive_is_read_like_the_page_in_it(tmp_path: Path) -> None:
    page = ACTIVITY.format(CARD.format(id="7019205084000000000", who="Ada Example", text="Doors – shut."))
    mime = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://www.linkedin.com/in/ada/recent-activity/all/\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; '
        f"charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{page}\r\n--b--\r\n"
    )
    (tmp_path / "page.mhtml").write_bytes(mime.encode())
    (one,) = pages(str(tmp_path / "page.mhtml"), tmp_path)
    assert isinstance(one, Item) and one.text == "Doors – shut."


def test_a_login_page_is_never_a_post(tmp_path: Path) -> None:
    page = '<html><head><link rel="canonical" href="https://www.linkedin.com/login"></head><body>Sign in</body></html>'
    (one,) = pages(saved(tmp_path, page), tmp_path)
    assert isinstance(one, Skipped) and "login" in one.reason


def test_a_page_that_only_links_to_linkedin_is_not_one_of_its(tmp_path: Path) -> None:
    page = '<html><body><a href="https://www.linkedin.com/posts/x-activity-1-y">me</a></body></html>'
    assert sources.which(saved(tmp_path, page)) == "folder"


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(cut=0, noise=b"\x80\xc2\x80\xc2\x80")
@given(cut=st.integers(0, 900), noise=st.binary(max_size=60))
def test_whatever_a_saved_page_holds_it_is_read_or_skipped(tmp_path: Path, cut: int, noise: bytes) -> None:
    whole = ACTIVITY.format(CARD.format(id="7019205084000000000", who="Ada Example", text="Doors.")).encode()
    (tmp_path / "page.html").write_bytes(whole[:80] + noise + whole[80 + cut :])
    assert all(
        isinstance(one, Item | Skipped)
        for one in linkedin.saved.read(str(tmp_path / "page.html"), reading(tmp_path, ME))
    )


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
    assert any(isinstance(one, Skipped) and "1 messages" in one.reason for one in asked)
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
