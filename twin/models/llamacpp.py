"""llama.cpp inside this process, through xllamacpp: one base, adapters beside it, many texts in one batch.

xllamacpp always opens its HTTP listener, without a key and with open CORS. Here it is bound to a Unix socket in a
folder that only this user can enter, and the socket's file is removed once the model is loaded: nobody can connect.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from twin.core.errors import BadRequest, MissingPart, ModelFailed, NotFound, TwinError
from twin.core.protocols import Progress, silent
from twin.core.records import Completion, Request
from twin.core.text import one_stands
from twin.models.calls import Body, as_json, batched, one_cache
from twin.models.recoded import Recoded, recoded, with_offsets
from twin.models.threads import spin_shortly
from twin.models.weights import Base, gguf_metadata

MOST_ADAPTERS = 4
FLOATS = (0, 1, 32)
"""What `general.file_type` says of weights in F32, F16 and BF16."""
WHOLE = [["a", 1000.0]]
"""Has a whole character drawn, whatever is likely: of the half of one llama.cpp tells no probabilities."""
WATCH_S = 0.1


@dataclass(slots=True)
class Watch:
    """What the callbacks of running calls share with the thread that waits for them."""

    started: float
    tokens: int = 0
    stopped: bool = False
    answers: dict[int, Completion] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)


class LlamaCpp:
    """A GGUF base and its LoRA adapters. Loaded at the first request (0.3 s for 135M), unloaded by `close`.

    Requests that share everything but prompt and consecutive seeds run as one call: their prompts are read once and
    the same list of requests gives the same texts again. Different calls meet in one batch in the order in which they
    come; rounding then depends on the company a text was in, and near-ties may fall either way. A call has one
    temperature, and those of another one come after it: what differs in that alone is written as if it were alone. A
    text that is gone on with, and what is asked for beside it, is not read again from its start: what a call before it
    has read is kept, rounded in that call's company.

    Texts of few prompts share one cache, where what they have in common lies once and is looked at by all of them in
    one product of matrices. Their prompts come one after the other: of texts side by side llama.cpp keeps what was
    read for the first alone. That one lies in the last place, which the others never take, so that the cache holds
    one prompt: what lies there is looked at by all. Who has several is quicker with one of them after the other
    (`apart`). A cache each is quicker for texts of many prompts, and keeps what is likeliest the same in any company.
    Changing over is a new start.
    """

    def __init__(
        self, base: Base, *, context_tokens: int, parallel: int, threads: int, cache: Path | None = None
    ) -> None:
        """`cache` is where the base may be recoded (`recoded.py`); without one its own file is opened."""
        if base.gguf is None:
            raise BadRequest(
                f"llama.cpp cannot run the checkpoint folder {str(base.folder)!r}",
                "name a GGUF file: convert the folder with llama.cpp's convert_hf_to_gguf.py",
            )
        self.base = base
        self.name = base.name
        self.digest = base.digest
        self.chat_template = base.chat_template
        self.continues = True
        self.binds = True
        self.apart = True
        self.context_tokens = context_tokens
        self.parallel = parallel
        self.threads = threads or os.cpu_count() or 1
        self._cache = cache
        self._recoded: Recoded | None = None
        self._server: Any = None
        self._shared = False
        self._adapters: list[tuple[Path, int, int]] = []
        self._lock = threading.Lock()

    def generate(
        self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
    ) -> list[Completion]:
        """Raises: BadRequest for a prompt beyond the context, NotFound, ModelFailed, MissingPart."""
        if not requests:
            return []
        shared = one_cache(requests)
        bodies = list(batched(requests, self.chat_template, self.parallel, alone=shared))
        total = sum(request.max_tokens for request in requests)
        with self._lock:
            lora = self._serve(adapter, shared=shared)
            watch = Watch(time.perf_counter())
            for heat in dict.fromkeys(body.first.temperature for body in bodies):
                alike = [body for body in bodies if body.first.temperature == heat]
                keep = any(body.first.begin for body in alike)
                calls = [
                    (as_json(body, lora, keep=keep, slot=self.parallel - 1 if shared else None), body) for body in alike
                ]
                for some in ([one] for one in calls) if shared else [calls]:
                    self._together(some, watch, lambda: progress(watch.tokens, total, "writing"))
        if watch.errors:
            raise _failure(watch.errors[0], self.context_tokens)
        return [watch.answers[i] for i in range(len(requests))]

    def next_tokens(self, ids: Sequence[int], *, adapter: Path | None = None, most: int) -> dict[int, float]:
        """Token ids in; the `most` likeliest next tokens with their log-probabilities in nats out.

        Made to be called with one token more each time: only that token is computed. Raises: ModelFailed, NotFound.
        """
        asked = {"prompt": list(ids), "max_tokens": 1, "temperature": 0, "n_probs": most, "cache_prompt": True}
        asked["logit_bias"] = WHOLE
        with self._lock:
            lora = self._serve(adapter, shared=False)
            answer = self._server.handle_completions({**asked, "id_slot": 0, "lora": lora})
        if "error" in answer:
            raise _failure(answer["error"], self.context_tokens)
        first = answer["choices"][0]["logprobs"]["content"][0]
        return {one["id"]: one["logprob"] for one in first["top_logprobs"]}

    def close(self) -> None:
        """Unloads the model. It is loaded again when it is asked again."""
        with self._lock:
            self._server = None
            self._adapters = []

    # -- calls -----------------------------------------------------------------------------------------------

    def _together(self, calls: Sequence[tuple[dict[str, Any], Body]], watch: Watch, tell: Callable[[], None]) -> None:
        with ThreadPoolExecutor(max_workers=min(len(calls), 2 * self.parallel)) as pool:
            running = {pool.submit(self._complete, call, body, watch) for call, body in calls}
            try:
                while running:
                    done, running = wait(running, timeout=WATCH_S, return_when=FIRST_EXCEPTION)
                    for one in done:
                        one.result()
                    tell()
            except BaseException:
                watch.stopped = True
                raise

    def _complete(self, call: dict[str, Any], body: Body, watch: Watch) -> None:
        if watch.stopped:
            return

        def receive(chunk: dict[str, Any] | None) -> bool:
            if chunk and "error" in chunk:
                watch.errors.append(chunk["error"])
                watch.stopped = True
            elif chunk:
                self._collect(chunk, body, texts, watch)
                return watch.stopped or (body.first.one_sentence and self._all_stand(chunk, body, texts, watch))
            return watch.stopped

        texts: dict[int, list[str]] = {}
        try:
            self._server.handle_completions(call, receive)
        except (RuntimeError, TypeError, ValueError) as bad:
            raise ModelFailed(f"llama.cpp refused a request: {bad}", "check: twin doctor") from bad

    def _collect(self, chunk: dict[str, Any], body: Body, texts: dict[int, list[str]], watch: Watch) -> None:
        choice = chunk["choices"][0]
        index = choice["index"]
        if choice["text"]:
            watch.tokens += 1
            texts.setdefault(index, []).append(choice["text"])
        if choice["finish_reason"]:
            watch.answers[body.places[index]] = Completion(
                text="".join(texts.get(index, [])),
                prompt_tokens=chunk["usage"]["prompt_tokens"],
                tokens=chunk["usage"]["completion_tokens"],
                seconds=time.perf_counter() - watch.started,
                finish="length" if choice["finish_reason"] == "length" else "stop",
            )

    def _all_stand(self, chunk: dict[str, Any], body: Body, texts: dict[int, list[str]], watch: Watch) -> bool:
        """Whether each text has its first sentence or has ended: those that go on are answers as far as they go."""
        going = [index for index, place in enumerate(body.places) if place not in watch.answers]
        if not all(one_stands("".join(texts.get(index, []))) for index in going):
            return False
        read = chunk.get("timings", {})
        for index in going:
            watch.answers[body.places[index]] = Completion(
                text="".join(texts[index]),
                prompt_tokens=read.get("cache_n", 0) + read.get("prompt_n", 0),
                tokens=len(texts[index]),
                seconds=time.perf_counter() - watch.started,
                finish="length",
            )
        return True

    # -- the server ------------------------------------------------------------------------------------------

    def _serve(self, adapter: Path | None, *, shared: bool) -> list[dict[str, Any]]:
        """Has the base and the adapter in memory; returns the request's choice of adapters.

        llama.cpp reads adapters at its start only, so a new one means a new start (0.3 s for 135M); the last
        few stay, and switching between them costs nothing.
        """
        wanted = _stamp(adapter) if adapter else None
        if wanted and wanted not in self._adapters:
            known = [known for known in self._adapters if known[0] != wanted[0] and known[0].is_file()]
            self._adapters = [*known, wanted][-MOST_ADAPTERS:]
            self._server = None
        if self._server is None or self._shared != shared:
            self._server = None  # the old one is gone before there is a new one
            self._shared = shared
            self._server = self._start()
        if self._recoded:
            return [{"id": self._adapters.index(wanted) + 1 if wanted else 0, "scale": 1.0}]
        return [{"id": self._adapters.index(wanted), "scale": 1.0}] if wanted else []

    def _start(self) -> Any:
        spin_shortly()
        try:
            import xllamacpp
        except ImportError as bad:
            raise MissingPart("llama.cpp is not installed", "install it with: pip install xllamacpp") from bad
        if self._cache:
            self._recoded = recoded(self.base, self._cache)
        with TemporaryDirectory(prefix="twin-") as folder:
            try:
                return xllamacpp.Server(self._params(xllamacpp, Path(folder)))
            except (RuntimeError, ModelFailed) as bad:
                broken = [str(path) for path, _, _ in self._adapters]
                self._adapters = []
                about = f" with {', '.join(broken)}" if broken else ""
                raise ModelFailed(
                    f"llama.cpp cannot load {str(self.base.gguf)!r}{about}",
                    "check: twin doctor; an adapter must have been trained on this base: twin adapters",
                ) from bad

    def _params(self, xllamacpp: Any, folder: Path) -> Any:
        params = xllamacpp.CommonParams()
        params.model.path = str(self._recoded.weights if self._recoded else self.base.gguf)
        params.hostnames = [str(folder / "llama.sock")]
        params.api_keys = [secrets.token_hex(16)]
        params.cors_origins = ""
        params.ui = params.endpoint_slots = False
        params.offline = True
        params.verbosity = -1
        params.warmup = params.fit_params = False
        params.cache_ram_mib = 0
        params.n_parallel = self.parallel
        params.n_ctx = self.parallel * self.context_tokens
        params.kv_unified = self._shared
        params.kv_unified_per_slot = self.context_tokens if self._shared else 0
        params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
        if self.base.gguf and gguf_metadata(self.base.gguf).get("general.file_type") not in FLOATS:
            params.cache_type_k = xllamacpp.ggml_type.GGML_TYPE_Q8_0
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self.threads
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(path), 0.0) for path in self._loras(folder)]
        return params

    def _loras(self, folder: Path) -> list[Path]:
        """The files of the adapters; on a recoded base its offsets before them, and each with the offsets in it."""
        paths = [path for path, _, _ in self._adapters]
        if self._recoded is None:
            return paths
        offsets = self._recoded.offsets
        return [offsets, *(with_offsets(path, offsets, folder / f"{i}.gguf") for i, path in enumerate(paths))]


def _stamp(adapter: Path) -> tuple[Path, int, int]:
    """An adapter's file in, what changes when it is written anew out. Raises: NotFound, ModelFailed."""
    try:
        about = adapter.stat()
    except OSError as bad:
        raise NotFound(f"no adapter file {str(adapter)!r}", "list what there is: twin adapters") from bad
    if gguf_metadata(adapter).get("general.type") != "adapter":
        raise ModelFailed(f"{str(adapter)!r} is not a GGUF adapter", "train again: twin train")
    return adapter.absolute(), about.st_mtime_ns, about.st_size


def _failure(error: dict[str, Any], context_tokens: int) -> TwinError:
    if error.get("type") == "exceed_context_size_error":
        return BadRequest(
            f"the prompt has {error.get('n_prompt_tokens')} tokens, the context holds {context_tokens}",
            "ask for less, or raise model.context_tokens",
        )
    return ModelFailed(f"llama.cpp answered: {error.get('message')}", "check: twin doctor")
