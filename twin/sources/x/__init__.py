"""X's archive (Twitter's, before 2023): the zip or the unpacked folder of "Download an archive of your data".

Read are your posts, those in communities, and the full text of long posts. Direct messages, likes and the chats with
Grok never are, nor is what you deleted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Item, Kind, Route, Skipped
from twin.sources._elements import Broken, elements
from twin.sources.archive import Archive, broken, each_once, moment, open_archive
from twin.sources.x.posts import RETWEET, Tweet, tweet

_MOST_NOTES = 20  # long posts of one second that are looked at
_PART = r"(?:data/)?{}(?:-part\d+)?\.js"
_TWEETS = _PART.format(r"(?:tweets?|community-tweets?)")
_HOSTS = frozenset({"x.com", "twitter.com"})
_NOT_NAMES = frozenset("i home search explore settings hashtag intent share login notifications messages".split())
_CLOSED = "X shows posts only to its members"
_ASK = (
    "ask X for your archive (Settings, Your account, Download an archive of your data), "
    "then add the zip file that you are sent"
)


def recognises(location: str) -> bool:
    """Links to X, so that it can say why they are not read; archives by the first bytes of their posts."""
    if "://" in location:
        return _host(location) in _HOSTS
    try:
        with open_archive(location) as archive:
            return any(archive.head(name, 100).lstrip().startswith("window.YTD.") for name in archive.find(_TWEETS)[:1])
    except BadSource:
        return False


def owner(location: str) -> list[str]:
    """An archive in, the handle, display name, account id and profile URL of its account.js out; of a link, its name
    and URL."""
    if "://" in location:
        name = urlsplit(location).path.strip("/").partition("/")[0].lstrip("@")
        known = bool(re.fullmatch(r"\w{1,20}", name)) and name.lower() not in _NOT_NAMES
        return [name, f"https://x.com/{name}"] if known else []
    with open_archive(location) as archive:
        account = _account(archive)
    page = f"https://x.com/{account.handle}" if account.handle else ""
    return [known for known in (page, account.handle and f"@{account.handle}", account.name, account.number) if known]


def route(location: str, reading: Reading) -> Route:  # noqa: ARG001
    if "://" in location:
        return Route(f"none, for {_CLOSED}", better=_ASK)
    return Route("X's archive, read from your disk")


def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Raises: BadSource for a link, and for an archive without a file of posts."""
    del reading  # the archive holds its owner's posts only, and nothing is fetched
    if "://" in location:
        raise BadSource(f"{_CLOSED}: {location!r} cannot be read", _ASK)
    with open_archive(location) as archive:
        if not archive.find(_TWEETS):
            raise BadSource(f"{location!r} holds no data/tweets.js", _ASK)
        yield from archive.refused
        yield from each_once(_everything(archive))


def _host(location: str) -> str:
    try:
        host = urlsplit(location).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").removeprefix("mobile.")


def _records(archive: Archive, pattern: str, within: str) -> Iterator[Mapping[str, Any] | Skipped]:
    """The records of all parts of a file, out of the object named `within` that most of them stand in."""
    for name in archive.find(pattern):
        for number, one in enumerate(elements(archive, name, ("*",), after="="), start=1):
            if isinstance(one, Skipped):
                yield one
                continue
            value = one[1]
            inner = value.get(within, value) if isinstance(value, dict) else value
            if isinstance(inner, dict):
                yield inner
            else:
                reason = value.reason if isinstance(value, Broken) else "not a record of X's"
                yield Skipped(f"{name} record {number}", reason)


@dataclass(frozen=True, slots=True)
class _Account:
    number: str = ""
    handle: str = ""
    name: str = ""


def _account(archive: Archive) -> _Account:
    for file, within in (("account", "account"), ("account-timezone", "accountTimezone")):
        for record in _records(archive, _PART.format(file), within):
            if isinstance(record, Mapping):
                known = [record.get(name) for name in ("accountId", "username", "accountDisplayName")]
                return _Account(*(one if isinstance(one, str) and not broken(one) else "" for one in known))
    return _Account()


@dataclass(slots=True)
class _Posts:
    """The posts of an archive by their first version's id, and that id by those of their edits."""

    by_id: dict[int, Tweet] = field(default_factory=dict)
    first_of: dict[int, int] = field(default_factory=dict)

    def add(self, post: Tweet) -> Iterator[Skipped]:
        """A post in; of two versions the older one out, and what stands there twice."""
        first = post.versions[0]
        self.first_of.update(dict.fromkeys(post.versions, first))
        known = self.by_id.get(first, post)
        older, self.by_id[first] = sorted((known, post), key=lambda one: one.id)
        if known is not post:
            why = "stands more than once in the archive" if known.id == post.id else "was edited later"
            yield Skipped(f"{older.id} ({why})", why)

    def threads(self) -> Iterator[list[Tweet]]:
        """All posts, each with those that continue it. Of two answers to oneself the first one continues."""
        answers: dict[int, Tweet] = {}
        for post in sorted(self.by_id.values(), key=lambda one: one.id):
            parent = self.first_of.get(post.parent, 0)
            if 0 < parent < post.versions[0] and self.by_id[parent].why != RETWEET:
                answers.setdefault(parent, post)
        inside = {post.versions[0] for post in answers.values()}
        for first in sorted(self.by_id.keys() - inside):
            thread = [self.by_id[first]]
            while following := answers.get(thread[-1].versions[0]):
                thread.append(following)
            yield thread


def _everything(archive: Archive) -> Iterator[Item | Skipped]:
    account = _account(archive)
    posts = _Posts()
    yield from _collected(archive, posts)
    for thread in posts.threads():
        first = thread[0]
        to_me = first.parent in posts.first_of or bool(first.to and first.to == account.number)
        yield _item(thread, "reply" if first.answers and not to_me else "post", account.handle)
    for number, article in enumerate(_records(archive, _PART.format("article"), "article"), start=1):
        known = article if isinstance(article, Skipped) else None
        yield known or Skipped(f"article {number}", "an article on X, whose form is not known here; add it as a file")


def _collected(archive: Archive, posts: _Posts) -> Iterator[Skipped]:
    """Puts every post into `posts`, but for those that were deleted and what cannot be read, which come out."""
    deleted = {
        record["tweet_id"]
        for record in _records(archive, _PART.format("deleted-tweet-headers"), "tweet")
        if isinstance(record, Mapping) and isinstance(record.get("tweet_id"), str) and not broken(record["tweet_id"])
    }
    yield from (Skipped(number, "deleted on X") for number in sorted(deleted))
    notes = _notes(archive)
    for number, record in enumerate(_records(archive, _TWEETS, "tweet"), start=1):
        post = None if isinstance(record, Skipped) else tweet(record)
        if isinstance(record, Skipped):
            yield record
        elif post is None:
            yield Skipped(f"record {number}", "not a post")
        elif reason := broken(post.text, post.quoted):
            yield Skipped(f"record {number}", reason)
        elif deleted.isdisjoint(map(str, post.versions)):
            if post.stub and post.published:
                post = post.whole(notes.get(int(post.published.timestamp()), [])[:_MOST_NOTES])
            yield from posts.add(post)


def _notes(archive: Archive) -> dict[int, list[Mapping[str, Any]]]:
    """The full texts of long posts by the second they were written in; their ids are not those of the posts."""
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for record in _records(archive, _PART.format("note-tweet"), "noteTweet"):
        core = record.get("core") if isinstance(record, Mapping) else None
        written = moment(str(record.get("createdAt", ""))) if isinstance(record, Mapping) else None
        if isinstance(core, Mapping) and written and isinstance(core.get("text"), str) and not broken(core["text"]):
            found[int(written.timestamp())].append(core)
    return found


def _item(thread: list[Tweet], kind: Kind, handle: str) -> Item | Skipped:
    first = thread[0]
    own = [post for post in thread if not post.why]
    if not own:
        return Skipped(first.key, first.why)
    return Item(
        first.key, kind, "x", "\n\n".join(post.text for post in own),
        url=f"https://x.com/{handle or 'i'}/status/{first.id}", published=first.published,
        quoted="\n\n".join(post.quoted for post in own if post.quoted), raw="\n".join(post.raw for post in own),
        raw_type="application/json", truncated=any(post.stub and post.text.endswith("…") for post in own),
    )  # fmt: skip
