"""Any server that speaks the OpenAI chat protocol: vLLM, Ollama, llama.cpp, a hosted API. Off until it is named.

The key comes from the environment (OPENAI_API_KEY) and is sent to the named address only. A server that is not on this
machine is sent nothing before its host was agreed to: until then the first call says what it would send. The server
applies its own chat template; adapters are the server's own models, chosen by name.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from twin.core.errors import BadRequest, BadSettings, ModelFailed
from twin.core.links import is_loopback, link_parts
from twin.core.protocols import Progress, silent
from twin.core.records import Completion, Request, digest
from twin.models.gbnf import grammar as rules_of

MOST_WAIT_S = 60.0
SHOWN_CHARS = 600
"""Of the first prompt, in the question whether it may be sent."""
TRIES = 3
MOST_BYTES = 20_000_000
HELD: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "llamacpp": lambda rules: {"grammar": rules},
    "vllm": lambda rules: {"structured_outputs": {"grammar": rules}},
}
"""How a server is sent a grammar, by its kind: llama.cpp's own field, and that of vLLM from 0.12 on."""
RETRIED = frozenset({429, 500, 502, 503, 504})
MENDS = {
    400: "the prompt may be too long for this server, or it takes no {section}.grammar: ask for less, or see its log",
    401: "set {key} to a key that this server knows",
    403: "set {key} to a key that may use this model",
    404: "check {section}.url (it ends in /v1) and {section}.name: twin config",
    429: "wait, or lower {section}.parallel",
}


class OpenAICompatible:
    """One request a text, `parallel` at a time. It is held to what texts may say where its kind of grammar is named."""

    chat_template = ""
    continues = False

    def __init__(
        self,
        url: str,
        name: str,
        *,
        parallel: int,
        timeout_s: float,
        section: str = "model",
        key: str = "",
        agreed: str | None = "",
        grammar: str = "",
    ) -> None:
        """`section` is that of the settings, which remedies name; `key` stands before OPENAI_API_KEY.

        `grammar` is one of `HELD`, or empty for a server that takes none.

        `agreed` is the host that may be sent texts though it is not this machine; None where that was asked before.
        """
        if not (url.startswith(("http://", "https://")) and link_parts(url).hostname):
            raise BadSettings(f"{section}.url = {url!r} is not a web address", "such as http://127.0.0.1:11434/v1")
        self.section = section
        self.key = key
        self.agreed = agreed
        self.grammar = grammar
        self.binds = bool(grammar)
        self.apart = False
        self.url = url.rstrip("/")
        self.name = name
        self.digest = digest("openai", self.url, name)
        self.parallel = parallel
        self.timeout_s = timeout_s
        self._client: Any = None
        self._opening = threading.Lock()

    def generate(
        self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
    ) -> list[Completion]:
        """Raises: BadRequest for an adapter file or without consent, ModelFailed for what the server answers."""
        if adapter is not None:
            raise BadRequest("this server takes no adapter files", "name the adapter's own model: model.name")
        if any(request.begin for request in requests):
            raise BadRequest("the chat protocol cannot continue an answer", "ask for whole texts")
        self._ask_consent(requests)
        answers: list[Completion] = []
        with ThreadPoolExecutor(self.parallel) as pool:
            for answer in pool.map(self._ask, requests):
                answers.append(answer)
                progress(len(answers), len(requests), "writing")
        return answers

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _ask_consent(self, requests: Sequence[Request]) -> None:
        host = link_parts(self.url).hostname or ""
        if self.agreed is None or not requests or host == self.agreed.lower() or is_loopback(host):
            return
        said = "\n".join(one.content for one in requests[0].prompt)
        rest = f" … ({len(said):,} characters)" if len(said) > SHOWN_CHARS else ""
        raise BadRequest(
            f"{host} is not this machine and would be sent: {said[:SHOWN_CHARS]}{rest}",
            f"agree, for this host, with: twin config {self.section}.agreed {host}",
        )

    def _ask(self, request: Request) -> Completion:
        started = time.perf_counter()
        answer = self._post(
            {
                "model": self.name,
                "messages": [{"role": one.role, "content": one.content} for one in request.prompt],
                "max_tokens": request.max_tokens,
                "temperature": request.temperature,
                "top_p": request.top_p,
                "seed": request.seed,
                **({} if request.only is None or not self.binds else HELD[self.grammar](rules_of(request.only))),
            }
        )
        try:
            choice, usage = answer["choices"][0], answer.get("usage") or {}
            text = choice["message"]["content"] or ""
        except (KeyError, IndexError, TypeError) as bad:
            raise ModelFailed(
                f"{self.url!r} answered in another form than the OpenAI protocol", self._mend(404)
            ) from bad
        return Completion(
            text,
            int(usage.get("prompt_tokens") or 0),
            int(usage.get("completion_tokens") or 0),
            time.perf_counter() - started,
            "length" if choice.get("finish_reason") == "length" else "stop",
        )

    def _post(self, body: dict[str, Any]) -> Any:
        """The server's answer as JSON; a busy server is asked again, as late as it asks for."""
        import httpx

        try:
            for left in reversed(range(TRIES)):
                status, headers, content = self._answer(body)
                if status not in RETRIED or not left:
                    break
                time.sleep(min(MOST_WAIT_S, _seconds(headers.get("retry-after", "1"))))
            if status >= 400:
                said = content.decode("utf-8", "replace")[:200]
                raise ModelFailed(f"{self.url!r} answered {status}: {said}", self._mend(status), status=status)
            return json.loads(content)
        except httpx.TimeoutException as bad:
            raise ModelFailed(
                f"{self.url!r} did not answer within {self.timeout_s:g} s",
                f"raise {self.section}.timeout_s, or ask for less",
            ) from bad
        except (httpx.HTTPError, httpx.InvalidURL) as bad:
            raise ModelFailed(
                f"cannot reach {self.url!r}: {bad}", f"start the server, or check {self.section}.url"
            ) from bad
        except ValueError as bad:
            raise ModelFailed(f"{self.url!r} answered with no JSON", self._mend(404)) from bad

    def _answer(self, body: dict[str, Any]) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and content of one answer, all of it within the time; a server may drip for ever."""
        import httpx

        until, content = time.monotonic() + self.timeout_s, bytearray()
        with self._session().stream("POST", f"{self.url}/chat/completions", json=body) as answer:
            for piece in answer.iter_bytes():
                content += piece
                if time.monotonic() > until:
                    raise httpx.ReadTimeout("the whole answer took too long")
                if len(content) > MOST_BYTES:
                    raise ModelFailed(f"{self.url!r} answered with over {MOST_BYTES:,} bytes", self._mend(404))
            return answer.status_code, answer.headers, bytes(content)

    def _mend(self, status: int) -> str:
        key = "OPENAI_API_KEY" if self.section == "model" else f"TWIN_{self.section.upper()}__KEY"
        return MENDS.get(status, "look at the server's log").format(key=key, section=self.section)

    def _session(self) -> Any:
        with self._opening:
            if self._client is not None:
                return self._client
            import httpx

            key = self.key or os.environ.get("OPENAI_API_KEY", "")
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            self._client = httpx.Client(timeout=self.timeout_s, headers=headers)
            return self._client


def _seconds(text: str) -> float:
    """Seconds, or a date in words, in; how long to wait out."""
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return 1.0
