"""`twin serve`: REST and studio in one app, on loopback; from anywhere else only with a token."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from types import FrameType

from fastapi import FastAPI

from twin import __version__
from twin.app import api
from twin.app.studio.guard import LOGIN, Guard, login
from twin.app.studio.shared import SharedTwin
from twin.core.errors import BadSettings
from twin.core.links import is_loopback
from twin.core.settings import Settings

LEAST_TOKEN_CHARS = 16
LEAVING_S = 5
"""After Ctrl-C, how long a request may take to end before it is cut off, in seconds."""
MAKE_TOKEN = "export TWIN_SERVE__TOKEN=$(python3 -c 'import secrets; print(secrets.token_urlsafe(32))')"  # noqa: S105


def create_app(settings: Settings, *, pages: bool = True, shared: SharedTwin | None = None) -> FastAPI:
    """Settings in, the app out. `pages=False` leaves the studio out: NiceGUI knows one app a process."""
    check_host(settings)
    twin = shared or SharedTwin(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(twin.close)

    app = FastAPI(title="LLM Twin", version=__version__, docs_url=None, redoc_url=None, lifespan=lifespan)
    api.install(app, twin)
    if settings.serve.token:
        app.add_route(LOGIN, partial(login, token=settings.serve.token), methods=["GET", "POST"])
    if pages:
        from twin.app.studio.pages import mount

        mount(app, twin)
    app.add_middleware(Guard, host=settings.serve.host, token=settings.serve.token)
    return app


def serve(settings: Settings) -> None:
    """Answers until Ctrl-C. Raises: BadSettings when it may not or cannot listen there."""
    import uvicorn

    from twin.models.threads import spin_shortly

    spin_shortly()
    twin = SharedTwin(settings)
    app = create_app(settings, shared=twin)

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            twin.stop()
            super().handle_exit(sig, frame)

    host, port = settings.serve.host, settings.serve.port
    config = uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=LEAVING_S)
    with _listener(host, port) as listener:
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        print(f"studio  {address}\nREST    {address}/docs\nstop it with Ctrl-C", flush=True)  # noqa: T201
        try:
            Server(config).run(sockets=[listener])
        except KeyboardInterrupt:
            return


def check_host(settings: Settings) -> None:
    """Raises: BadSettings for an address that others can reach, without a token that nobody guesses."""
    host, token = settings.serve.host, settings.serve.token
    if is_loopback(host):
        return
    if not token:
        raise BadSettings(f"others can reach serve.host = {host!r}, and there is no serve.token", MAKE_TOKEN)
    if len(token) < LEAST_TOKEN_CHARS:
        raise BadSettings(f"serve.token has {len(token)} characters, the least is {LEAST_TOKEN_CHARS}", MAKE_TOKEN)


def _listener(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as bad:
        raise BadSettings(
            f"cannot listen on {host}:{port}: {bad.strerror or bad}",
            f"choose another port: twin serve --port {port + 1}",
        ) from bad
