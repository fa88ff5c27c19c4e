"""The readable texts in, posts and articles out."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

DEMO = Path(__file__).resolve().parents[1]
TEXTS = DEMO / "texts"
ARCHIVES = DEMO / "archives"
NOTICE = "Nora Quill does not exist; everything here was written by a language model for the LLM Twin project."
AUTHORS = {"nora": "Nora Quill <nora@quill.example>", "anselm": "Anselm Pike <anselm@quill.example>"}


@dataclass(frozen=True)
class Post:
    """One LinkedIn post: `created` in UTC, `slug` its name in `briefs.md`."""

    created: datetime
    slug: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Article:
    """One article in the small Markdown of `texts/articles`; an empty id means that the site does not have it."""

    title: str
    subtitle: str
    created: datetime
    body: str
    medium: str = ""
    substack: str = ""

    @property
    def slug(self) -> str:
        """The title in lower case, words joined by dashes."""
        return "-".join(re.findall(r"[a-z0-9]+", self.title.lower()))


def moment(text: str) -> datetime:
    """`YYYY-MM-DD HH:MM:SS` in, the time in UTC out."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def entries(path: Path) -> Iterator[tuple[str, str]]:
    """A text file in, (header without its `=== `, body without blank edges) pairs out."""
    for block in re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        header, _, body = block.partition("\n")
        yield header.strip(), body.strip("\n")


def posts() -> list[Post]:
    """All LinkedIn posts, oldest first."""
    found = []
    for path in sorted(TEXTS.glob("posts-*.txt")):
        for header, body in entries(path):
            date, time, slug = header.split()
            url = re.match(r"url: (\S+)\n+", body)
            text = body[url.end() :] if url else body
            found.append(Post(moment(f"{date} {time}"), slug, text, url[1] if url else ""))
    return sorted(found, key=lambda post: post.created)


def articles() -> list[Article]:
    """All articles, oldest first."""
    found = []
    for path in sorted((TEXTS / "articles").glob("*.md")):
        head, _, body = path.read_text("utf-8").partition("\n\n")
        values = dict(line.split(": ", 1) for line in head.splitlines())
        created = moment(values.pop("date"))
        found.append(Article(created=created, body=body.strip("\n"), **values))
    return sorted(found, key=lambda article: article.created)


def digest(*parts: object) -> str:
    """Anything in, 64 stable hex digits out."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
