"""A small local server that speaks chat completions, for tests: it answers from a table, or as it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, str], bytes]
Answer = Callable[[dict[str, Any]], Reply]


def ok(text: str, tokens: int, finish: str = "stop") -> Reply:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    body = {"choices": [choice], "usage": {"prompt_tokens": 3, "completion_tokens": tokens}}
    return 200, {}, json.dumps(body).encode()


def seeded(body: dict[str, Any]) -> Reply:
    """Numbers that only seed, temperature and prompt decide, `max_tokens` of them."""
    seed = body["seed"] if body["temperature"] else 0
    said = [f"{body['messages'][-1]['content']}-{seed}", *map(str, range(body["max_tokens"] - 1))]
    return ok(" ".join(said), len(said), "length")


def in_turn(*replies: Reply | str) -> Answer:
    """One reply after another, the last one for good; a bare text is a whole answer."""
    left = list(replies)

    def answer(_: dict[str, Any]) -> Reply:
        reply = left.pop(0) if len(left) > 1 else left[0]
        return ok(reply, 5) if isinstance(reply, str) else reply

    return answer


def cut_off(text: str) -> Reply:
    """Half an answer: the server stopped at the most tokens that it may give."""
    return ok(text, 5, "length")


def slowly(seconds: float, reply: Reply) -> Answer:
    def answer(_: dict[str, Any]) -> Reply:
        time.sleep(seconds)
        return reply

    return answer


@contextmanager
def serving(answer: Answer, *, port: int = 0) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of a running server, and what it was asked: bodies with the request's headers beside them.

    `port` 0 is any free one.
    """
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            seen.append({"path": self.path, "authorization": self.headers["authorization"], **body})
            status, headers, content = answer(body)
            self.send_response(status)
            for name, value in {"content-length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", seen
    finally:
        server.shutdown()
        server.server_close()
