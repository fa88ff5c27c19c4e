"""The git source over repositories that these tests build: what is yours and whose else it is."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from repositories import BOB, Maker, found, items, reasons

from twin.core.records import Identity, Item


@pytest.fixture
def repo(tmp_path: Path) -> Maker:
    return Maker(tmp_path / "repo")


def test_keys_are_unique_times_are_utc_and_a_second_reading_is_the_same(repo: Maker, tmp_path: Path) -> None:
    commit = repo.commit(
        "Count the doors\n\nAll of them — é, 🚪 and “quotes”.\n  Indented.", README_md="# Doors\n\nText."
    )
    repo.commit("Count them again")
    first = found(repo.folder, tmp_path)
    assert first == found(repo.folder, tmp_path)
    assert len({one.key for one in first}) == len(first) == 3
    message = next(one for one in first if one.key == commit)
    assert isinstance(message, Item)
    assert message.text == "Count the doors\n\nAll of them — é, 🚪 and “quotes”.\n  Indented."
    assert (message.kind, message.place, message.published) == (
        "commit",
        "git",
        datetime(2024, 3, 1, 23, 30, tzinfo=UTC),
    )


def test_other_peoples_commits_are_counted_and_not_imported(repo: Maker, tmp_path: Path) -> None:
    repo.commit("Mine and nobody else's")
    repo.commit("Not mine at all", who=BOB)
    repo.commit("Nor is this one", who=BOB)
    assert set(items(repo.folder, tmp_path)) == {"Mine and nobody else's"}
    assert "written by others (2 commits)" in reasons(repo.folder, tmp_path).values()


def test_an_old_mail_is_mine_by_mailmap_and_by_github_noreply(repo: Maker, tmp_path: Path) -> None:
    repo.write(".mailmap", "Ada Example <ada@example.org> <old@work.example>\n")
    repo.commit("Written at work", who=("ada", "old@work.example"))
    repo.commit("Written on the web", who=("ada-e", "123+ada-e@users.noreply.github.com"))
    me = Identity("A. E.", ("ada@example.org", "https://github.com/ada-e"))
    assert set(items(repo.folder, tmp_path, me)) == {"Written at work", "Written on the web"}
    assert set(items(repo.folder, tmp_path)) == {"Written at work"}


@pytest.mark.parametrize(
    ("message", "text", "authorship"),
    [
        (
            "Fix it well\n\nBecause.\n\nSigned-off-by: Ada <ada@example.org>\nReviewed-by: B <b@x.org>",
            "Fix it well\n\nBecause.",
            "own",
        ),
        ("Fix it well\n\nCo-authored-by: Bob <bob@example.org>", "Fix it well", "co-authored"),
        ("Fix it well\n\nCo-Authored-By: Ada <ada@example.org>", "Fix it well", "own"),
        ("Fix it well\n\nCo-Authored-By: Claude <noreply@anthropic.com>", "Fix it well", "ai-assisted"),
        ("Say why\n\nNote: this line is mine.", "Say why\n\nNote: this line is mine.", "own"),
    ],
)
def test_trailers_are_cut_and_name_the_other_hand(
    repo: Maker, tmp_path: Path, message: str, text: str, authorship: str
) -> None:
    repo.commit(message)
    (one,) = items(repo.folder, tmp_path).values()
    assert (one.text, one.authorship, one.raw) == (text, authorship, message)


@pytest.mark.parametrize(
    "message",
    [
        "Update README.md",
        "Initial commit",
        "v1.2.0",
        "Bump left-pad from 1.0 to 1.1",
        'Revert "Fix it"\n\nThis reverts commit abc.',
    ],
)
def test_what_a_program_wrote_is_skipped(repo: Maker, tmp_path: Path, message: str) -> None:
    bad = repo.commit(message)
    repo.commit("typo")
    assert reasons(repo.folder, tmp_path)[bad] == "written by a program"
    assert "one word" in reasons(repo.folder, tmp_path).values()
    assert not items(repo.folder, tmp_path)


def test_merges_are_dropped_and_what_they_merge_is_kept(repo: Maker, tmp_path: Path) -> None:
    repo.commit("Lay the ground")
    repo.run("switch", "--quiet", "--create", "side")
    repo.commit("Work on the side")
    repo.run("switch", "--quiet", "main")
    repo.commit("Work on main")
    repo.run("merge", "--quiet", "--no-edit", "side")
    merge = repo.run("rev-parse", "HEAD")
    assert set(items(repo.folder, tmp_path)) == {"Lay the ground", "Work on the side", "Work on main"}
    assert reasons(repo.folder, tmp_path)[merge] == "a merge"


def test_prose_files_are_mine_shared_or_others(repo: Maker, tmp_path: Path) -> None:
    repo.commit(
        "Start the docs", README_md="# Mine\n\nText.", docs__shared_rst="Shared\n======\n", src__main_py="x = 1\n"
    )
    repo.commit("Add two", who=BOB, docs__shared_rst="Shared\n======\n\nMore.\n", docs__bob_md="# Bob's\n")
    readme, shared = (one for one in found(repo.folder, tmp_path) if isinstance(one, Item) and one.kind == "readme")
    assert (readme.key.split("/")[1], readme.text, readme.authorship) == ("README.md", "# Mine\n\nText.", "own")
    assert (shared.text, shared.authorship) == ("Shared\n======\n\nMore.", "co-authored")
    assert reasons(repo.folder, tmp_path)["docs/bob.md"] == "written by others"


def test_a_file_is_dated_by_the_commit_that_first_added_it_under_any_name(repo: Maker, tmp_path: Path) -> None:
    repo.commit("Add a page", who=BOB, notes_md="# Page\n\nFirst.")
    repo.run("mv", "notes.md", "page.md")
    repo.commit("Rename the page", page_md="# Page\n\nFirst.")
    repo.commit("Change the page", page_md="# Page\n\nFirst. Second.")
    page = items(repo.folder, tmp_path)["Page"]
    assert (page.published, page.authorship) == (datetime(2024, 3, 1, 23, 30, tzinfo=UTC), "co-authored")


def test_vendored_standard_and_binary_files_are_skipped_with_their_reason(repo: Maker, tmp_path: Path) -> None:
    repo.write("blob.md", b"\x00\x01\x02")
    repo.commit(
        "Take in a library",
        vendor__lib__README_md="# Lib",
        LICENSE_md="# MIT",
        _github__PULL_md="# Form",
        notes_txt="no prose",
    )
    assert reasons(repo.folder, tmp_path) == {
        "vendor/lib/README.md": "in a hidden, vendored or generated folder",
        ".github/PULL.md": "in a hidden, vendored or generated folder",
        "LICENSE.md": "a standard text",
        "blob.md": "not text in UTF-8, UTF-16 or Windows-1252",
    }


def test_an_essay_in_a_repository_is_an_article_with_its_own_date(repo: Maker, tmp_path: Path) -> None:
    essay = "---\ntitle: Brushes\ndate: 2020-01-02\n---\n" + "word " * 300
    repo.commit(
        "Publish the essay", posts__brushes_md=essay, posts__short_md="# Short\n\nA thought.", CHANGELOG_md="# Changes"
    )
    got = items(repo.folder, tmp_path)
    assert [got[name].kind for name in ("Brushes", "Short", "Changes")] == ["article", "note", "readme"]
    assert got["Brushes"].published == datetime(2020, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("name", ["with space.md", "ünïcode.md", "tab\tand\nbreak.md", "-dash.md"])
def test_any_file_name_is_read(repo: Maker, tmp_path: Path, name: str) -> None:
    repo.write(f"docs/{name}", "# Named oddly")
    repo.commit("Name a file oddly")
    assert items(repo.folder, tmp_path)["Named oddly"].key.endswith(f"/docs/{name}")
