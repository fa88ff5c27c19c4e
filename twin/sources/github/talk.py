"""What a person wrote on GitHub beside code (issues, pull requests, comments, releases, gists), and READMEs, by REST.

Answers are followed by their `Link: rel="next"`, never by made-up page numbers. Without a token GitHub answers 60 times
an hour: what does not fit is named as skipped, and the next collect goes on from the pages that did not change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from twin.core.errors import BadSource
from twin.core.protocols import Reading
from twin.core.records import Identity, Item, Kind, Skipped
from twin.sources.archive import broken, decoded, moment
from twin.sources.folder import prose_of

API = "https://api.github.com"
NO_TOKEN = "with a token of your own GitHub answers 5,000 times an hour, not 60: set TWIN_COLLECT__GITHUB_TOKEN"  # noqa: S105
MOST_PAGES = 100
_NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_PROSE_FILES = (".md", ".markdown", ".txt", ".rst")
_OTHERS = re.compile(
    r"<!--.*?-->|^```suggestion.*?^```\s*?$|<details>.*?</details>", re.DOTALL | re.MULTILINE | re.IGNORECASE
)
_BOT = re.compile(r"\[bot\]$|-bot$", re.IGNORECASE)


def repositories(login: str, reading: Reading) -> Iterator[dict[str, Any]]:
    """Raises: BadSource where there is no such person."""
    yield from _all(f"{API}/users/{login}/repos?type=owner&sort=pushed&per_page=100", reading)


def by_person(login: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Issues and pull requests anywhere, and gists. Where GitHub has enough of us, that is one skipped item."""
    searched = f"{API}/search/issues?q=author:{login}&sort=updated&per_page=100"
    yield from _kept("issues and pull requests", (_issue(one) for one in _all(searched, reading)))
    yield from _kept("gists", _gists(login, reading))


def in_repository(name: str, reading: Reading) -> Iterator[Item | Skipped]:
    """Issues, comments and releases by the author in one repository."""
    start, me = f"{API}/repos/{name}", reading.me
    issues = f"{start}/issues?state=all&sort=updated&per_page=100"
    yield from _kept("issues and pull requests", (_issue(one) for one in _all(issues, reading) if _by(me, one, "user")))
    for path in ("issues/comments", "pulls/comments"):
        found = _all(f"{start}/{path}?sort=updated&direction=desc&per_page=100", reading)
        yield from _kept(path, (_said(one, "comment") for one in found if _by(me, one, "user")))
    releases = _all(f"{start}/releases?per_page=100", reading)
    yield from _kept("releases", (_said(one, "note") for one in releases if _by(me, one, "author")))


def readme(name: str, reading: Reading) -> Item | Skipped:
    """A repository's README, whoever wrote it, read as in a clone. Raises: BadSource where there is none to be seen."""
    url = f"{API}/repos/{quote(name)}/readme"
    page = reading.web.get(url, headers={**_headers(reading), "Accept": "application/vnd.github.raw+json"})
    raw = decoded(page.content)
    if reason := broken(raw):
        return Skipped(name, reason)
    prose = prose_of(raw, "README.md")
    return Item(
        name, "readme", "github", prose.text, title=prose.title or name, url=f"https://github.com/{name}",
        published=prose.published, authorship="quoted", raw=raw, raw_type="text/markdown", licence=prose.licence,
    )  # fmt: skip


def _kept(what: str, found: Iterator[Item | Skipped]) -> Iterator[Item | Skipped]:
    try:
        yield from found
    except BadSource as bad:
        yield Skipped(what, f"not read to the end: {bad.message}")


def _all(url: str, reading: Reading) -> Iterator[dict[str, Any]]:
    """Every object of a list and of the lists it goes on in. Raises: BadSource."""
    headers = _headers(reading)
    for _ in range(MOST_PAGES):
        if not url.startswith(f"{API}/"):
            raise BadSource(f"GitHub leads to {url!r}", "look at that address before you trust it")
        page = reading.web.get(url, headers=headers)
        try:
            found = json.loads(decoded(page.content))
        except (ValueError, RecursionError) as bad:
            raise BadSource(f"{url!r} did not answer with JSON") from bad
        rows = found.get("items") if isinstance(found, dict) else found
        if not isinstance(rows, list):
            raise BadSource(f"GitHub answered: {str(found)[:200]}", NO_TOKEN)
        yield from (one for one in rows if isinstance(one, dict))
        onward = _NEXT.search(page.headers.get("link", ""))
        if not onward:
            return
        url = onward[1]


def _headers(reading: Reading) -> dict[str, str]:
    token = reading.tokens.get("github")
    return {**_HEADERS, **({"Authorization": f"Bearer {token}"} if token else {})}


def _by(me: Identity, one: dict[str, Any], field: str) -> bool:
    user = one.get(field)
    login = str(user.get("login") or "") if isinstance(user, dict) else ""
    return bool(login) and (me.is_me(login) or me.is_me(f"github.com/{login}"))


def _issue(one: dict[str, Any]) -> Item | Skipped:
    return _said(one, "issue")


def _said(one: dict[str, Any], kind: Kind) -> Item | Skipped:
    """An issue, comment or release in, the author's own words of it out."""
    key = str(one.get("node_id") or one.get("url") or one.get("id"))
    user = one.get("user") or one.get("author") or {}
    if _BOT.search(str(user.get("login") or "") if isinstance(user, dict) else ""):
        return Skipped(key, "written by a bot")
    body, title = str(one.get("body") or ""), str(one.get("title") or one.get("name") or "")
    if reason := broken(body, title, key):
        return Skipped(key, reason)
    own, quoted = own_words(body)
    if not own:
        return Skipped(key, "no words of your own")
    stamp = str(one.get("created_at") or one.get("published_at") or "")
    return Item(
        key, kind, "github", own, title=title, url=str(one.get("html_url") or ""), published=moment(stamp),
        quoted=quoted, raw=json.dumps(one, ensure_ascii=False), raw_type="application/json",
        draft=one.get("draft") is True and kind == "note",
    )  # fmt: skip


def own_words(body: str) -> tuple[str, str]:
    """A body in GitHub's Markdown in; what its author typed, and what was quoted, pasted or a template, out."""
    cut: list[str] = []

    def out(match: re.Match[str]) -> str:
        cut.append(match.group().strip())
        return ""

    lines = _OTHERS.sub(out, body.replace("\r\n", "\n")).split("\n")
    fenced, own = False, []
    for line in lines:
        fenced ^= line.lstrip().startswith("```")
        if line.startswith(">") and not fenced:
            cut.append(line.lstrip("> "))
        else:
            own.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(own)).strip(), "\n".join(filter(None, cut))


def _gists(login: str, reading: Reading) -> Iterator[Item | Skipped]:
    """The prose in a person's public gists; code stays where it is."""
    for gist in _all(f"{API}/users/{login}/gists?per_page=100", reading):
        files = gist.get("files")
        for name, file in files.items() if isinstance(files, dict) else ():
            key = f"gist-{gist.get('id')}-{name}"
            if not name.lower().endswith(_PROSE_FILES):
                yield Skipped(key, "code, not prose")
                continue
            url = str(file.get("raw_url") or "") if isinstance(file, dict) else ""
            try:
                text = decoded(reading.web.get(url).content).strip("\r\n")
            except BadSource as bad:
                yield Skipped(key, bad.message)
                continue
            if reason := broken(text, key) or ("" if text.strip() else "no text"):
                yield Skipped(key, reason)
                continue
            yield Item(
                key, "note", "github", text, title=str(gist.get("description") or name), url=str(gist.get("html_url")),
                published=moment(str(gist.get("created_at") or "")), raw=text, raw_type="text/markdown",
                visibility="public" if gist.get("public") else "secret",
            )  # fmt: skip
