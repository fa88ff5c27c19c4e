"""The guest on the web: polite, bounded, never led to private places, and never taking a wall for a page."""

from __future__ import annotations

import gzip
import socket
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sites import Says, Site, Waits, guest, serving

from twin.core.errors import BadSource, Wall
from twin.sources._web import AGENT, refuse_private
from twin.sources._web.addresses import target_of
from twin.sources._web.guest import TRIES
from twin.sources._web.manners import asked_wait, pause_of

ARTICLE = "<html><body><p>" + "The door was shut again when I came. " * 40 + "</p></body></html>"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        served.pages["/a"] = Says(ARTICLE)
        yield served


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
    assert asked_wait("Mon, 06 May 2024 10:01:00 GMT", now) == 60
    assert asked_wait("Mon, 06 May 2024 09:00:00 GMT", now) == 0
    assert asked_wait("soon", now) is None


# -- walls -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("says", "match"),
    [
        (Says("Sign in", 999), "refuses machines"),
        (Says("<h1>Forbidden</h1>", 403), "refuses machines"),
        (Says("", 401), "login"),
        (Says("<title>Just a moment...</title>", 403), "challenge"),
        (Says("<title>Just a moment...</title>", 503), "challenge"),
        (Says("checking", 403, {"cf-mitigated": "challenge"}), "challenge"),
        (Says("<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x'></script>"), "challenge"),
        (Says("<form>Log in <input type='password'></form>"), "nothing but a login"),
        (Says(status=302, headers={"Location": "/login?next=/a"}), "leads to a login"),
        (Says(status=302, headers={"Location": "https://www.linkedin.com/authwall?x"}), "leads to a login"),
    ],
)
def test_a_wall_is_recognised(site: Site, says: Says, match: str) -> None:
    site.pages["/a"] = says
    site.pages["/login?next=/a"] = Says(ARTICLE)
    with pytest.raises(Wall, match=match) as bad:
        guest(robots=False).get(f"{site.url}/a")
    assert "save the page" in bad.value.hint


def test_an_article_about_walls_is_none(site: Site) -> None:
    site.pages["/a"] = Says(ARTICLE + "<p>Just a moment... cf-browser-verification, said the page.</p>")
    assert guest(robots=False).get(f"{site.url}/a").content


# -- malice ----------------------------------------------------------------------------------------------------------


def test_a_circle_of_redirects_ends(site: Site) -> None:
    site.pages["/a"] = Says(status=302, headers={"Location": "/b"})
    site.pages["/b"] = Says(status=301, headers={"Location": "/a"})
    with pytest.raises(BadSource, match="in a circle"):
        guest(robots=False).get(f"{site.url}/a")
    for n in range(9):
        site.pages[f"/r{n}"] = Says(status=302, headers={"Location": f"/r{n + 1}"})
    with pytest.raises(BadSource, match="more than 5 times"):
        guest(robots=False).get(f"{site.url}/r0")


@pytest.mark.parametrize(
    "private", ["http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]/", "http://0.0.0.0/"]
)
def test_a_redirect_to_a_private_address_is_not_followed(site: Site, private: str) -> None:
    site.pages["/a"] = Says(status=302, headers={"Location": private})
    with pytest.raises(BadSource, match="private network"):
        guest(robots=False).get(f"{site.url}/a")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://a.example/x", "http://", "http://user:pw@a.example/", "http://a b/", "http://[/"],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(BadSource):
        guest(robots=False).get(url)


def test_a_name_is_looked_up_once_so_that_it_cannot_change_its_mind(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(site.url.rpartition(":")[2])
    asked: list[str] = []

    def answer(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        address = host if host[0].isdigit() else "127.0.0.1" if len(asked) < 3 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    page = guest(robots=False).get(f"http://rebinding.example:{port}/a")
    assert page.content and site.asked[-1][1]["host"] == f"rebinding.example:{port}"


def test_localhost_is_private_outside_of_tests() -> None:
    with pytest.raises(BadSource, match="private network"):
        refuse_private("http://127.0.0.1:1/")
    assert target_of("http://127.0.0.1:1/", local=frozenset({"127.0.0.1"})).address == "127.0.0.1"


def test_a_packed_bomb_and_a_huge_page_stop_early(site: Site) -> None:
    bomb = gzip.compress(b"0" * (30 << 20))
    site.pages["/bomb"] = Says(bomb, headers={"Content-Encoding": "gzip"})
    for path in ("/bomb", "/a"):
        with pytest.raises(BadSource, match="larger than 1,000 bytes"):
            guest(robots=False, most_bytes=1_000).get(f"{site.url}{path}")


def test_a_host_that_drips_is_left(site: Site) -> None:
    site.pages["/a"] = Says(ARTICLE, drip_s=0.05)
    with pytest.raises(BadSource, match="too slowly"):
        guest(robots=False, timeout_s=0.2).get(f"{site.url}/a")


@pytest.mark.parametrize("kind", ["image/png", "video/mp4", "font/woff2"])
def test_pictures_are_no_texts(site: Site, kind: str) -> None:
    site.pages["/a"] = Says(b"\x89PNG", headers={"Content-Type": kind})
    with pytest.raises(BadSource, match="not a text"):
        guest(robots=False).get(f"{site.url}/a")


def test_a_host_that_hangs_up_is_asked_again_and_then_left() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    with pytest.raises(BadSource, match="5 times"):
        guest(robots=False).get(url)
