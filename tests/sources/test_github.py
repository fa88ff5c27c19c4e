"""GitHub: clones through git, talk through REST; what others wrote, quoted or pasted is told apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeWeb, reading

from twin import sources
from twin.core.errors import BadSource, Wall
from twin.core.protocols import Reading
from twin.core.records import Identity, Item, Page, Skipped
from twin.sources import git, github
from twin.sources.github import talk

API = talk.API
ME = Identity("Ada Example", ("https://github.com/ada",))


@pytest.fixture(autouse=True)
def _clones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands in for a clone from the real site, which no test may reach."""

    def read(location: str, reading: Reading) -> Iterator[Item | Skipped]:
        if location.endswith("/gone"):
            raise BadSource("there is no such repository", "check it")
        yield Item(f"commit-{location}", "commit", "github", "Shut the doors", raw="x")

    monkeypatch.setattr(git, "read", read)


def page(url: str, rows: Any, more: str = "") -> Page:
    headers = {"link": f'<{more}>; rel="next", <x>; rel="last"'} if more else {}
    return Page(url, json.dumps(rows).encode(), "application/json", headers=headers)


def said(number: int, body: str, *, login: str = "ada", **more: Any) -> dict[str, Any]:
    return {
        "node_id": f"N{number}",
        "body": body,
        "user": {"login": login},
        "created_at": "2024-05-06T10:00:00Z",
        "html_url": f"https://github.com/ada/doors/issues/{number}",
        **more,
    }


def repository(**pages: Any) -> FakeWeb:
    start = f"{API}/repos/ada/doors"
    urls = {
        "issues": f"{start}/issues?state=all&sort=updated&per_page=100",
        "comments": f"{start}/issues/comments?sort=updated&direction=desc&per_page=100",
        "reviews": f"{start}/pulls/comments?sort=updated&direction=desc&per_page=100",
        "releases": f"{start}/releases?per_page=100",
    }
    return FakeWeb({url: page(url, pages.get(name, [])) for name, url in urls.items()})


def found(web: FakeWeb, location: str = "https://github.com/ada/doors", **rest: Any) -> dict[str, Item | Skipped]:
    return {one.key: one for one in github.read(location, reading(Path("unused"), ME, web=web, **rest))}


@pytest.mark.parametrize(
    "typed", ["github.com/ada", "https://www.github.com/ada/doors", "http://github.com/ada/doors.git"]
)
def test_a_link_is_recognised_in_any_spelling(typed: str) -> None:
    assert sources.which(typed) == "github"


@pytest.mark.parametrize(
    "typed", ["https://github.com/", "https://github.com/ada/doors/issues/3", "https://github.com/pricing"]
)
def test_pages_of_the_site_itself_are_no_repositories(typed: str) -> None:
    assert not github.recognises(typed)


def test_a_repository_gives_its_commits_and_what_i_said_there() -> None:
    items = found(
        repository(
            issues=[said(1, "The door sticks.", title="Door"), said(2, "His.", login="bob")],
            comments=[said(3, "> It sticks?\n\nYes, it does."), said(4, "Bump", login="renovate[bot]")],
            releases=[{**said(5, "Doors shut now."), "author": {"login": "ada"}, "name": "1.0"}],
        )
    )
    assert set(items) == {"commit-https://github.com/ada/doors", "N1", "N3", "N5"}
    issue, comment, release = items["N1"], items["N3"], items["N5"]
    assert isinstance(issue, Item) and (issue.kind, issue.title, issue.text) == ("issue", "Door", "The door sticks.")
    assert isinstance(comment, Item) and (comment.text, comment.quoted) == ("Yes, it does.", "It sticks?")
    assert isinstance(release, Item) and release.kind == "note"


def test_lists_are_followed_by_their_links() -> None:
    web = repository()
    first = f"{API}/repos/ada/doors/releases?per_page=100"
    onward = f"{API}/repositories/1/releases?per_page=100&page=2"
    mine = {"author": {"login": "ada"}}
    pages = {
        first: page(first, [{**said(1, "One."), **mine}], onward),
        onward: page(onward, [{**said(2, "Two."), **mine}]),
    }
    web.pages = {**web.pages, **pages}
    assert {"N1", "N2"} <= set(found(web))


def test_a_list_that_leads_elsewhere_is_not_followed_and_no_token_goes_there() -> None:
    web = repository()
    first = f"{API}/repos/ada/doors/releases?per_page=100"
    web.pages = {**web.pages, first: page(first, [], "https://evil.example/steal")}
    skipped = found(web, tokens={"github": "secret"})["releases"]
    assert isinstance(skipped, Skipped) and "evil.example" in skipped.reason
    assert not any("evil" in url for url in web.asked)


def test_a_rate_limit_is_one_skipped_item_and_the_rest_is_kept() -> None:
    web = repository(comments=[said(3, "Yes.")])
    url = f"{API}/repos/ada/doors/issues?state=all&sort=updated&per_page=100"
    web.pages = {**web.pages, url: Wall("GitHub has answered enough this hour", "wait")}
    items = found(web)
    limited = items["issues and pull requests"]
    assert isinstance(limited, Skipped) and "not read to the end" in limited.reason
    assert isinstance(items["N3"], Item)


def test_a_person_gives_every_repository_of_their_own_issues_and_gists() -> None:
    repos = f"{API}/users/ada/repos?type=owner&sort=pushed&per_page=100"
    search = f"{API}/search/issues?q=author:ada&sort=updated&per_page=100"
    gists = f"{API}/users/ada/gists?per_page=100"
    raw = "https://gist.githubusercontent.com/ada/1/raw/doors.md"
    listed = [
        {"full_name": "ada/doors", "size": 10},
        {"full_name": "ada/fork", "size": 10, "fork": True},
        {"full_name": "ada/empty", "size": 0},
        {"full_name": "ada/huge", "size": github.MOST_KILOBYTES + 1},
        {"full_name": "ada/gone", "size": 1},
    ]
    gist = {"id": "1", "files": {"doors.md": {"raw_url": raw}, "x.py": {"raw_url": raw}}, "public": True}
    web = FakeWeb(
        {
            repos: page(repos, listed),
            search: page(search, {"total_count": 1, "items": [said(7, "Please shut it.", title="Door")]}),
            gists: page(gists, [gist]),
            raw: Page(raw, b"# Doors\n\nThey shut.\n", "text/plain"),
        }
    )
    items = found(web, "https://github.com/ada")
    assert {key for key, one in items.items() if isinstance(one, Item)} == {
        "commit-https://github.com/ada/doors", "N7", "gist-1-doors.md",
    }  # fmt: skip
    reasons = {key: one.reason for key, one in items.items() if isinstance(one, Skipped)}
    assert set(reasons) == {"ada/fork", "ada/empty", "ada/huge", "ada/gone", "gist-1-x.py"}
    assert "GB" in reasons["ada/huge"]


def test_of_very_many_repositories_those_that_changed_last_are_cloned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github, "MOST_REPOSITORIES", 2)
    repos = f"{API}/users/ada/repos?type=owner&sort=pushed&per_page=100"
    names = ("new", "fork", "newer", "old", "older")
    listed = [{"full_name": f"ada/{name}", "size": 10, "fork": name == "fork"} for name in names]
    items = found(FakeWeb({repos: page(repos, listed)}), "https://github.com/ada")
    assert [key for key, one in items.items() if isinstance(one, Item)] == [
        "commit-https://github.com/ada/new",
        "commit-https://github.com/ada/newer",
    ]
    old = items["ada/old"], items["ada/older"]
    assert all(isinstance(one, Skipped) and "add its link" in one.reason for one in old)


def test_a_repository_that_is_not_there_is_an_error() -> None:
    with pytest.raises(BadSource, match="no such repository"):
        found(FakeWeb(), "https://github.com/ada/gone")


@pytest.mark.parametrize(
    ("body", "own", "quoted"),
    [
        ("Mine.\n\n> Theirs.\n> More.\n\nMine too.", "Mine.\n\nMine too.", "Theirs.\nMore."),
        ("<!-- Describe the bug -->\nIt sticks.", "It sticks.", "<!-- Describe the bug -->"),
        ("Better:\n```suggestion\nshut()\n```\nthan that.", "Better:\n\nthan that.", "```suggestion\nshut()\n```"),
        ("See <details><summary>log</summary>\nlines\n</details> there", "See  there", None),
        ("```\n> not a quote\n```", "```\n> not a quote\n```", ""),
        ("<!-- only a template -->", "", None),
    ],
)
def test_own_words_are_told_from_quotes_templates_and_logs(body: str, own: str, quoted: str | None) -> None:
    kept, cut = talk.own_words(body)
    assert kept == own
    assert quoted is None or cut == quoted


@pytest.mark.parametrize("answer", [b"", b"<html>", b'{"message": "API rate limit exceeded"}', b"[1, null]"])
def test_an_answer_that_is_nonsense_is_no_crash(answer: bytes) -> None:
    url = f"{API}/repos/ada/doors/releases?per_page=100"
    web = repository()
    web.pages = {**web.pages, url: Page(url, answer, "application/json")}
    assert "commit-https://github.com/ada/doors" in found(web)


README = f"{API}/repos/bob/doors/readme"


def test_a_readme_is_read_whoever_wrote_it(tmp_path: Path) -> None:
    text = "---\ntitle: Doors\n---\nDoors counts doors.\n"
    web = FakeWeb({README: Page(README, text.encode(), "application/vnd.github.raw+json")})
    one = talk.readme("bob/doors", reading(tmp_path, ME, web=web))
    assert isinstance(one, Item) and (one.title, one.text) == ("Doors", "Doors counts doors.")
    assert (one.kind, one.url, one.authorship) == ("readme", "https://github.com/bob/doors", "quoted")
    with pytest.raises(BadSource, match="404"):
        talk.readme("bob/none", reading(tmp_path, ME, web=web))
    broken = FakeWeb({README: Page(README, b"a\x00b")})
    assert talk.readme("bob/doors", reading(tmp_path, ME, web=broken)) == Skipped("bob/doors", "holds NUL bytes")


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("https://github.com/bob/doors", "bob/doors"),
        ("https://www.github.com/bob/doors.git#readme", "bob/doors"),
        ("https://github.com/bob", ""),
        ("https://github.com/features/actions", ""),
        ("https://github.com/bob/doors/issues", ""),
        ("https://gitlab.com/bob/doors", ""),
    ],
)
def test_which_link_is_of_a_repository(link: str, name: str) -> None:
    assert github.repository_of(link) == name
