"""LinkedIn pages that a reader saved by hand: the post itself, mine alone, and nothing that only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import reading
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from twin import sources
from twin.core.records import Identity, Item, Skipped
from twin.sources import linkedin

ME = Identity("Ada Example", ("https://www.linkedin.com/in/ada",))
LINK = "https://www.linkedin.com/in/ada"
TOKEN = {"linkedin": "secret"}


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
