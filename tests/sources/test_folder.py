"""The folder source over folders that these tests build: front matter, encodings, links, and nothing of others."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes import reading

from twin.core.errors import BadSource
from twin.core.records import Identity, Item, Skipped
from twin.sources import folder

SAMPLES = (Path(__file__).parents[3] / "shared" / "formats" / "web" / "front-matter").resolve()
DAY = datetime(2024, 5, 6, tzinfo=UTC)


def found(location: Path) -> list[Item | Skipped]:
    return list(folder.read(str(location), reading(location)))


def one(tmp_path: Path, content: str | bytes, name: str = "a.md") -> Item:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    (item,) = found(file)
    assert isinstance(item, Item), item
    return item


def test_a_folder_gives_every_text_once_and_the_same_twice(tmp_path: Path) -> None:
    texts = ("index.md", "sub/index.md", "sub/note.txt", "sub/deep/post.markdown", "page.html", "a.rst", "b.org")
    for name in (*texts, "code.py", "data.xml", "data.gz", "style.css"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"Text of {name}")
    first = found(tmp_path)
    assert first == found(tmp_path)
    assert {item.text for item in first if isinstance(item, Item)} == {f"Text of {name}" for name in texts}
    assert len({item.key for item in first}) == len(first) == len(texts) == 7


def test_a_text_is_verbatim(tmp_path: Path) -> None:
    text = "It’s “mine” — *all* of it… 🙂 #tag\r\n\r\n  - indented\r\n<b>&amp;</b>"
    item = one(tmp_path, text)
    assert item.text == text
    assert (item.kind, item.place, item.authorship, item.published) == ("note", "folder", "own", None)


@pytest.mark.parametrize(
    "matter",
    [
        "---\ntitle: Doors\ndate: 2024-05-06\ndraft: true\nurl: https://ada.example/doors\n---\n",
        '+++\ntitle = "Doors"\ndate = 2024-05-06\ndraft = true\nurl = "https://ada.example/doors"\n+++\n',
        '{"title": "Doors", "date": "2024-05-06", "draft": true, "url": "https://ada.example/doors"}\n',
        "---\r\ntitle: Doors\r\ndate: 2024-05-06 02:00:00 +0200\r\npublished: false\r\ncanonical: https://ada.example/doors\r\n---\r\n",
    ],
)
def test_front_matter_is_read_and_is_no_part_of_the_text(tmp_path: Path, matter: str) -> None:
    item = one(tmp_path, matter + "\nThe body.\n\n---\n\nMore.\n")
    assert item.text == "The body.\n\n---\n\nMore."
    assert (item.title, item.published, item.draft, item.url) == ("Doors", DAY, True, "https://ada.example/doors")


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: [broken\n---\nBody",
        "---\ndate: 2024-13-45\n---\nBody",
        "+++\ntitle = broken\n+++\nBody",
        '{"title": broken}\nBody',
        "---\nnever closed\n\nBody",
        "---\nA rule above and below.\n---\nBody",
        "{not json} and so on",
        "---\na: &a [x, x]\nb: &b [*a, *a]\ntitle: *b\n---\nA few lines that could unfold to gigabytes.",
    ],
)
def test_front_matter_that_does_not_parse_stays_in_the_text(tmp_path: Path, text: str) -> None:
    assert one(tmp_path, text).text == text


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2024-05-06T02:00:00+02:00", DAY),
        ("'2024-05-06 00:00:00'", DAY),
        ("May 6, 2024", DAY),
        ("Mon, 06 May 2024 00:00:00 +0000", DAY),
        ("0001-01-01T00:00:00+05:00", None),
        ("some day", None),
        ("[1, 2]", None),
    ],
)
def test_dates_of_odd_types_are_utc_or_none(tmp_path: Path, date: str, expected: datetime | None) -> None:
    assert one(tmp_path, f"---\ndate: {date}\n---\nBody").published == expected


def test_jekyll_names_carry_the_date_and_drafts_folders_the_state(tmp_path: Path) -> None:
    assert one(tmp_path, "Body", "_posts/2024-05-06-doors.md").published == DAY
    assert one(tmp_path, "---\ndate: 2023-01-01\n---\nBody", "_posts/2024-05-06-other.md").published == datetime(
        2023, 1, 1, tzinfo=UTC
    )
    assert one(tmp_path, "Body", "_drafts/doors.md").draft


def test_the_first_heading_is_the_title_and_stays_in_the_text(tmp_path: Path) -> None:
    item = one(tmp_path, "# The doors are the whole job #\n\nText.")
    assert (item.title, item.text) == ("The doors are the whole job", "# The doors are the whole job #\n\nText.")
    assert one(tmp_path, "Text first.\n\n# Then a heading").title == ""


def test_long_texts_are_articles(tmp_path: Path) -> None:
    assert one(tmp_path, "word " * 250).kind == "article"
    assert one(tmp_path, "word " * 249).kind == "note"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    assert one(tmp_path, "Café “naïve” – 5 €".encode(encoding)).text == "Café “naïve” – 5 €"


def test_what_cannot_be_decoded_or_says_nothing_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\x00\x01\x02binary")
    (tmp_path / "b.md").write_bytes(b"caf\x81")
    (tmp_path / "c.md").write_text("---\ntitle: Only this\n---\n")
    assert [(Path(skip.key).name, skip.reason) for skip in found(tmp_path) if isinstance(skip, Skipped)] == [
        ("a.md", "not text in UTF-8, UTF-16 or Windows-1252"),
        ("b.md", "not text in UTF-8, UTF-16 or Windows-1252"),
        ("c.md", "no text"),
    ]


def test_two_authors_in_front_matter_are_co_authors(tmp_path: Path) -> None:
    assert one(tmp_path, "---\nauthors: [Ada Example, Bob]\n---\nBody").authorship == "co-authored"
    assert one(tmp_path, "---\nauthor: Ada Example\n---\nBody").authorship == "own"


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Bob Builder", "quoted"),
        ("[Bob Builder, Eve Else]", "quoted"),
        ("Bob Builder and Ada Example", "co-authored"),
        ("{name: Bob Builder}", "quoted"),
        ("ada", "own"),
        ("'Example, Ada'", "own"),
        ("A. B. Example <ada@example.org>", "own"),
        ("admin", "own"),
    ],
)
def test_a_text_that_names_another_author_is_not_mine(tmp_path: Path, author: str, expected: str) -> None:
    assert one(tmp_path, f"---\nauthor: {author}\n---\nBody").authorship == expected


def test_where_the_author_is_not_known_a_named_one_is_believed(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nauthor: Bob\n---\nBody")
    (read,) = folder.read(str(tmp_path), reading(tmp_path, Identity("")))
    assert isinstance(read, Item) and read.authorship == "own"


def test_block_quotes_of_markdown_are_the_words_of_others(tmp_path: Path) -> None:
    item = one(tmp_path, "Mine.\n\n> Theirs,\n> and more.\n\nMine again.\n\n```\n> code\n```")
    assert (item.text, item.quoted) == ("Mine.\n\nMine again.\n\n```\n> code\n```", "Theirs,\nand more.")
    callout = "> [!note] Mind this\n> It is mine."
    assert one(tmp_path, callout).text == callout
    (tmp_path / "a.md").write_text("> Nothing but theirs.")
    assert found(tmp_path / "a.md") == [Skipped(str(tmp_path / "a.md"), "no words of your own")]


def test_lines_of_shortcodes_go_and_shortcodes_within_a_line_stay(tmp_path: Path) -> None:
    text = "One.\n\n{{< figure src=a.png >}}\n\nTwo {{< ref b >}} and {% link c %}.\n{% include d.html %}\n"
    assert one(tmp_path, text).text == "One.\n\nTwo {{< ref b >}} and {% link c %}."
    quote = "Mine.\n\n{% blockquote Bob %}\nTheirs.\n{% endblockquote %}\n\nMore."
    assert (one(tmp_path, quote).text, one(tmp_path, quote).quoted) == ("Mine.\n\nMore.", "Theirs.")
    code = "{% highlight python %}\n> x\n{{ y }}\n{% endhighlight %}\nText."
    assert one(tmp_path, code).text == code


def test_a_licence_s_clause_holds_for_its_folder_and_below_and_no_licence_is_a_text(tmp_path: Path) -> None:
    for name, content in {
        "a.md": "Free.",
        "theirs/LICENSE.md": "# Licence\n\nYou may share it. You may not use it to train language models. Ask me.",
        "theirs/b.md": "Bound.",
        "theirs/deep/c.md": "Bound too.",
        "theirs/d.md": "---\nlicense: CC0\n---\nOwn words on it.",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    read = found(tmp_path)
    clause = "You may not use it to train language models"
    assert {Path(item.key).name: item.licence for item in read if isinstance(item, Item)} == {
        "a.md": "", "b.md": clause, "c.md": clause, "d.md": "CC0"
    }  # fmt: skip
    assert [skip.reason for skip in read if isinstance(skip, Skipped)] == ["a licence, not a text of yours"]


@pytest.mark.parametrize("matter", ["#+TITLE: Doors\n#+DATE: <2024-05-06>\n", "Doors\n=====\n\n:date: 2024-05-06\n"])
def test_org_and_restructured_text_name_title_and_date_in_the_text(tmp_path: Path, matter: str) -> None:
    item = one(tmp_path, f"{matter}\nThey shut.", "a.org" if "#" in matter else "a.rst")
    assert (item.title, item.published) == ("Doors", DAY)
    assert item.text.endswith("They shut.")


def test_hidden_and_vendored_folders_are_not_entered(tmp_path: Path) -> None:
    for name in (".obsidian", "node_modules", "vendor", "_site", "kept"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text(f"In {name}.")
    (tmp_path / ".hidden.md").write_text("Hidden.")
    assert [item.text for item in found(tmp_path) if isinstance(item, Item)] == ["In kept."]


def test_links_are_never_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.md").write_text("Secret.")
    (inside / "a.md").write_text("Mine.")
    (inside / "copy.md").symlink_to(inside / "a.md")
    (inside / "file.md").symlink_to(outside / "secret.md")
    (inside / "tree").symlink_to(outside)
    (inside / "loop").symlink_to(inside)
    got = {Path(one.key).name: one.text if isinstance(one, Item) else one.reason for one in found(inside)}
    assert got == {
        "a.md": "Mine.",
        "copy.md": "a link to another file of the folder",
        "file.md": "a link that leaves the folder",
        "tree": "a link that leaves the folder",
    }


def test_nothing_to_read_is_a_bad_source(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")
    with pytest.raises(BadSource, match="holds no texts"):
        found(tmp_path)
    with pytest.raises(BadSource, match="nothing at"):
        found(tmp_path / "gone")


def test_it_recognises_folders_and_single_texts_but_no_repository(tmp_path: Path) -> None:
    (tmp_path / "a.MD").write_text("x")
    (tmp_path / "a.zip").write_text("x")
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    assert folder.recognises(str(tmp_path))
    assert folder.recognises(str(tmp_path / "a.MD"))
    for other in (tmp_path / "a.zip", tmp_path / "repo", tmp_path / "gone", "https://ada.example"):
        assert not folder.recognises(str(other))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real samples in ../shared/formats are not here")
def test_real_front_matter() -> None:
    got = {Path(one.key).name: one for one in found(SAMPLES)}
    titles = {name: one.title for name, one in got.items() if isinstance(one, Item)}
    assert (
        titles.items()
        >= {
            "astro-yaml-benbalter.md": "Friction",
            "goblog-yaml.md": "C? Go? Cgo!",
            "hugo-yaml-remysharp.md": "20 Years of Blogging",
            "til-plain-simonw.md": "Transferring a GitHub issue from a private to a public repository",
            "zola-toml-endler.md": "What Is Rust Doing Behind the Curtains?",
        }.items()
    )
    assert got["jekyll-yaml-drewdevault.md"] == Skipped(str(SAMPLES / "jekyll-yaml-drewdevault.md"), "no text")
