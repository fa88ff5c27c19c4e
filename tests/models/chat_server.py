"""A small local server that speaks chat completions, for tests: it answers from a table, or as it is told to."""

from __future__ import annotations

import json
import threading
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


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of a running server, and what it was asked: bodies with the request's headers beside them."""
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

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", seen
    finally:
        server.shutdown()
        server.server_close()
