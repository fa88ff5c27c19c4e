"""What a guest on the web meets: walls that are never taken for pages, and hosts that mean harm."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest
from sites import ARTICLE, Says, Site, guest, serving

from twin.core.errors import BadSource, Wall
from twin.sources._web import refuse_private, wire
from twin.sources._web.addresses import is_public, target_of
from twin.sources._web.walls import wall_in

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
