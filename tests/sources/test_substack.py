"""A Substack export: own words only, and no subscriber's mail."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from exports import zipped
from fakes import reading

from twin.core.errors import BadSource
from twin.core.records import Item, Skipped
from twin.sources import substack
from twin.sources.archive import Archive


def read(location: str) -> dict[str, Item | Skipped]:
    return {one.key: one for one in substack.read(location, reading(Path("unused")))}


def substack_files() -> dict[str, str]:
    heading = "post_id,post_date,is_published,email_sent_at,inbox_sent_at,type,audience,title,subtitle,podcast_url"
    rows = [
        "101.on-bells,2023-12-28T08:00:00.000Z,true,,,newsletter,everyone,On bells &amp; rope,Why,",
        "102.,,false,,,newsletter,only_paid,,,",
        "103.gone,2024-01-01T08:00:00.000Z,true,,,newsletter,everyone,Gone,,",
        "104.how-to-use-the-substack-editor,,false,,,newsletter,everyone,How to use the Substack editor,,",
    ]
    page = (
        "<p>A bell is a promise.<a class='footnote-anchor' href='#f1'>1</a></p><div class='subscription-widget-wrap'>"
        "<p>Thanks for reading!</p></div><p class='button-wrapper'><a>Subscribe now</a></p><div class='tweet'>Tweeted."
        "</div><div class='pullquote'><p>A bell is a promise.</p></div><blockquote><p>Ring the bells.</p></blockquote>"
        "<pre><code>ring()\n  twice()</code></pre><div class='captioned-image-container'><figure><img src='x'>"
        "<figcaption>The old bell</figcaption></figure></div>"
        "<div class='footnote'><a class='footnote-number'>1</a><div><p>Or a threat.</p></div></div>"
    )
    return {
        "posts.csv": "\n".join([heading, *rows]) + "\n",
        "posts/101.on-bells.html": page,
        "posts/102..html": "<p>Half a page.</p>",
        "posts/104.how-to-use-the-substack-editor.html": "<p>Welcome!</p>",
        "posts/101.opens.csv": "post_id,email\n101,SOMEBODY@example.org\n",
        "email_list.bells.csv": "email\nSOMEBODY@example.org\n",
    }


@pytest.fixture
def export(tmp_path):
    """Files in, the zip of them out; the small export above when no files are given."""
    return lambda files=None: str(zipped(substack_files() if files is None else files, tmp_path / "export.zip"))


def test_a_post_reads_as_it_was_seen(export):
    item = read(export())["101"]
    assert item.text == "A bell is a promise.\n\n```\nring()\n  twice()\n```\n\nThe old bell\n\nOr a threat."
    assert item.quoted == "Ring the bells."
    assert (item.title, item.kind, item.place, item.draft) == ("On bells & rope", "article", "substack", False)
    assert item.published == datetime(2023, 12, 28, 8, tzinfo=UTC)
    assert item.url == "https://bells.substack.com/p/on-bells"


def test_a_draft_has_neither_date_nor_address(export):
    item = read(export())["102"]
    assert (item.text, item.draft, item.published, item.url) == ("Half a page.", True, None, "")


def test_what_is_not_yours_or_not_there_is_named(export):
    found = read(export())
    assert found["103"] == Skipped("103", "its page is not in the archive")
    assert "how to use the editor" in found["104"].reason


def test_files_about_subscribers_are_never_opened(export, monkeypatch):
    opened = []
    text = Archive.text

    def watched(self, name, **limits):
        opened.append(name)
        return text(self, name, **limits)

    monkeypatch.setattr(Archive, "text", watched)
    assert substack.owner(export()) == ["bells.substack.com"]
    assert "SOMEBODY" not in repr(read(export()))
    assert set(opened) == {"posts.csv", "posts/101.on-bells.html", "posts/102..html"}


def test_old_exports_say_true_in_capitals_and_have_a_column_less(export):
    table = "post_id,post_date,is_published,email_sent_at,type,audience,title,subtitle,podcast_url\n"
    row = "7.old,2019-07-26T20:48:19.814Z,TRUE,,newsletter,everyone,Old,,\n"
    item = read(export({"posts.csv": table + row, "posts/7.old.html": "<p>Old.</p>"}))["7"]
    assert (item.draft, item.url) == (False, "")


def test_a_restack_is_not_yours(export):
    table = "post_id,post_date,is_published,type,title\n8.x,2024-01-01T00:00:00Z,true,restack,Theirs\n"
    found = read(export({"posts.csv": table, "posts/8.x.html": "<p>Theirs.</p>"}))
    assert found["8"] == Skipped("8", "a restack of another's post")


def test_a_page_that_is_not_listed_is_named(export):
    files = {**substack_files(), "posts/999.lost.html": "<p>Lost.</p>"}
    assert read(export(files))["posts/999.lost.html"].reason == "not listed in posts.csv"


def test_a_broken_row_is_named_and_the_rest_kept(export):
    files = substack_files()
    heading, first, *rest = files["posts.csv"].splitlines()
    files["posts.csv"] = "\n".join([heading, '100.cut,"2023', first, *rest])
    found = read(export(files))
    assert isinstance(found["101"], Item)
    assert "a broken row" in found["posts.csv row 1"].reason


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"posts/1.x.html": "<p>x</p>"}, "holds no posts.csv"),
        ({"posts.csv": "id,when\n1,2\n", "posts/1.x.html": "<p>x</p>"}, "has the columns 'id, when'"),
    ],
)
def test_what_is_no_export_is_refused_with_what_to_do(export, files, said):
    with pytest.raises(BadSource, match=said) as raised:
        read(export(files))
    assert raised.value.hint
