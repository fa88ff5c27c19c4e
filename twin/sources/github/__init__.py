"""GitHub: a person's link or a repository's. Commits and prose come from a clone, talk from the REST interface."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Item, Route, Skipped
from twin.sources import git
from twin.sources.archive import each_once
from twin.sources.github import talk

MOST_KILOBYTES = 5_000_000
MOST_REPOSITORIES = 300
"""Cloned for one person, those changed last first; each takes a while and some disk."""
_NOT_PEOPLE = frozenset(
    """about features pricing login join settings explore topics marketplace orgs sponsors notifications new trending
    users collections events search stars codespaces issues pulls apps enterprise security readme""".split()
)


def recognises(location: str) -> bool:
    parts = urlsplit(location)
    steps = _steps(location)
    hosted = parts.scheme in ("http", "https") and (parts.hostname or "").removeprefix("www.") == "github.com"
    return hosted and len(steps) in (1, 2) and steps[0] not in _NOT_PEOPLE


def repository_of(location: str) -> str:
    """A link in, the `owner/name` of the repository that it is of out; empty for all else."""
    steps = _steps(location)
    named = len(steps) == 2 and all(re.fullmatch(r"(?!\.+$)[\w.-]+", step) for step in steps)
    return "/".join(steps) if named and recognises(location) else ""


def owner(location: str) -> list[str]:
    """A person's link in, the same as a handle out; a repository may be anybody's."""
    steps = _steps(location)
    return [f"https://github.com/{steps[0]}"] if len(steps) == 1 else []


def route(location: str, reading: Reading) -> Route:
    more = "" if reading.tokens.get("github") else talk.NO_TOKEN
    if len(_steps(location)) == 1:
        return Route("a clone of each of your repositories, and issues, pull requests and gists by you", more)
    return Route("a clone of the repository, and issues, comments and releases by you", more)


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource where there is no such person or repository."""
    steps = _steps(location)
    yield from each_once(_of_person(steps[0], reading) if len(steps) == 1 else _of_repository("/".join(steps), reading))


def _steps(location: str) -> list[str]:
    return [step.removesuffix(".git") for step in urlsplit(location).path.split("/") if step]


def _of_person(login: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Every repository that is the person's own, then what they wrote to others."""
    cloned = 0
    for repository in talk.repositories(login, reading):
        name = str(repository.get("full_name"))
        reason = _unwanted(repository)
        if not reason and cloned == MOST_REPOSITORIES:
            reason = f"not among the {MOST_REPOSITORIES} that changed last: add its link by itself"
        if reason:
            yield Skipped(name, reason)
            continue
        cloned += 1
        try:
            yield from git.read(f"https://github.com/{name}", reading)
        except BadSource as bad:
            yield Skipped(name, bad.message)
    yield from talk.by_person(login, reading)


def _of_repository(name: str, reading: Reading) -> Iterator[Item | Skipped]:
    refused: BadSource | None = None
    try:
        yield from git.read(f"https://github.com/{name}", reading)
    except BadSource as bad:
        refused = bad
        yield Skipped(name, bad.message)
    talked = list(talk.in_repository(name, reading))
    if refused and not any(isinstance(one, Item) for one in talked):
        raise refused
    yield from talked


def _unwanted(repository: dict[str, object]) -> str:
    size = repository.get("size")
    if repository.get("fork"):
        return "a fork of another's repository"
    if repository.get("private"):
        return "private: add its link by itself"
    if not size:
        return "empty"
    if isinstance(size, int) and size > MOST_KILOBYTES:
        return f"larger than {MOST_KILOBYTES // 1_000_000} GB"
    return ""
