import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from chat_server import Reply, ok, serving

from twin.core.errors import BadRequest, BadSettings, ModelFailed
from twin.core.records import Message, Request
from twin.core.settings import ContentSettings, ModelSettings
from twin.models import open_content, open_model
from twin.models.gbnf import grammar
from twin.models.openai import OpenAICompatible, _seconds
from twin.models.weights import find_base

ASKED = Request(
    (Message("system", "Be brief."), Message("user", "hi")), max_tokens=5, temperature=0.5, top_p=0.9, seed=4
)


def opened(url: str, timeout_s: float = 5.0) -> OpenAICompatible:
    return OpenAICompatible(url, "some-model", parallel=2, timeout_s=timeout_s)


def test_it_sends_messages_and_sampling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    with serving(lambda body: ok("hello", 1)) as (url, seen):
        model = opened(url)
        answer = model.generate([ASKED])[0]
        model.close()
    assert (answer.text, answer.tokens, answer.prompt_tokens, answer.finish) == ("hello", 1, 3, "stop")
    assert seen[0]["path"] == "/v1/chat/completions"
    assert seen[0]["authorization"] == "Bearer secret"
    assert seen[0]["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}]
    assert {name: seen[0][name] for name in ("model", "max_tokens", "temperature", "top_p", "seed")} == {
        "model": "some-model",
        "max_tokens": 5,
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 4,
    }


def test_without_a_key_none_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with serving(lambda body: ok("hello", 1)) as (url, seen):
        model = opened(url)
        model.generate([ASKED])
        model.close()
    assert seen[0]["authorization"] is None


def test_a_server_elsewhere_is_sent_nothing_before_its_host_was_agreed_to(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = OpenAICompatible("https://models.example/v1", "m", parallel=1, timeout_s=1, agreed="other.example")
    with pytest.raises(
        BadRequest, match=r"models\.example is not this machine and would be sent: Be brief\.\nhi"
    ) as bad:
        elsewhere.generate([ASKED])
    assert bad.value.hint.endswith("twin config model.agreed models.example")
    agreed = OpenAICompatible("https://models.example/v1", "m", parallel=1, timeout_s=1, agreed="Models.Example")
    monkeypatch.setattr(agreed, "_post", lambda body: {"choices": [{"message": {"content": body["model"]}}]})
    assert agreed.generate([ASKED])[0].text == "m"


def test_the_host_that_the_settings_agree_to_is_the_one_that_is_asked_for(tmp_path: Path) -> None:
    where = {"name": "m", "url": "https://models.example/v1", "agreed": "models.example"}
    opened = open_model(ModelSettings(kind="openai", **where), cache=tmp_path)  # type: ignore[arg-type]
    content = open_content(ContentSettings(**where), cache=tmp_path)  # type: ignore[arg-type]
    assert {one.agreed for one in (opened, content) if isinstance(one, OpenAICompatible)} == {"models.example"}


@pytest.mark.parametrize("url", ["", "localhost:8000", "ftp://host/v1", "http:///v1", "http://[::1/v1"])
def test_it_is_off_until_an_address_is_named(url: str) -> None:
    with pytest.raises(BadSettings):
        opened(url)


@pytest.mark.parametrize(
    ("reply", "hint"),
    [
        ((400, {}, b"too long"), "too long"),
        ((401, {}, b"no"), "OPENAI_API_KEY"),
        ((403, {}, b"no"), "OPENAI_API_KEY"),
        ((404, {}, b"no"), "model.name"),
        ((429, {"retry-after": "0"}, b"no"), "model.parallel"),
        ((500, {"retry-after": "0"}, b"no"), "log"),
        ((503, {"retry-after": "0"}, b"no"), "log"),
        ((200, {}, b"<html>"), "model.url"),
        ((200, {}, b"{}"), "model.url"),
        ((200, {}, b'{"choices": []}'), "model.url"),
        ((200, {}, b"[]"), "model.url"),
    ],
)
def test_every_refusal_has_a_remedy(reply: Reply, hint: str) -> None:
    with serving(lambda body: reply) as (url, _):
        model = opened(url)
        with pytest.raises(ModelFailed) as caught:
            model.generate([ASKED])
        model.close()
    assert hint in caught.value.hint


def test_a_server_that_asks_to_wait_is_asked_again() -> None:
    replies = [(429, {"retry-after": "0"}, b""), ok("at last", 2)]
    with serving(lambda body: replies.pop(0)) as (url, seen):
        model = opened(url)
        assert model.generate([ASKED])[0].text == "at last"
        model.close()
    assert len(seen) == 2


def test_a_wait_until_a_date_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.models.openai.time.time", lambda: 1_700_000_000.0)
    assert [_seconds(said) for said in ("7", "-3", "Tue, 14 Nov 2023 22:13:50 GMT", "soon")] == [7.0, 0.0, 30.0, 1.0]


def test_counts_that_a_server_leaves_open_are_none() -> None:
    body = {"choices": [{"message": {"content": "hi"}}], "usage": {"prompt_tokens": None, "completion_tokens": None}}
    with serving(lambda _: (200, {}, json.dumps(body).encode())) as (url, _):
        model = opened(url)
        answer = model.generate([ASKED])[0]
        model.close()
    assert (answer.text, answer.prompt_tokens, answer.tokens) == ("hi", 0, 0)


def test_a_server_that_drips_is_not_waited_for_for_ever() -> None:
    with dripping() as url:
        model = opened(url, timeout_s=0.5)
        started = time.monotonic()
        with pytest.raises(ModelFailed, match="did not answer within"):
            model.generate([ASKED])
        model.close()
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("kind", ["llamacpp", "vllm"])
def test_a_server_that_takes_a_grammar_is_sent_one(kind: str) -> None:
    with serving(lambda _: ok("24 lifts", 2)) as (url, seen):
        held = OpenAICompatible(url, "m", parallel=1, timeout_s=5, grammar=kind)
        plain = opened(url)
        for model in (held, plain):
            model.generate([replace(ASKED, only=("24",))])
            model.close()
    assert (held.binds, plain.binds) == (True, False)
    rules = seen[0]["grammar"] if kind == "llamacpp" else seen[0]["structured_outputs"]["grammar"]
    assert rules == grammar(("24",)) and rules.startswith("root ::= ")
    assert not {"grammar", "structured_outputs"} & seen[1].keys()


def test_a_real_server_of_llama_cpp_is_held_by_it(tmp_path: Path) -> None:
    """xllamacpp's own listener answers; what it may say of numbers is 24 alone."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(find_base("smollm2-135m-instruct", cache=tmp_path).gguf)
    params.hostnames, params.port, params.n_ctx, params.verbosity = ["127.0.0.1"], 0, 512, -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    request = Request((Message("user", "Count from 20 to 30 in digits."),), max_tokens=48, temperature=0.0)
    said = {}
    for kind in ("", "llamacpp"):
        model = OpenAICompatible(f"{server.listening_address}/v1", "m", parallel=1, timeout_s=60, grammar=kind)
        said[kind] = model.generate([replace(request, only=("24",))])[0].text
        model.close()
    assert set(re.findall(r"\d+", said[""])) - {"24"}
    assert set(re.findall(r"\d+", said["llamacpp"])) <= {"24"}


@contextmanager
def dripping() -> Iterator[str]:
    """The address of a server that sends a byte now and then and never ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                for _ in range(200):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.1)

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


def test_a_slow_server_is_not_waited_for_for_ever() -> None:
    def slow(body: dict[str, Any]) -> Reply:
        time.sleep(1)
        return ok("late", 1)

    with serving(slow) as (url, _):
        model = opened(url, timeout_s=0.2)
        with pytest.raises(ModelFailed) as caught:
            model.generate([ASKED])
        model.close()
    assert "timeout_s" in caught.value.hint


def test_no_server_at_all() -> None:
    with serving(lambda body: ok("", 0)) as (url, _):
        pass
    model = opened(url)
    with pytest.raises(ModelFailed) as caught:
        model.generate([ASKED])
    model.close()
    assert "model.url" in caught.value.hint
