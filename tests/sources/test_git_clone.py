"""The git source: clones kept and fetched, what is refused, and nothing in a repository trusted."""

import random
from pathlib import Path

import pytest
from repositories import BOB, Maker, found, items

from twin.core.errors import BadSource, MissingPart
from twin.sources import git
from twin.sources.git import repository
from twin.sources.git.repository import web_page


@pytest.fixture
def repo(tmp_path: Path) -> Maker:
    return Maker(tmp_path / "repo")


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
    assert git.recognises("https://codeberg.org/ada/doors")
    assert not git.recognises("https://github.com/ada/doors.git")
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


def test_a_repository_that_is_too_large_is_left_and_leaves_nothing(
    repo: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(7)
    repo.commit("Begin with noise", noise_md="".join(dice.choices("0123456789abcdef", k=400_000)))
    served = tmp_path / "served.git"
    repo.run("clone", "--quiet", "--bare", ".", str(served))
    monkeypatch.setattr(repository, "MOST_CLONE_BYTES", 50_000)
    with pytest.raises(BadSource, match="larger than 50,000 bytes") as bad:
        found(served.as_uri(), tmp_path / "cache")
    assert "clone it yourself" in bad.value.hint
    assert not list((tmp_path / "cache" / "git").iterdir())
