"""A git repository: commit messages and prose files that the author wrote; source code stays where it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from twin.core.errors import BadSource
from twin.core.paths import typed_path
from twin.core.protocols import Reading
from twin.core.records import Authorship, Identity, Item, Kind, Route, Skipped
from twin.core.text import word_count
from twin.sources.folder import decoded, ignored, prose_of
from twin.sources.git.repository import (
    History,
    Repo,
    contents_of,
    head_of,
    histories_of,
    moment,
    open_repository,
    records,
)

FORGES = frozenset({"gitlab.com", "codeberg.org"})
"""Where an address of two steps is a repository. GitHub's belong to the source of that name."""
_BOT = re.compile(r"\[bot\]|\bbot@|noreply@(?:github|gitlab)\.com$", re.IGNORECASE)
_NOREPLY = re.compile(r"(?:\d+\+)?([\w-]+)@users\.noreply\.github\.com", re.IGNORECASE)
_TRAILER = re.compile(
    r"(?:[\w-]+-by|[\w-]+-to|Change-Id|Cc|Link|Fixes|Closes|Refs?|See-also|git-svn-id|Issue|Co-authored-with): \S.*"
    r"|\(cherry picked from commit [0-9a-f]+\)|\W*Generated with \[.*",
    re.IGNORECASE,
)
_WITH = re.compile(r"^Co-authored-(?:by|with): (.*?)\s*(?:<([^>]*)>)?\s*$", re.IGNORECASE | re.MULTILINE)
_ASSISTANT = re.compile(
    r"\b(?:claude|copilot|cursor|codex|aider|devin|gemini|chatgpt)\b|@(?:anthropic|openai)\.com", re.I
)
_MACHINE = re.compile(
    r"(?:Bump \S+ from \S+|(?:chore|build|fix)\(deps[^)]*\)|(?:Update|Create|Delete|Rename) \S+$|Add files via upload"
    r"|Initial commit$|Revert \"|fixup! |squash! |amend! |(?:release |version )?v?\d+(?:\.\d+)+\S*$|Merge )",
    re.IGNORECASE,
)
_STANDARD = re.compile(
    r"(?:licen[cs]e|copying|notice|code_of_conduct|security|requirements|robots|humans|cmakelists)\b", re.I
)


def recognises(location: str) -> bool:
    if "://" in location:
        parts = urlsplit(location)
        steps = [step for step in parts.path.split("/") if step]
        named = parts.path.rstrip("/").endswith(".git")
        if parts.hostname == "github.com":
            return False
        return parts.scheme in ("https", "file") and (named or (parts.hostname in FORGES and len(steps) == 2))
    path = typed_path(location)
    bare = (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir()
    return bare or (path / ".git").exists() or (path.suffix == ".bundle" and path.is_file())


def owner(location: str) -> list[str]:
    """The mail and name that new commits in a local repository would carry."""
    path = typed_path(location)
    if "://" in location or not path.is_dir():
        return []
    repo = Repo(path.resolve(), location)
    found = []
    for name in ("user.email", "user.name"):
        # `git config` exits with 1 where a value is not set; an empty default makes that a normal answer.
        value = repo.git("config", "--default", "", "--get", name).decode("utf-8", "replace").strip()
        found += [value] if value else []
    return found


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    if "://" in location:
        return Route("cloned with git, old contents left out; your commits and prose are read from the clone")
    return Route("your commits and prose, read from the repository where it lies")


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Commit messages, keyed by hash, and prose at HEAD, keyed by the root commit and the path."""
    me = reading.me
    repo = open_repository(location, reading.cache)
    head = head_of(repo)
    if not head:
        raise BadSource(f"there are no commits in {location!r}", "add it again after the first commit")
    log = records(repo.git("log", "-z", "--format=%H%x00%P%x00%aN%x00%aE%x00%at", head), 5)
    authors = Counter((name, mail) for _, _, name, mail, _ in log)
    mine = {author for author in authors if is_mine(me, *author)}
    if not mine:
        raise _not_by(location, authors)
    yield from _commits(repo, [row for row in log if row[2:4] in mine], me)
    others = sum(authors.values()) - sum(authors[author] for author in mine)
    if others:
        yield Skipped(f"{log[-1][0][:12]} commits by others", f"written by others ({others:,} commits)")
    yield from _files(repo, head, me)


def is_mine(me: Identity, name: str, mail: str) -> bool:
    """A commit's author in, whether that is me; GitHub's no-reply mails carry a handle."""
    hidden = _NOREPLY.fullmatch(mail)
    handles = (hidden[1], f"github.com/{hidden[1]}") if hidden else ()
    return any(me.is_me(value) for value in (mail, name, *handles))


def _not_by(location: str, authors: Counter[tuple[str, str]]) -> BadSource:
    people = Counter({author: n for author, n in authors.items() if not _BOT.search(" ".join(author))}) or authors
    known = ", ".join(f"{mail} ({n:,})" for (_, mail), n in people.most_common(5))
    hint = f"if one of them is you: twin init --me {people.most_common(1)[0][0][1]}"
    return BadSource(f"no commit in {location!r} is by you; its authors are {known}", hint)


# -- commit messages ---------------------------------------------------------------------------------------------


def _commits(repo: Repo, rows: Sequence[tuple[str, ...]], me: Identity) -> Iterator[Item | Skipped]:
    hashes = "\n".join(row[0] for row in rows).encode()
    output = repo.git(
        "log", "-z", "--no-walk=unsorted", "--encoding=UTF-8", "--format=%H%x00%B", "--stdin", stdin=hashes
    )
    messages: dict[str, str] = {commit: message for commit, message in records(output, 2)}  # noqa: C416
    for commit, parents, _, _, seconds in rows:
        raw = messages[commit].strip("\n")
        text = without_trailers(raw)
        reason = _unwanted(text, merge=" " in parents)
        if reason:
            yield Skipped(commit, reason)
            continue
        url = f"{repo.web}/commit/{commit}" if repo.web else ""
        yield Item(
            key=commit,
            kind="commit",
            place=repo.place,
            text=text,
            title=text.split("\n", 1)[0],
            url=url,
            published=moment(seconds),
            authorship=_authorship(raw, me),
            raw=raw,
        )


def without_trailers(message: str) -> str:
    """A commit message in, the same without the trailers at its end out."""
    lines = message.rstrip().split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or _TRAILER.fullmatch(lines[-1].strip())):
        lines.pop()
    return "\n".join(lines)


def _unwanted(text: str, *, merge: bool) -> str:
    """Why a message is not a person's writing, or nothing."""
    if merge:
        return "a merge"
    if _MACHINE.match(text) and "\n" not in text.split("\n\nThis reverts commit")[0]:
        return "written by a program"
    return "one word" if word_count(text) < 2 else ""


def _authorship(message: str, me: Identity) -> Authorship:
    others = [(name, mail) for name, mail in _WITH.findall(message) if not is_mine(me, name, mail)]
    if any(_ASSISTANT.search(f"{name} {mail}") for name, mail in others) or "Generated with [Claude" in message:
        return "ai-assisted"
    return "co-authored" if others else "own"


# -- prose files -------------------------------------------------------------------------------------------------


def _files(repo: Repo, head: str, me: Identity) -> Iterator[Item | Skipped]:
    root = repo.git("rev-list", "--max-parents=0", "--date-order", head).split()[-1].decode()[:12]
    listed = [
        entry.split("\t", 1)
        for entry in repo.git("ls-tree", "-rz", head).decode("utf-8", "surrogateescape").split("\0")[:-1]
    ]
    prose = {path: entry.split()[2] for entry, path in listed if entry.startswith("100") and _is_prose(path)}
    histories = histories_of(repo, head, set(prose))
    wanted: dict[str, str] = {}
    for path, blob in prose.items():
        reason = _not_mine(path, histories.get(path, History()), me)
        if reason:
            yield Skipped(f"{root}/{_shown(path)}", reason)
        else:
            wanted[path] = blob
    contents = contents_of(repo, sorted(set(wanted.values())))
    for path, blob in wanted.items():
        yield _file(repo, f"{root}/{_shown(path)}", path, contents.get(blob), histories[path], me)


def _file(repo: Repo, key: str, path: str, content: bytes | None, history: History, me: Identity) -> Item | Skipped:
    if content is None:
        return Skipped(key, "its contents are not in this clone")
    raw = decoded(content)
    if raw is None:
        return Skipped(key, "not text in UTF-8, UTF-16 or Windows-1252")
    prose = prose_of(raw, PurePosixPath(path).name)
    if not prose.text.strip():
        return Skipped(key, "no text")
    people = {author for author in history.authors if not _BOT.search(" ".join(author))}
    alone = all(is_mine(me, *author) for author in people) and prose.authorship == "own"
    return Item(
        key=key,
        kind=_kind(path, prose.kind),
        place=repo.place,
        text=prose.text,
        title=prose.title,
        url=prose.url or (f"{repo.web}/blob/HEAD/{path}" if repo.web else ""),
        published=prose.published or history.added,
        authorship="own" if alone else "co-authored",
        raw=raw,
        raw_type="text/markdown" if path.endswith((".md", ".markdown")) else "text/plain",
        draft=prose.draft,
        licence=prose.licence,
    )


def _shown(path: str) -> str:
    """A path as text that can be stored; bytes that are no UTF-8 are written as escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _is_prose(path: str) -> bool:
    name = PurePosixPath(path)
    if name.name.lower().startswith("readme"):
        return name.suffix.lower() in ("", ".md", ".markdown", ".rst", ".txt")
    return name.suffix.lower() in (".md", ".markdown") or (_in_docs(path) and name.suffix.lower() in (".rst", ".txt"))


def _in_docs(path: str) -> bool:
    return any(part.lower() in ("doc", "docs", "documentation") for part in PurePosixPath(path).parts[:-1])


def _kind(path: str, by_length: Kind) -> Kind:
    """Readmes, documentation and files in capitals such as CHANGELOG.md tell of the project; the rest is writing."""
    stem = PurePosixPath(path).stem
    return "readme" if _in_docs(path) or stem.lower().startswith("readme") or stem.isupper() else by_length


def _not_mine(path: str, history: History, me: Identity) -> str:
    """Why a prose file is not the author's writing, or nothing."""
    if any(ignored(part) for part in PurePosixPath(path).parts[:-1]):
        return "in a hidden, vendored or generated folder"
    if _STANDARD.match(PurePosixPath(path).name):
        return "a standard text"
    return "" if any(is_mine(me, *author) for author in history.authors) else "written by others"
