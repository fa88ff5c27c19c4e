"""The guest on the web: polite, bounded, never led to private places, and never taking a wall for a page."""

from __future__ import annotations

import gzip
import random
import shutil
import socket
import sqlite3
import ssl
import subprocess
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sites import Says, Site, Waits, guest, serving

from twin.core.errors import BadSource, StorageFailed, Wall
from twin.sources._web import AGENT, refuse_private, wire
from twin.sources._web.addresses import is_public, target_of
from twin.sources._web.guest import TRIES, _same_host
from twin.sources._web.manners import asked_wait, is_busy, pause_of
from twin.sources._web.walls import wall_in

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


def test_a_text_without_spaces_between_its_words_is_a_text(site: Site) -> None:
    form = "<form><input type=password><div class=g-recaptcha></div></form>"
    site.pages["/a"] = Says("<p>" + "私がホテルに着いたとき、ドアはまた閉まっていた。" * 30 + f"</p>{form}")
    assert guest(robots=False).get(f"{site.url}/a").content


@pytest.mark.parametrize("part", [b"<", b"<script ", b"<style>", b"<input ", b"</script>", b"<title> "])
@pytest.mark.timeout(30)  # where each byte looks at all that follow, it is more than a minute
def test_looking_for_a_wall_takes_no_longer_for_a_page_made_to_delay_it(part: bytes) -> None:
    challenge = b"/cdn-cgi/challenge-platform <input type=password>"
    wall_in("http://a.example/", 200, {}, challenge + part * (300_000 // len(part)))


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
    assert target_of("http://127.0.0.1:1/", local=frozenset({"127.0.0.1"})).addresses == ("127.0.0.1",)


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


@pytest.mark.parametrize(
    "address",
    "224.0.0.1 ff02::1 fec0::1 fe80::1 fc00::1 64:ff9b::7f00:1 2002:7f00:1:: 2002:a00:1:: ::ffff:127.0.0.1 ::7f00:1 "
    "::1 240.0.0.1 255.255.255.255 100.64.0.1 192.168.1.1".split(),
)
def test_a_private_address_is_seen_in_every_dress(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "2002:5db8:d822::"])
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


def test_a_bomb_is_never_held_unpacked(site: Site) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    site.pages["/bomb"] = Says(bomb, headers={"Content-Encoding": "gzip"})
    site.pages["/twice"] = Says(gzip.compress(bomb), headers={"Content-Encoding": "gzip, gzip"})
    tracemalloc.start()
    try:
        for path, said in (("/bomb", "larger than"), ("/twice", "comes packed")):
            with pytest.raises(BadSource, match=said):
                guest(robots=False, most_bytes=1 << 20).get(f"{site.url}{path}")
        assert tracemalloc.get_traced_memory()[1] < 12 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "packed",
    [
        (gzip.compress(ARTICLE.encode()), "gzip"),
        (gzip.compress(ARTICLE[:50].encode()) + gzip.compress(ARTICLE[50:].encode()), "x-gzip"),
        (gzip.compress(ARTICLE.encode()) + bytes(9), "gzip"),
        (zlib.compress(ARTICLE.encode()), "deflate"),
        (zlib.compress(ARTICLE.encode())[2:-4], "deflate"),
        (ARTICLE.encode(), "identity"),
    ],
)
def test_what_comes_packed_is_unpacked(site: Site, packed: tuple[bytes, str]) -> None:
    site.pages["/a"] = Says(packed[0], headers={"Content-Encoding": packed[1]})
    assert guest(robots=False).get(f"{site.url}/a").content == ARTICLE.encode()


def test_a_packed_page_that_is_cut_or_damaged_is_no_page(site: Site) -> None:
    site.pages["/cut"] = Says(gzip.compress(ARTICLE.encode())[:-20], headers={"Content-Encoding": "gzip"})
    with pytest.raises(BadSource, match="ends early"):
        guest(robots=False).get(f"{site.url}/cut")
    site.pages["/not"] = Says(b"\x1f\x8bnot packed at all", headers={"Content-Encoding": "gzip"})
    with pytest.raises(BadSource, match="is damaged"):
        guest(robots=False).get(f"{site.url}/not")


def test_a_host_that_drips_its_headers_is_left_too() -> None:
    def drip(listening: socket.socket) -> None:
        with listening.accept()[0] as one:
            try:
                for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 400:
                    one.send(bytes([byte]))
                    time.sleep(0.02)
            except OSError:
                pass  # the guest left

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=drip, args=(listening,), daemon=True).start()
        with pytest.raises(BadSource, match="too slowly"):
            guest(robots=False, timeout_s=0.1).get(f"http://127.0.0.1:{listening.getsockname()[1]}/")


@pytest.mark.parametrize(
    "kind", ["application/zip", "application/vnd.ms-excel", "application/x-msdownload", "IMAGE/GIF"]
)
def test_other_binaries_are_no_texts(site: Site, kind: str) -> None:
    site.pages["/a"] = Says(b"PK", headers={"Content-Type": kind})
    with pytest.raises(BadSource, match="not a text"):
        guest(robots=False).get(f"{site.url}/a")


@pytest.mark.parametrize(
    "kind",
    "text/html text/csv application/json application/activity+json application/rss+xml application/pdf "
    "application/gzip application/x-eprint-tar application/octet-stream application/vnd.github.raw".split(),
)
def test_what_may_hold_a_text_passes(site: Site, kind: str) -> None:
    site.pages["/a"] = Says(ARTICLE, headers={"Content-Type": kind})
    assert guest(robots=False).get(f"{site.url}/a").content == ARTICLE.encode()


def test_an_address_with_other_letters_and_spaces_is_asked_for_in_ascii(site: Site) -> None:
    site.pages["/caf%C3%A9%20au%20lait?q=%22"] = Says(ARTICLE)
    assert guest(robots=False).get(f'{site.url}/café au lait?q="').content
    with pytest.raises(BadSource):
        guest(robots=False).get(f"{site.url}/\ud800")
    with pytest.raises(BadSource, match="cannot ask"):
        guest(robots=False).get(f"{site.url}/a", headers={"Accept": "a\r\nEvil: yes"})


def test_the_next_address_of_a_host_is_tried_where_the_first_does_not_answer(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(site.url.rpartition(":")[2])
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("127.0.0.9", "127.0.0.1")]
    plain = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: found if host == "two.example" else plain(host, *a, **k)
    )
    local = frozenset({"127.0.0.1", "127.0.0.9"})
    assert guest(robots=False, local=local).get(f"http://two.example:{port}/a").content
    with pytest.raises(BadSource, match="private network"):
        guest(robots=False).get(f"http://two.example:{port}/a")


def test_over_tls_the_name_is_proved_though_the_address_is_pinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not here to make a certificate")
    pem = tmp_path / "own.pem"
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=doors.example".split()
    made += ["-addext", "subjectAltName=DNS:doors.example", "-keyout", str(tmp_path / "key.pem"), "-out", str(pem)]
    subprocess.run(made, check=True, capture_output=True)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(pem, tmp_path / "key.pem")
    plain = socket.getaddrinfo

    def answer(host: str, port: int, *rest: object, **named: object) -> object:
        return plain("127.0.0.1" if host.endswith(".example") else host, port, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with serving(served) as secure:
        secure.pages["/a"] = Says(ARTICLE)
        port = secure.url.rpartition(":")[2]
        with pytest.raises(BadSource, match="cannot prove who it is"):
            guest(robots=False).get(f"https://doors.example:{port}/a")
        trusted = ssl.create_default_context(cafile=str(pem))
        monkeypatch.setattr(wire, "_trust", lambda: trusted)
        assert guest(robots=False).get(f"https://doors.example:{port}/a").content == ARTICLE.encode()
        with pytest.raises(BadSource, match="cannot prove who it is"):
            guest(robots=False).get(f"https://windows.example:{port}/a")
        assert len(secure.asked) == 1
