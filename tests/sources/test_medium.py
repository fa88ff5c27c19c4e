"""A Medium export: own words only, as they were seen."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from exports import graf, zipped
from fakes import reading

from twin.core.errors import BadSource
from twin.core.records import Item, Skipped
from twin.sources import medium


def read(location: str) -> dict[str, Item | Skipped]:
    return {one.key: one for one in medium.read(location, reading(Path("unused")))}


def page(body: str, *, title: str = "On bells", subtitle: str = "", published: str = "2024-01-18") -> str:
    stamp = f'<time class="dt-published" datetime="{published}T07:55:00.000Z">then</time>'
    footer = f'By Ada <a class="p-canonical" href="https://medium.com/@ada/x">Canonical link</a> {stamp}'
    return (
        f'<article class="h-entry"><header><h1 class="p-name">{title}</h1></header>'
        f'<section data-field="subtitle" class="p-summary">{subtitle}</section>'
        f'<section data-field="body" class="e-content"><section class="section">{body}</section></section>'
        f"<footer>{footer if published else 'View original.'}</footer></article>"
    )


def medium_files() -> dict[str, str]:
    post = (
        '<h3 class="graf graf--h3 graf--title">On bells</h3><h4 class="graf graf--h4 graf--subtitle">Why they ring</h4>'
        '<p class="graf graf--p">A bell is&nbsp;a <strong>promise</strong> &amp; a threat.<br>So it is.</p>'
        '<blockquote class="graf graf--pullquote">A bell is a promise</blockquote>'
        '<blockquote class="graf graf--blockquote">Ring the bells.</blockquote>'
        '<div class="graf graf--mixtapeEmbed"><a href="#"><strong>Card title</strong><em>Card blurb</em></a></div>'
    )
    reply = '<p class="graf graf--p">You are right about bells, and I was wrong.</p><p class="graf graf--p">Thanks.</p>'
    return {
        "README.html": "<h1>Your Medium export</h1>",
        "posts/2024-01-18_On-bells-7c41d09be2a6.html": page(post, subtitle="Why they ring"),
        "posts/2024-02-01_You-are-right-61d9c4e8b70.html": page(reply, title="You are right about bells, and"),
        "posts/draft_Later-9f03b6d2ac58.html": page(
            '<p class="graf graf--p">Not yet.</p>', title="Later", published=""
        ),
        "highlights/highlights-0001.html": "<p>THE WORDS OF ANOTHER</p>",
        "claps/claps-0001.html": "<p>THE WORDS OF ANOTHER</p>",
        "profile/profile.html": (
            '<section class="h-card"><h3 class="p-name">Ada Example</h3><ul><li><b>Profile:</b> <a class="u-url" '
            'href="https://medium.com/@ada">@ada</a></li><li><b>Email address:</b> ada@example.org</li><li>x</li></ul>'
        ),
    }


@pytest.fixture
def export(tmp_path):
    """Files in, the zip of them out; the small export above when no files are given."""
    return lambda files=None: str(zipped(medium_files() if files is None else files, tmp_path / "export.zip"))


@pytest.fixture
def post(export):
    """A body in, the one item that is made of it out."""

    def made(body: str, name: str = "2024-01-18_On-bells-7c41d09be2a6", **rest: str) -> Item | Skipped:
        (found,) = read(export({f"posts/{name}.html": page(body, **rest)})).values()
        return found

    return made


def test_a_post_reads_as_it_was_seen(export):
    item = read(export())["7c41d09be2a6"]
    assert item.text == "A bell is a promise & a threat.\nSo it is."
    assert item.quoted == "Ring the bells."
    assert (item.title, item.kind, item.place, item.draft) == ("On bells", "article", "medium", False)
    assert item.published == datetime(2024, 1, 18, 7, 55, tzinfo=UTC)
    assert item.url == "https://medium.com/@ada/x"
    assert item.raw_type == "text/html"


def test_a_response_is_a_comment_without_a_title(export):
    item = read(export())["61d9c4e8b70"]
    assert (item.kind, item.title) == ("comment", "")
    assert item.text == "You are right about bells, and I was wrong.\n\nThanks."


def test_a_response_may_begin_with_what_it_answers(post):
    item = post(graf("What they said.", "blockquote", "blockquote") + graf("I agree."), title="I agree.")
    assert (item.kind, item.text, item.quoted) == ("comment", "I agree.", "What they said.")


def test_a_draft_has_no_date(export):
    item = read(export())["9f03b6d2ac58"]
    assert item.draft
    assert item.published is None
    assert item.title == "Later"


def test_words_of_others_are_not_there(export):
    found = read(export())
    assert len(found) == 3
    assert "ANOTHER" not in repr(found)
    assert "Card" not in "".join(item.text for item in found.values())


def test_a_pull_quote_that_is_not_in_the_text_is_a_quotation(post):
    item = post(graf("On bells", "h3 graf--title", "h3") + graf("Mine.") + graf("Not mine", "pullquote", "blockquote"))
    assert (item.text, item.quoted) == ("Mine.", "Not mine")


def test_a_first_heading_that_is_the_title_is_not_told_twice(post):
    item = post(graf("On Bells", "h3", "h3") + graf("Mine."))
    assert (item.kind, item.title, item.text) == ("article", "On Bells", "Mine.")


def test_a_subtitle_that_repeats_nothing_is_kept(post):
    item = post(graf("On bells", "h3 graf--title", "h3") + graf("Why", "h4 graf--subtitle", "h4") + graf("Mine."))
    assert item.text == "## Why\n\nMine."


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (graf("", "figure", "figure"), "no words of your own"),
        (graf("a\x00b"), "holds NUL bytes"),
    ],
)
def test_a_page_without_a_text_is_named(post, body, reason):
    assert post(body) == Skipped("7c41d09be2a6", reason)


def test_a_page_that_is_something_else_is_named(export):
    files = {**medium_files(), "posts/stray.html": "<p>Hello</p>"}
    assert read(export(files))["stray"].reason == "not a page of a Medium post"


def test_one_id_twice_is_told_once(export):
    files = medium_files()
    page = files["posts/2024-01-18_On-bells-7c41d09be2a6.html"]
    found = read(export({**files, "posts/2024-01-19_On-bells-again-7c41d09be2a6.html": page}))
    assert isinstance(found["7c41d09be2a6"], Item)
    assert "more than once" in found["7c41d09be2a6 (2)"].reason


def test_the_owner_is_read_from_the_profile(export):
    assert medium.owner(export()) == ["https://medium.com/@ada", "Ada Example", "ada@example.org"]


def test_an_export_without_posts_is_refused_with_what_to_ask_for(export):
    with pytest.raises(BadSource, match="holds no posts") as raised:
        read(export({"README.html": "x"}))
    assert "Download your information" in raised.value.hint


def test_one_more_folder_around_it_changes_nothing(export):
    inside = {f"medium-export/{name}": content for name, content in medium_files().items()}
    inside["__MACOSX/medium-export/posts/._2024.html"] = "junk"
    assert medium.recognises(export(inside))
    assert read(export(inside)) == read(export())
