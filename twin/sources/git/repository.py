"""A git repository opened to be read only, by the `git` program; not a source of its own.

A local repository is read in place. A bundle or an https address is cloned bare into the cache, without the
contents of old files, and fetched the next time. Nothing in a repository is trusted: no hooks, no pager, no
signature program, no transport but the one that the location asks for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from twin.core.errors import BadSource, MissingPart, StorageFailed
from twin.core.paths import typed_path
from twin.core.records import digest
from twin.sources._web import refuse_private

CLONE_TIMEOUT_S = 900
READ_TIMEOUT_S = 300
MOST_CLONE_BYTES = 2 << 30
"""A history without the contents of old files is far smaller, even where a checkout takes 5 GB."""
_TOO_LARGE = ("too large", "signal 25", "file size limit", "invalid index-pack output")
PROSE = ("*.[mM][dD]", "*.[mM][aA][rR][kK][dD][oO][wW][nN]", "*.[rR][sS][tT]", "*.[tT][xX][tT]", ":(icase)*readme*")
_HARMLESS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "log.showSignature": "false",
    "log.showRoot": "true",
    "protocol.allow": "never",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
}


@dataclass(frozen=True, slots=True)
class Repo:
    """A repository on this disk, the one protocol it may still fetch by, and its page on a forge if it has one."""

    folder: Path
    location: str
    protocol: str = ""
    web: str = ""

    def git(self, *arguments: str, stdin: bytes = b"", timeout_s: float = READ_TIMEOUT_S) -> bytes:
        """A git command's output. The repository is named outright: git looks for none in the folders above."""
        inner = self.folder / ".git"
        command = (f"--git-dir={inner if inner.exists() else self.folder}", *arguments)
        return _git(command, self, stdin=stdin, timeout_s=timeout_s)

    @property
    def place(self) -> str:
        return "github" if self.web.startswith("https://github.com/") else "git"


@dataclass(slots=True)
class History:
    """Who wrote a file and when it first appeared."""

    authors: set[tuple[str, str]] = field(default_factory=set)
    added: datetime | None = None


def open_repository(location: str, cache: Path) -> Repo:
    """Raises: BadSource when there is no repository, MissingPart without git."""
    if "://" in location:
        parts = urlsplit(location)
        if parts.scheme not in ("https", "file"):
            raise BadSource(f"{location!r} is not an https address", "use the https address of the repository")
        if parts.password:
            raise BadSource("the address holds a password", "leave it out; git asks its own credential helper")
        if parts.scheme == "https":
            refuse_private(location)
        address = location.rstrip("/")
        return _cached(Repo(cache / "git" / digest(address), location, parts.scheme, web_page(address)), address)
    path = typed_path(location).resolve()
    if path.is_file():
        return _cached(Repo(cache / "git" / digest(str(path)), location, "file"), str(path))
    if not path.is_dir():
        raise BadSource(f"there is no repository at {location!r}", "check the path, then try again")
    local = Repo(path, location)
    origin = local.git("config", "--default", "", "--get", "remote.origin.url").decode("utf-8", "replace").strip()
    return Repo(path, location, web=web_page(origin))


def web_page(address: str) -> str:
    """A remote's address in any spelling in, its page on GitHub out; empty for all others."""
    plain = address.removesuffix("/").removesuffix(".git")
    for start in ("https://github.com/", "git@github.com:", "ssh://git@github.com/", "http://github.com/"):
        if plain.startswith(start):
            return f"https://github.com/{plain.removeprefix(start)}"
    return ""


def _cached(repo: Repo, address: str) -> Repo:
    """The clone of an address, brought up to date; one that cannot be fetched into is made anew."""
    if repo.folder.is_dir():
        with suppress(BadSource):
            refs = "+refs/heads/*:refs/heads/*"
            fetch = (f"--git-dir={repo.folder}", "fetch", "--quiet", "--prune", "--force", "--", address, refs)
            _git(fetch, repo, timeout_s=CLONE_TIMEOUT_S, most_bytes=MOST_CLONE_BYTES)
            return repo
    scratch = repo.folder.with_suffix(".new")
    try:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.parent.mkdir(parents=True, exist_ok=True)
        command = ("clone", "--quiet", "--bare", "--filter=blob:none", "--no-tags", "--", address, str(scratch))
        try:
            _git(command, repo, timeout_s=CLONE_TIMEOUT_S, most_bytes=MOST_CLONE_BYTES)
        except BadSource:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        shutil.rmtree(repo.folder, ignore_errors=True)
        scratch.rename(repo.folder)
    except OSError as bad:
        raise StorageFailed(f"cannot clone into {str(scratch)!r}: {bad.strerror}", "free some disk space") from bad
    return repo


def head_of(repo: Repo) -> str:
    """The newest commit of the default branch, of the newest branch where that is gone; empty without commits."""
    newest = ("for-each-ref", "--sort=-committerdate", "--count=1", "--format=%(objectname)", "refs/heads")
    for command in (("rev-list", "--max-count=1", "HEAD", "--"), newest):
        try:
            found = repo.git(*command).decode().strip()
        except BadSource:
            # A repository without commits has a HEAD that names nothing: an error to git, an answer here.
            found = ""
        if found:
            return found
    return ""


def records(output: bytes, width: int) -> list[tuple[str, ...]]:
    """The output of `git log -z` with `width` fields a commit, parted by NUL, in; rows out."""
    fields = output.decode("utf-8", "replace").split("\0")
    return [tuple(fields[i : i + width]) for i in range(0, len(fields) - width + 1, width)]


def histories_of(repo: Repo, head: str, paths: Collection[str]) -> dict[str, History]:
    """Paths at HEAD in, the history of each across plain renames out, from one walk over the log.

    Renames count only where the contents stay the same: anything looser would fetch every old file.
    """
    form = "--format=%x1e%at%x00%aN%x00%aE"
    output = repo.git(
        *("log", "-z", "--name-status", "-M100%", "--no-ext-diff", "--no-merges", "--full-history", "--topo-order"),
        *(form, head, "--", *PROSE),
    )
    called = {path: path for path in paths}
    found: dict[str, History] = defaultdict(History)
    for seconds, author, status, names in _changes(output):
        path = called.get(names[-1])
        if path is None:
            continue
        if status.startswith("R"):
            called[names[0]] = called.pop(names[-1])
        if status != "D":
            found[path].authors.add(author)
        if status == "A":
            found[path].added = moment(seconds)
    return found


def _changes(output: bytes) -> Iterator[tuple[str, tuple[str, str], str, Sequence[str]]]:
    """`(seconds, author, status, names)` of each change, newest first; a rename has two names, old and new."""
    fields = iter(output.decode("utf-8", "surrogateescape").split("\0"))
    seconds, author = "", ("", "")
    for raw in fields:
        status = raw.lstrip("\n")
        if status.startswith("\x1e"):
            seconds, author = status[1:], (_readable(next(fields)), _readable(next(fields)))
        elif status:
            yield seconds, author, status, [next(fields) for _ in range(2 if status[0] in "RC" else 1)]


def _readable(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def moment(seconds: str) -> datetime | None:
    """Seconds since 1970 in, UTC out; None where a broken commit holds a time that no calendar has."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def contents_of(repo: Repo, blobs: Sequence[str]) -> dict[str, bytes]:
    """Blob ids in, the contents of those that are in the clone out; a partial clone fetches the rest at once."""
    if not blobs:
        return {}
    listed = "\n".join(blobs).encode()
    if repo.protocol:
        fetch = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--filter=blob:none", "--stdin", "origin")
        with suppress(BadSource):  # a server that hands out no single blobs sent them all with the clone
            repo.git("-c", "fetch.negotiationAlgorithm=noop", *fetch, stdin=listed, timeout_s=CLONE_TIMEOUT_S)
    output = repo.git("cat-file", "--batch", stdin=listed)
    found: dict[str, bytes] = {}
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        name, kind, *size = output[at:end].decode().split(" ")
        at = end + 1
        if kind == "blob":
            found[name] = output[at : at + int(size[0])]
            at += int(size[0]) + 1
    return found


def _git(command: Sequence[str], repo: Repo, *, stdin: bytes = b"", timeout_s: float, most_bytes: int = 0) -> bytes:
    """A git command's output; `most_bytes` bounds each file that it may write."""
    settings = {**_HARMLESS, **({f"protocol.{repo.protocol}.allow": "always"} if repo.protocol else {})}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    # Variables such as GIT_DIR, set where this runs inside a hook, would point at another repository.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env = {**clean, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    cwd = repo.folder if repo.folder.is_dir() else None
    try:
        line = ["git", "--no-pager", *options, *command]
        if most_bytes:
            line = ["sh", "-c", 'ulimit -f "$0" && exec "$@"', str(max(1, most_bytes // 512)), *line]
        return subprocess.run(
            line, input=stdin, capture_output=True, timeout=timeout_s, env=env, cwd=cwd, check=True
        ).stdout
    except FileNotFoundError as bad:
        raise MissingPart(
            "git is not installed", "install it: apt install git (macOS: xcode-select --install)"
        ) from bad
    except subprocess.TimeoutExpired as bad:
        raise BadSource(f"git took more than {timeout_s:.0f} s on {repo.location!r}", "try again later") from bad
    except subprocess.CalledProcessError as bad:
        lines = bad.stderr.decode("utf-8", "replace").strip().splitlines()
        said = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[-1] if lines else "")
        if most_bytes and any(sign in " ".join(lines).lower() for sign in _TOO_LARGE):
            raise BadSource(
                f"{repo.location!r} is larger than {most_bytes:,} bytes", "clone it yourself, then add the folder"
            ) from bad
        raise BadSource(f"git cannot read {repo.location!r}: {said}", "check that it is a repository: git log") from bad
