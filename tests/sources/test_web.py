"""The guest on the web: polite, asking only for what is new, and never too often."""

from __future__ import annotations

import random
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sites import ARTICLE, Says, Site, Waits, guest

from twin.core.errors import BadSource, StorageFailed, Wall
from twin.sources._web import AGENT
from twin.sources._web.guest import TRIES, _same_host
from twin.sources._web.manners import asked_wait, is_busy, pause_of


def test_a_page_comes_with_its_type_and_says_who_asks(site: Site) -> None:
    page = guest().get(f"{site.url}/a")
    assert page.content == ARTICLE.encode() and (page.kind, page.charset, page.fresh) == ("text/html", "utf-8", True)
    sent = site.asked[-1][1]
    assert sent["user-agent"] == AGENT and sent["host"] == site.url.removeprefix("http://")


# -- only what is new ------------------------------------------------------------------------------------------------


def test_a_page_that_did_not_change_is_asked_for_with_its_etag_and_comes_from_the_cache(
    site: Site, tmp_path: Path
) -> None:
    site.pages["/a"].etag = '"one"'
    assert guest(tmp_path).get(f"{site.url}/a").fresh
    again = guest(tmp_path).get(f"{site.url}/a")
    assert not again.fresh and again.content == ARTICLE.encode()
    assert site.asked[-1][1]["if-none-match"] == '"one"'
    site.pages["/a"] = Says(ARTICLE + "More.", etag='"two"')
    changed = guest(tmp_path).get(f"{site.url}/a")
    assert changed.fresh and changed.content.endswith(b"More.")


def test_without_an_etag_the_same_bytes_are_not_fresh(site: Site, tmp_path: Path) -> None:
    assert guest(tmp_path).get(f"{site.url}/a").fresh
    assert not guest(tmp_path).get(f"{site.url}/a").fresh


def test_a_cache_that_is_damaged_is_begun_again(site: Site, tmp_path: Path) -> None:
    site.pages["/a"].etag = '"one"'
    guest(tmp_path).get(f"{site.url}/a")
    with sqlite3.connect(tmp_path / "web" / "memory.db") as connection:
        connection.execute("UPDATE memory SET answer = x'00'")
    assert guest(tmp_path).get(f"{site.url}/a").content == ARTICLE.encode()
    (tmp_path / "web" / "memory.db").write_bytes(b"nothing" * 999)
    assert guest(tmp_path).get(f"{site.url}/a").content == ARTICLE.encode()


def test_a_token_is_in_no_file_and_goes_to_no_other_host(site: Site, tmp_path: Path) -> None:
    other = site.url.replace("127.0.0.1", "localhost")
    site.pages["/on"] = Says(status=302, headers={"Location": f"{other}/a"})
    web = guest(tmp_path, local=frozenset({"127.0.0.1", "::1"}))
    try:
        web.get(f"{site.url}/on", headers={"Authorization": "Bearer very-secret"})
    except BadSource:
        pytest.skip("localhost is not this server here")
    assert "very-secret" in str(next(headers for path, headers in site.asked if path == "/on"))
    assert "very-secret" not in str(next(headers for path, headers in site.asked if path == "/a"))
    assert all(b"very-secret" not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_a_memory_damaged_anywhere_costs_one_more_request_and_no_error(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = Says(random.Random(7).randbytes(20_000), headers={"Content-Type": "text/plain"}, etag='"one"')
    body = guest(tmp_path).get(f"{site.url}/a").content
    file = tmp_path / "web" / "memory.db"
    whole = file.read_bytes()
    for at in range(0, len(whole), 2048):
        for damaged in (whole[:at], whole[:at] + b"\xff" * 64 + whole[at + 64 :]):
            file.write_bytes(damaged)
            assert guest(tmp_path).get(f"{site.url}/a").content == body


def test_a_cache_that_cannot_be_written_is_said(site: Site, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(StorageFailed):
        guest(tmp_path / "cache").get(f"{site.url}/a")


def test_unchanged_is_no_answer_to_who_asks_for_the_first_time(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = Says(status=304)
    with pytest.raises(BadSource, match="answered 304"):
        guest(tmp_path).get(f"{site.url}/a")


def test_a_token_does_not_follow_to_another_port_or_off_https() -> None:
    def kept(here: str, there: str) -> bool:
        return _same_host(urlsplit(here), urlsplit(there))

    assert kept("https://a.example/x", "https://A.example/y") and kept("http://a.example/", "https://a.example/")
    assert not kept("https://a.example/", "http://a.example/")
    assert not kept("http://a.example/", "http://a.example:8080/")
    assert not kept("http://a.example:8080/", "https://a.example/")
    assert not kept("https://a.example/", "https://b.example/")


# -- manners ---------------------------------------------------------------------------------------------------------


def test_what_robots_txt_forbids_is_not_asked_for(site: Site) -> None:
    site.pages["/robots.txt"] = Says(
        "User-agent: *\nDisallow: /private\nCrawl-delay: 7", headers={"Content-Type": "text/plain"}
    )
    waits = Waits()
    web = guest(waits=waits)
    web.get(f"{site.url}/a")
    with pytest.raises(BadSource, match=r"robots\.txt"):
        web.get(f"{site.url}/private/x")
    web.get(f"{site.url}/a")
    assert site.paths() == ["/a", "/a"] and sum(path == "/robots.txt" for path, _ in site.asked) == 1
    assert max(waits.waited) == pytest.approx(7.0)
    assert guest(robots=False).get(f"{site.url}/a").content


def test_robots_txt_is_kept_for_the_day_and_a_host_that_fails_it_is_closed(site: Site, tmp_path: Path) -> None:
    guest(tmp_path).get(f"{site.url}/a")
    guest(tmp_path).get(f"{site.url}/a")
    assert sum(path == "/robots.txt" for path, _ in site.asked) == 1
    site.pages["/robots.txt"] = Says("down", 500)
    with pytest.raises(BadSource, match="did not answer with its robots"):
        guest(tmp_path / "new").get(f"{site.url}/a")


def test_a_host_that_failed_its_robots_txt_is_asked_for_it_in_the_next_collection(site: Site, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = Says("down", 503)
    with pytest.raises(BadSource, match="did not answer with its robots"):
        guest(tmp_path).get(f"{site.url}/a")
    with pytest.raises(BadSource, match="budget"):
        guest(tmp_path, page_budget=0).get(f"{site.url}/a")
    site.pages["/robots.txt"] = Says("User-agent: *\nDisallow: /b")
    assert guest(tmp_path).get(f"{site.url}/a").content
    with pytest.raises(BadSource, match="asks machines not to"):
        guest(tmp_path).get(f"{site.url}/b")


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_host_without_a_robots_txt_is_open(site: Site, status: int) -> None:
    site.pages["/robots.txt"] = Says("no", status)
    assert guest().get(f"{site.url}/a").content


def test_a_robots_txt_that_leads_elsewhere_is_followed_and_not_asked_for_another(site: Site) -> None:
    site.pages["/robots.txt"] = Says(status=302, headers={"Location": "/rules"})
    site.pages["/rules"] = Says("User-agent: *\nDisallow: /private", headers={"Content-Type": "text/plain"})
    web = guest()
    assert web.get(f"{site.url}/a").content
    with pytest.raises(BadSource, match=r"robots\.txt"):
        web.get(f"{site.url}/private")
    assert [path for path, _ in site.asked] == ["/robots.txt", "/rules", "/a"]
    site.pages["/robots.txt"] = Says(status=302, headers={"Location": "/"})
    site.pages["/"] = Says(ARTICLE)
    assert guest().get(f"{site.url}/a").content


def test_pages_of_a_host_are_a_pause_apart(site: Site) -> None:
    waits = Waits()
    web = guest(waits=waits, robots=False)
    for _ in range(4):
        web.get(f"{site.url}/a")
    assert waits.waited == [1.0, 1.0, 1.0]
    assert (pause_of("www.linkedin.com", 1.0), pause_of("export.arxiv.org", 1.0), pause_of("a.example", 1.0)) == (
        5,
        3,
        1,
    )
    assert (pause_of("export.arxiv.org", 0), pause_of("a.example", 0)) == (3, 0), "who looks at one link waits too"


def test_what_is_posted_comes_whole_is_bounded_and_kept_nowhere(site: Site, tmp_path: Path) -> None:
    site.pages["/ask"] = Says('{"told": 1}', headers={"Content-Type": "application/json"})
    web = guest(tmp_path, robots=False)
    page = web.post(f"{site.url}/ask", b'{"asked": 2}', headers={"Content-Type": "application/json"})
    assert page.content == b'{"told": 1}' and site.posted == [b'{"asked": 2}']
    assert site.asked[-1][1]["user-agent"] == AGENT and not list(tmp_path.iterdir())
    with pytest.raises(BadSource, match="larger than 4 bytes"):
        guest(robots=False, most_bytes=4).post(f"{site.url}/ask", b"{}")
    site.pages["/on"] = Says(status=307, headers={"Location": f"{site.url}/ask"})
    for path, why in (("/on", "answered 307"), ("/gone", "answered 404")):
        with pytest.raises(BadSource, match=why):
            web.post(f"{site.url}{path}", b"{}")
    with pytest.raises(BadSource, match="private network"):
        guest(local=frozenset(), robots=False).post(f"{site.url}/ask", b"{}")
    assert len(site.posted) == 4


def test_what_robots_txt_forbids_is_not_posted_to(site: Site) -> None:
    site.pages["/robots.txt"] = Says("User-agent: *\nDisallow: /", headers={"Content-Type": "text/plain"})
    with pytest.raises(BadSource, match=r"robots\.txt"):
        guest().post(f"{site.url}/a", b"{}")
    assert not site.posted


@pytest.mark.parametrize(("status", "header", "least"), [(429, {"Retry-After": "30"}, 30), (503, {}, 2), (500, {}, 2)])
def test_a_busy_host_is_asked_again_later(site: Site, status: int, header: dict[str, str], least: float) -> None:
    site.pages["/a"] = Says(ARTICLE, busy=2, busy_status=status, busy_headers=header)
    waits = Waits()
    assert guest(waits=waits, robots=False).get(f"{site.url}/a").content == ARTICLE.encode()
    assert len(site.paths()) == 3 and max(waits.waited) >= least


def test_a_host_that_stays_busy_is_left_after_some_tries(site: Site) -> None:
    site.pages["/a"] = Says(busy=99, busy_status=503)
    with pytest.raises(BadSource, match="5 times"):
        guest(robots=False).get(f"{site.url}/a")
    assert len(site.paths()) == TRIES
    site.pages["/a"] = Says(busy=99, busy_headers={"Retry-After": "86400"})
    with pytest.raises(BadSource, match="asks to wait 86,400 seconds"):
        guest(robots=False).get(f"{site.url}/a")


def test_a_budget_ends_a_collection(site: Site) -> None:
    web = guest(robots=False, page_budget=2)
    web.get(f"{site.url}/a")
    web.get(f"{site.url}/a")
    with pytest.raises(BadSource, match="budget") as bad:
        web.get(f"{site.url}/a")
    assert "collect again" in bad.value.hint


def test_a_date_to_come_again_is_understood() -> None:
    now = datetime(2024, 5, 6, 10, tzinfo=UTC)
    assert asked_wait({"retry-after": "Mon, 06 May 2024 10:01:00 GMT"}, now) == 60
    assert asked_wait({"retry-after": "Mon, 06 May 2024 09:00:00 GMT"}, now) == 0
    assert asked_wait({"retry-after": "soon"}, now) is None


@pytest.mark.parametrize("spelling", ["seconds", "moment"])
def test_a_refusal_that_says_when_to_come_again_is_waited_for(site: Site, spelling: str) -> None:
    reset = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 9)}
    headers = {"Retry-After": "9"} if spelling == "seconds" else reset
    site.pages["/a"] = Says(ARTICLE, busy=1, busy_status=403, busy_headers=headers)
    waits = Waits()
    assert guest(waits=waits, robots=False).get(f"{site.url}/a").content and 5 < max(waits.waited) < 13
    site.pages["/a"] = Says(ARTICLE, busy=9, busy_status=403, busy_headers={"X-RateLimit-Remaining": "12"})
    with pytest.raises(Wall):
        guest(robots=False).get(f"{site.url}/a")


def test_a_limit_that_ends_in_an_hour_is_said_and_not_sat_out() -> None:
    now = datetime(2024, 5, 6, 10, tzinfo=UTC)
    reset = str(int((now + timedelta(hours=1)).timestamp()))
    assert asked_wait({"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}, now) == 3600
    assert asked_wait({"x-ratelimit-remaining": "7", "x-ratelimit-reset": reset}, now) is None
    assert asked_wait({"retry-after": "9" * 99}, now) and not is_busy(403, {})
