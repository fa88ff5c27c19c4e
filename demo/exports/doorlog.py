"""The git repository of a small tool, as a bundle that is the same on every run."""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from demo.exports.texts import AUTHORS, TEXTS


@dataclass
class Commit:
    """One commit of doorlog: its parents' labels, its message and the whole tree after it."""

    label: str
    created: datetime
    author: str
    parents: list[str]
    message: str
    tree: dict[str, str] = field(default_factory=dict)


def edited(old_file: str, change: str) -> str:
    """A file and a `<<< old === new >>>` change in, the changed file out.

    Raises: ValueError where the old lines do not stand in the file exactly once.
    """
    match = re.fullmatch(r"<<<\n(.*?)\n===\n(.*)\n>>>", change.strip("\n"), flags=re.DOTALL)
    if not match or old_file.count(match[1]) != 1:
        raise ValueError(f"this change does not fit its file exactly once:\n{change}")
    return old_file.replace(match[1], match[2])


def commits() -> list[Commit]:
    """The history of doorlog, oldest first, each commit with its whole tree."""
    made: dict[str, Commit] = {}
    previous = ""
    for path in sorted((TEXTS / "doorlog").glob("*.txt")):
        for block in re.split(r"^### commit ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            head, *changes = re.split(r"^### (?=write |edit |take )", block, flags=re.MULTILINE)
            first, _, message = head.partition("\n")
            label, date, author, *links = first.split()
            named = dict(zip(links[::2], links[1::2], strict=True))
            parents = [p for p in (named.get("from", previous), named.get("merge", "")) if p]
            commit = Commit(label, datetime.fromisoformat(date), AUTHORS[author], parents, message.strip("\n") + "\n")
            commit.tree = dict(made[parents[0]].tree) if parents else {}
            for change in changes:
                line, _, content = change.partition("\n")
                verb, name = line.split()
                if verb == "write":
                    commit.tree[name] = content.rstrip("\n") + "\n"
                elif verb == "take":
                    commit.tree[name] = made[parents[1]].tree[name]
                else:
                    commit.tree[name] = edited(commit.tree[name], content)
            made[label] = commit
            previous = label
    return list(made.values())


def data(text: str) -> bytes:
    """Text in, a `data` command of git fast-import out."""
    raw = text.encode()
    return b"data %d\n%s\n" % (len(raw), raw)


def import_stream() -> bytes:
    """All commits in, one stream for `git fast-import` out."""
    history = commits()
    marks = {commit.label: number for number, commit in enumerate(history, 1)}
    out = []
    for commit in history:
        stamp = f"{commit.author} {int(commit.created.timestamp())} +0000"
        out.append(f"commit refs/heads/main\nmark :{marks[commit.label]}\nauthor {stamp}\ncommitter {stamp}\n".encode())
        out.append(data(commit.message))
        for verb, parent in zip(("from", "merge"), commit.parents, strict=False):
            out.append(f"{verb} :{marks[parent]}\n".encode())
        out.append(b"deleteall\n")
        for name, text in sorted(commit.tree.items()):
            out.append(f"M 100644 inline {name}\n".encode() + data(text))
    return b"".join(out) + b"done\n"


def git(*arguments: str, stdin: bytes | None = None) -> bytes:
    """git's arguments in, its stdout out, no settings of the user's read.

    Raises: subprocess.CalledProcessError with git's own words on stderr.
    """
    settings = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    run = subprocess.run(["git", *arguments], input=stdin, env=settings, check=True, stdout=subprocess.PIPE)
    return run.stdout


def write_bundle(path: Path) -> None:
    """The doorlog history into one bundle at `path`."""
    with tempfile.TemporaryDirectory() as folder:
        git("init", "--quiet", "--bare", folder)
        git("-C", folder, "symbolic-ref", "HEAD", "refs/heads/main")
        # --force: the side branch is written to main before the commit that main goes on from.
        git("-C", folder, "fast-import", "--quiet", "--done", "--force", stdin=import_stream())
        git("-C", folder, "-c", "pack.threads=1", "bundle", "create", "--quiet", str(path), "HEAD", "refs/heads/main")
