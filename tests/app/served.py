"""A studio in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fake_twin
import httpx


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def serving(home: Path, *, port: int = 0, token: str = "") -> Iterator[str]:
    """The address of a running studio; stopped as Ctrl-C stops it, with nothing to complain of."""
    port = port or free_port()
    command = [sys.executable, "-W", "error::ResourceWarning", fake_twin.__file__, str(home), str(port), token]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=home.parent)
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            httpx.get(f"{address}/api/status", timeout=60)
            break
        except httpx.TransportError:
            assert server.poll() is None, server.communicate()
            time.sleep(0.2)
    try:
        yield address
    finally:
        server.send_signal(2)
        said, complained = server.communicate(timeout=120)
    assert server.returncode == 0, complained
    assert address in said and "Traceback" not in complained and "ERROR" not in complained, complained
    assert "has been deleted" not in complained, complained
    assert not (home.parent / ".nicegui").exists()
