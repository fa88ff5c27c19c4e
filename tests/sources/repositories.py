"""Git repositories that tests build, and short ways to read them."""

import os
import subprocess
from pathlib import Path

from fakes import reading

from twin.core.records import Identity, Item, Skipped
from twin.sources import git

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


def found(location: object, cache: Path, me: Identity = ME) -> list[Item | Skipped]:
    return list(git.read(str(location), reading(cache, me)))


def items(location: object, cache: Path, me: Identity = ME) -> dict[str, Item]:
    """By title: the subject of a commit, the heading of a file."""
    return {one.title: one for one in found(location, cache, me) if isinstance(one, Item)}


def reasons(location: object, cache: Path, me: Identity = ME) -> dict[str, str]:
    return {
        one.key.partition("/")[2] or one.key: one.reason
        for one in found(location, cache, me)
        if isinstance(one, Skipped)
    }
