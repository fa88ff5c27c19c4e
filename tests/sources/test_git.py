"""The git source over repositories that these tests build: what is yours, whose else it is, and what is refused."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from twin.core.errors import BadSource, MissingPart
from twin.core.records import Identity, Item, Skipped
from twin.sources import git
from twin.sources.git.repository import web_page

ADA = ("Ada Example", "ada@example.org")
BOB = ("Bob Builder", "bob@example.org")
ME = Identity("A. E.", ("ada@example.org",))
EMPTY_CONFIG = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


class Maker:
    """A repository on disk; each commit is a day and an hour and a half west of UTC after the one before."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.day = folder, 0
        folder.mkdir()
        self.run("init", "--quiet", "--initial-branch=main")

    def run(self, *arguments: str, who: tuple[str, str] = ADA) -> str:
        date = f"2024-03-{self.day + 1:02}T22:00:00-0130"
        people = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in zip(("NAME", "EMAIL"), who, strict=True)
        }
        env = {**os.environ, **EMPTY_CONFIG, **people, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        done = subprocess.run(["git", *arguments], cwd=self.folder, env=env, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, message: str, who: tuple[str, str] = ADA, **files: str) -> str:
        """`docs__a_md="x"` writes docs/a.md; the new commit's hash out."""
        for name, text in files.items():
            self.write(name.replace("__", "/").replace("_", "."), text)
        self.run("add", "--all")
        self.run("commit", "--quiet", "--allow-empty", "-m", message, who=who)
        self.day += 1
        return self.run("rev-parse", "HEAD")

    def write(self, name: str, text: str | bytes) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)


@pytest.fixture
def repo(tmp_path: Path) -> Maker:
    return Maker(tmp_path / "repo")


def found(location: object, cache: Path, me: Identity = ME) -> list[Item | Skipped]:
    return list(git.read(str(location), me=me, cache=cache))


def items(location: object, cache: Path, me: Identity = ME) -> dict[str, Item]:
    """By title: the subject of a commit, the heading of a file."""
    return {one.title: one for one in found(location, cache, me) if isinstance(one, Item)}


def reasons(location: object, cache: Path, me: Identity = ME) -> dict[str, str]:
    return {
        one.key.partition("/")[2] or one.key: one.reason
        for one in found(location, cache, me)
        if isinstance(one, Skipped)
    }


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


def test_a_bundle_and_an_address_give_what_the_repository_gives_and_are_fetched_again(
    repo: Maker, tmp_path: Path
) -> None:
    repo.commit("Begin with one", README_md="# One")
    bundle, served = tmp_path / "b.bundle", tmp_path / "served.git"
    repo.run("clone", "--quiet", "--bare", ".", str(served))
    repo.run(f"--git-dir={served}", "config", "uploadpack.allowFilter", "true")
    address = served.as_uri()
    for text in ("# One", "# Two"):
        repo.commit(f"Say {text} out loud", README_md=text)
        repo.run("bundle", "create", "--quiet", str(bundle), "HEAD", "main")
        repo.run("push", "--quiet", "--force", address, "main")
        local = found(repo.folder, tmp_path)
        for location in (bundle, address):
            assert git.recognises(str(location))
            assert found(location, tmp_path / "cache") == local
    assert len(list((tmp_path / "cache" / "git").iterdir())) == 2


def test_a_clone_holds_no_old_contents_and_gets_the_new_ones_at_once(repo: Maker, tmp_path: Path) -> None:
    repo.commit("Begin with one", d_md="# D\n\n" + "The same line.\n" * 9)
    repo.run("mv", "d.md", "e.md")
    repo.write("e.md", "# E\n\n" + "The same line.\n" * 9)
    for text in ("old", "new"):
        repo.commit(f"Write the {text} pages", a_md=f"# A {text}", b_md=f"# B {text}", c_md=f"# C {text}")
    served = tmp_path / "served.git"
    repo.run("clone", "--quiet", "--bare", ".", str(served))
    repo.run(f"--git-dir={served}", "config", "uploadpack.allowFilter", "true")
    repo.run(f"--git-dir={served}", "config", "uploadpack.allowAnySHA1InWant", "true")
    assert {"A new", "B new", "C new"} <= set(items(served.as_uri(), tmp_path / "cache"))
    (clone,) = (tmp_path / "cache" / "git").iterdir()
    listed = repo.run(f"--git-dir={clone}", "rev-list", "--objects", "--all", "--missing=print").splitlines()
    assert sum(line.startswith("?") for line in listed) == 4
    assert len(list((clone / "objects" / "pack").glob("*.pack"))) == 2


def test_a_broken_cache_is_cloned_anew(repo: Maker, tmp_path: Path) -> None:
    repo.commit("Begin with one", README_md="# One")
    repo.run("bundle", "create", "--quiet", str(tmp_path / "b.bundle"), "HEAD", "main")
    before = found(tmp_path / "b.bundle", tmp_path / "cache")
    (clone,) = (tmp_path / "cache" / "git").iterdir()
    (clone / "HEAD").unlink()
    assert found(tmp_path / "b.bundle", tmp_path / "cache") == before


def test_github_is_the_place_when_the_remote_says_so(repo: Maker, tmp_path: Path) -> None:
    commit = repo.commit("Begin with one")
    repo.run("remote", "add", "origin", "git@github.com:ada/doors.git")
    (one,) = items(repo.folder, tmp_path).values()
    assert (one.place, one.url) == ("github", f"https://github.com/ada/doors/commit/{commit}")
    assert web_page("https://github.com.evil.example/ada/doors") == ""


def test_a_repository_without_commits_says_what_to_do(repo: Maker, tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="no commits") as bad:
        found(repo.folder, tmp_path)
    assert "first commit" in bad.value.hint


def test_a_repository_of_others_names_them_and_the_command(repo: Maker, tmp_path: Path) -> None:
    repo.commit("Build it", who=BOB)
    repo.commit("Bump it", who=("dependabot[bot]", "1+dependabot[bot]@users.noreply.github.com"))
    with pytest.raises(BadSource, match=r"bob@example\.org \(1\)") as bad:
        found(repo.folder, tmp_path)
    assert "twin init --me bob@example.org" in bad.value.hint
    assert "dependabot" not in bad.value.message


def test_what_is_no_repository_is_a_bad_source(tmp_path: Path) -> None:
    (tmp_path / "fake.bundle").write_text("not a bundle")
    (tmp_path / "hollow" / ".git").mkdir(parents=True)
    for location in (tmp_path / "fake.bundle", tmp_path / "hollow", tmp_path / "gone", "file:///nowhere/x.git"):
        with pytest.raises(BadSource):
            found(location, tmp_path / "cache")
    with pytest.raises(BadSource, match="password"):
        found("https://ada:secret@example.org/x.git", tmp_path)
    with pytest.raises(BadSource, match="https"):
        found("ext::sh -c id://x.git", tmp_path)


def test_without_git_the_missing_program_is_named(repo: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingPart, match="git is not installed"):
        found(repo.folder, tmp_path)


def test_nothing_in_a_repository_runs_a_program(repo: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("Begin with one", README_md="# One")
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path / 'sprung'}\n")
    trap.chmod(0o755)
    for name in (
        "core.fsmonitor",
        "core.pager",
        "gpg.program",
        "diff.external",
        "core.sshCommand",
        "remote.origin.uploadpack",
    ):
        repo.run("config", name, str(trap))
    repo.run("config", "log.showSignature", "true")
    repo.run("config", "core.hooksPath", str(tmp_path))
    plain = repo.run("cat-file", "commit", "HEAD")
    signed = plain.replace("\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n", 1)
    (tmp_path / "signed").write_text(signed + "\n")
    repo.run("update-ref", "HEAD", repo.run("hash-object", "-t", "commit", "-w", str(tmp_path / "signed")))
    repo.run("log")
    assert (tmp_path / "sprung").exists(), "the trap works on a plain git log"
    (tmp_path / "sprung").unlink()
    head = repo.run("rev-parse", "HEAD")
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", "/nowhere")
    assert {one.key for one in found(repo.folder, tmp_path)} > {head}
    assert not (tmp_path / "sprung").exists()


def test_it_recognises_repositories_only(repo: Maker, tmp_path: Path) -> None:
    assert git.recognises(str(repo.folder))
    assert git.recognises("https://github.com/ada/doors")
    assert git.recognises("https://git.example.org/doors.git")
    for other in (
        tmp_path,
        tmp_path / "gone.bundle",
        "https://github.com/ada",
        "https://example.org/a/b",
        "ssh://x/y.git",
    ):
        assert not git.recognises(str(other))


def test_the_owner_is_who_commits_there(repo: Maker) -> None:
    repo.run("config", "user.email", "ada@example.org")
    repo.run("config", "user.name", "Ada Example")
    assert git.owner(str(repo.folder)) == ["ada@example.org", "Ada Example"]
    assert git.owner("https://github.com/ada/doors") == []
