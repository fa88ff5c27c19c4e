"""transformers in this process: a checkpoint folder or an unpacked GGUF, on a processor, CUDA or an Apple GPU.

For bases that llama.cpp cannot run, and for many texts at once: on a processor that multiplies bfloat16 natively a
batch of 48 is faster than llama.cpp (`python -m bench.generation`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from twin.core.errors import BadRequest, ModelFailed, NotFound
from twin.core.prompts import render_chat, without_marks
from twin.core.protocols import Progress, silent
from twin.core.records import Completion, Request
from twin.models.decoding import Text, go_on
from twin.models.hf import among_themselves, checkpoint, compute, load_network, load_tokenizer, release
from twin.models.holding import Holding
from twin.models.sampling import breakers_of
from twin.models.weights import Base

PARALLEL = 48
ROOM_BYTES = 2_000_000_000
"""Keys and values of one batch at most; larger models get smaller batches."""
END_MARKS = ("<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end|>", "<end_of_turn>", "<eos>", "</s>")
"""Tokens that end a turn wherever a vocabulary has them as special ones: llama.cpp stops at these by name."""


class Torch:
    """A base and one PEFT adapter, added to its weights. Loaded at the first request, loaded anew for another adapter.

    `adapter` names the GGUF file as everywhere; the PEFT files in the same folder are what is read. The same request
    with the same seed draws the same random numbers in any company; rounding depends on the company, so that
    near-ties may fall either way.
    """

    def __init__(self, base: Base, *, cache: Path, context_tokens: int, parallel: int, threads: int) -> None:
        self.base = base
        self.cache = cache
        self.name = base.name
        self.digest = base.torch_digest
        self.chat_template = base.chat_template
        self.continues = True
        self.binds = True
        self.apart = False
        self.context_tokens = context_tokens
        self.parallel = parallel
        self.threads = threads
        self._network: Any = None
        self._tokenizer: Any = None
        self._breakers: Any = None
        self._holding: Any = None
        self._loaded: tuple[Any, ...] | None = None
        self._lock = threading.Lock()

    def generate(
        self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
    ) -> list[Completion]:
        """Raises: BadRequest for a prompt beyond the context, NotFound, ModelFailed, MissingPart."""
        if not requests:
            return []
        total, done = sum(request.max_tokens for request in requests), 0

        def said(tokens: int) -> None:
            nonlocal done
            done += tokens
            progress(done, total, "writing")

        with self._lock:
            self._load(adapter, progress)
            started = time.perf_counter()
            texts = [self._text(request) for request in requests]
            answers: dict[int, Completion] = {}
            for places in batches(texts, self._rows_of):
                batch = [texts[place] for place in places]
                try:
                    with among_themselves():
                        go_on(self._network, batch, holding=self._holding, breakers=self._breakers, said=said)
                except RuntimeError as bad:
                    raise ModelFailed(f"torch stopped: {bad}", "try a smaller model.parallel") from bad
                seconds = time.perf_counter() - started
                answers.update({place: self._completion(texts[place], seconds) for place in places})
        return [answers[i] for i in range(len(requests))]

    def close(self) -> None:
        """Unloads the model. It is loaded again when it is asked again."""
        with self._lock:
            self._network = self._loaded = None
            release()

    # -- texts -----------------------------------------------------------------------------------------------

    def _text(self, request: Request) -> Text:
        rendered = render_chat(self.chat_template, request.prompt) + without_marks(request.begin)
        try:
            ids = tuple(self._tokenizer(rendered)["input_ids"])
        except (TypeError, UnicodeError) as bad:
            raise ModelFailed(f"the prompt is no text that can be encoded: {bad}", "check the request") from bad
        if len(ids) >= self.context_tokens:
            raise BadRequest(
                f"the prompt has {len(ids)} tokens, the context holds {self.context_tokens}",
                "ask for less, or raise model.context_tokens",
            )
        return Text(ids, request, min(request.max_tokens, self.context_tokens - len(ids)))

    def _completion(self, text: Text, seconds: float) -> Completion:
        words = self._tokenizer.decode(text.said, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return Completion(
            text=words.rstrip("\ufffd"),  # a character of which not every byte was said
            prompt_tokens=len(text.ids),
            tokens=len(text.said) + text.ended,
            seconds=seconds,
            finish="stop" if text.ended else "length",
        )

    def _rows_of(self, tokens: int) -> int:
        """How many texts of that many tokens are gone on with at once."""
        config = self._network.config.get_text_config()
        size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        each = 2 * config.num_hidden_layers * heads * size * self._network.dtype.itemsize * tokens
        return max(1, min(self.parallel, int(ROOM_BYTES // each)))

    # -- the network -----------------------------------------------------------------------------------------

    def _load(self, adapter: Path | None, progress: Progress) -> None:
        wanted = _stamp(adapter) if adapter else ()
        if self._loaded == wanted:
            return
        import torch

        self._network = self._loaded = None
        device, dtype, _ = compute()
        if self.threads:
            torch.set_num_threads(self.threads)
        folder = checkpoint(self.base, cache=self.cache, progress=progress)
        network = load_network(folder, dtype=dtype, device=device, adapter=adapter.parent if adapter else None)
        self._network = network.merge_and_unload() if adapter else network
        self._tokenizer = load_tokenizer(folder)
        words = self._network.get_output_embeddings().weight.shape[0]
        self._breakers = torch.zeros(words, dtype=torch.bool, device=device)
        self._breakers[breakers_of(self._tokenizer)] = True
        self._holding = Holding(self._tokenizer, words, ends_of(self._network, self._tokenizer))
        self._loaded = wanted


def batches(texts: Sequence[Text], rows_of: Any) -> Iterator[list[int]]:
    """Texts in any order in, the places of those that go together out: prompts of like length, the longest first."""
    order = sorted(range(len(texts)), key=lambda place: (-len(texts[place].ids), texts[place].ids))
    while order:
        longest = len(texts[order[0]].ids)
        rows = rows_of(longest + max(texts[place].most for place in order[:PARALLEL]))
        yield order[:rows]
        order = order[rows:]


def ends_of(network: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens at which an answer ends."""
    said = network.generation_config.eos_token_id if network.generation_config else None
    listed = said if isinstance(said, list) else [said]
    added = {str(token): i for i, token in tokenizer.added_tokens_decoder.items() if token.special}
    named = [added[mark] for mark in END_MARKS if mark in added]
    return frozenset(i for i in (*listed, tokenizer.eos_token_id, *named) if i is not None)


def _stamp(adapter: Path) -> tuple[Any, ...]:
    """An adapter's GGUF file in, what changes when its PEFT files are written anew out. Raises: NotFound."""
    files = [adapter.parent / name for name in ("adapter_config.json", "adapter_model.safetensors")]
    try:
        about = [file.stat() for file in files]
    except OSError as bad:
        raise NotFound(f"no PEFT adapter beside {str(adapter)!r}", "list what there is: twin adapters") from bad
    return (adapter.parent.absolute(), *((one.st_mtime_ns, one.st_size) for one in about))
