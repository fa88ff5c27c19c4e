"""Who may talk to the server: this studio's own pages, programs of the user's, and nobody else."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.websockets import WebSocketClose

from twin.app.studio.uploads import MOST_BYTES

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "twin_token"
LOGIN = "/login"
MOST_BODY_BYTES = 1_000_000
UPLOADS = ("/api/sources", "/_nicegui/client/")
SPARE_BYTES = 10_000
"""What the multipart form around an upload may add to it."""
LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}
HEADERS = {
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "frame-ancestors 'none'; form-action 'self'; base-uri 'self'",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
"""With these a page of the studio cannot ask anything of another server, whatever text it shows. (Under `no-referrer`
a browser sends its own pages' forms with `Origin: null`: Chromium, 2026-11.)"""


class Guard:
    """Every request in; refused unless it comes from this studio's own pages or from a program of the user's.

    A web page elsewhere can make a browser send requests to loopback: its own name then stands in Origin, or in
    Host where it has rebound its name to this address. Both are refused, sockets included. With a token any Host
    will do (a proxy has its own name): a cookie is never sent to a name that did not set it.
    """

    def __init__(self, app: ASGIApp, *, host: str, token: str) -> None:
        self.app = app
        self.hosts = LOOPBACK_NAMES | {host.lower()}
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None and scope["type"] == "http":
            await self.app(scope, _bounded(scope["path"], receive), _with_headers(send))
        elif refusal is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(code=1008)(scope, receive, send)
        else:
            await refusal(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        reading = scope.get("method") in ("GET", "HEAD")
        if not self.token and _name(host) not in self.hosts:
            return refused(403, "unknown_host", f"unknown host {host[:80]!r}", "open the address that twin serve shows")
        foreign = origin is not None and urlsplit(origin).netloc.lower() != host.lower()
        if foreign or (headers.get("sec-fetch-site", "") in ("cross-site", "same-site") and not reading):
            return refused(403, "foreign_page", "the request comes from another web page", "use the studio's own pages")
        if not self.token or scope["path"] == LOGIN or self._knows(scope, headers):
            return None
        if reading and "text/html" in headers.get("accept", ""):
            return RedirectResponse(LOGIN, 303)
        return refused(401, "no_token", "this studio needs its token", "send it as: Authorization: Bearer TOKEN")

    def _knows(self, scope: Scope, headers: Headers) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        sent = HTTPConnection(scope).cookies.get(COOKIE, "")
        return (scheme.lower() == "bearer" and _same(given.strip(), self.token)) or _same(sent, _cookie(self.token))


def refused(status: int, code: str, message: str, hint: str) -> JSONResponse:
    """The one shape that every error of the server has."""
    return JSONResponse({"error": {"code": code, "message": message, "hint": hint}}, status)


async def login(request: Request, *, token: str) -> Response:
    """The page that asks for the token; the right one is kept as a cookie until the browser closes."""
    wrong = ""
    if request.method == "POST":
        given = str((await request.form()).get("token", ""))
        if _same(given.strip(), token):
            answer = RedirectResponse("/", 303)
            secure = request.url.scheme == "https"
            answer.set_cookie(COOKIE, _cookie(token), httponly=True, samesite="strict", secure=secure)
            return answer
        wrong = "<p role=alert>That is not the token.</p>"
    return HTMLResponse(_LOGIN_PAGE.replace("{wrong}", wrong), 401 if wrong else 200)


_LOGIN_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>LLM Twin</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><style>
:root { color-scheme: light dark } body { font: 16px/1.5 system-ui, sans-serif; max-width: 22rem; margin: 15vh auto;
padding: 0 1rem } input, button { font: inherit; padding: .5rem .7rem; width: 100%; box-sizing: border-box;
margin-top: .5rem }</style>
<h1>LLM Twin</h1><form method="post"><label>Token (TWIN_SERVE__TOKEN on the machine that serves)
<input name="token" type="password" autocomplete="current-password" autofocus required></label>{wrong}
<button>Open the studio</button></form></html>"""


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode("utf-8", "replace"))


def _cookie(token: str) -> str:
    return hmac.new(token.encode(), b"twin studio", sha256).hexdigest()


def _name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _bounded(path: str, receive: Receive) -> Receive:
    """Stops reading a body at its bound, so that no request fills memory or disk."""
    most, seen = (MOST_BYTES + SPARE_BYTES if path.startswith(UPLOADS) else MOST_BODY_BYTES), 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413, f"the request is larger than {most:,} bytes")
        return message

    return bounded


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
