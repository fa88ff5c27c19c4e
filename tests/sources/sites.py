"""A small web server on this machine that says what a test wrote, with the manners, walls and malice of real ones."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from twin.sources._web import Guest
from twin.sources._web.guest import Clock

ARTICLE = "<html><body><p>" + "The door was shut again when I came. " * 40 + "</p></body></html>"


@dataclass
class Says:
    """One answer. `etag` makes it answer 304 to who knows it; the first `busy` requests get `busy_status` instead."""

    body: bytes | str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = ""
    busy: int = 0
    busy_status: int = 429
    busy_headers: dict[str, str] = field(default_factory=dict)
    drip_s: float = 0.0


class Site:
    """`pages` by path; `asked` holds `(path, headers)` of every request in order, `posted` the bodies that came."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.server = server
        self.pages: dict[str, Says] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.posted: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked if path != "/robots.txt"]


@contextmanager
def serving(secure: ssl.SSLContext | None = None) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.posted += filter(None, [self.rfile.read(int(self.headers.get("Content-Length", 0)))])
            site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            says = site.pages.get(self.path, Says("not here", 404))
            body = says.body.encode() if isinstance(says.body, str) else says.body
            status, headers = says.status, dict(says.headers)
            if says.busy > 0:
                says.busy -= 1
                status, headers, body = says.busy_status, dict(says.busy_headers), b"busy"
            elif says.etag:
                headers["ETag"] = says.etag
                if self.headers.get("If-None-Match") == says.etag:
                    status, body = 304, b""
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Type" not in headers:
                self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                for start in range(0, len(body), 1 if says.drip_s else max(1, len(body))):
                    self.wfile.write(body[start : start + (1 if says.drip_s else len(body))])
                    self.wfile.flush()
                    time.sleep(says.drip_s)
            except OSError:
                self.close_connection = True  # the guest left

        do_POST = do_GET  # noqa: N815  (so it is called)

        def log_message(self, *_: Any) -> None: ...

    server = _server(Handler, secure)
    site = Site(server)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def _server(handler: type[BaseHTTPRequestHandler], secure: ssl.SSLContext | None) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a guest that does not trust it
    if secure:
        server.socket = secure.wrap_socket(server.socket, server_side=True)
    return server


@dataclass
class Waits:
    """A clock that stands still but for the waits that are asked for."""

    at: float = 0.0
    waited: list[float] = field(default_factory=list)

    def clock(self) -> Clock:
        return Clock(lambda: self.at, self.wait)

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.at += seconds


def guest(cache: Path | None = None, waits: Waits | None = None, **rest: Any) -> Guest:
    """A guest that may visit this machine and does not really wait."""
    told = {"timeout_s": 5.0, "local": frozenset({"127.0.0.1"}), "clock": (waits or Waits()).clock(), **rest}
    return Guest(cache, **told)
