"""Fakes for tests: deterministic, instant, and named so. They ship with the package, so that a plugin can be tested."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twin.core.errors import BadRequest
from twin.core.protocols import Progress, silent
from twin.core.records import Completion, Request
from twin.models.only import automaton

if TYPE_CHECKING:
    from twin.core.protocols import Vectors

_TOKEN = re.compile(r"\w+|[^\w\s]")


class FakeModel:
    """Answers with the words of its prompt in an order drawn from the seed, in sentences of eight words."""

    name = "fake"
    digest = "fake-1"
    chat_template = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant: "
    continues = True
    binds = True
    apart = False

    def generate(
        self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
    ) -> list[Completion]:
        answers = []
        for i, request in enumerate(requests):
            if not request.prompt:
                raise BadRequest("the prompt is empty", "give the model something to answer")
            prompt = " ".join(message.content for message in request.prompt)
            known = sorted(set(re.findall(r"[A-Za-z]{3,}", prompt)))
            vocabulary = [word for word in known if _may_say(word, request.only)] or ["nothing"]
            seed = 0 if request.temperature == 0 else request.seed
            dice = random.Random(f"{prompt}|{request.begin}|{seed}|{adapter}")
            size = max(1, min(request.max_tokens, 120))
            said = [dice.choice(vocabulary).lower() for _ in range(size)]
            sentences = [" ".join(said[j : j + 8]).capitalize() + "." for j in range(0, size, 8)]
            said_on = " " * bool(request.begin) + " ".join(sentences)
            answers.append(Completion(said_on, len(prompt.split()), size, 0.0, "stop"))
            progress(i + 1, len(requests), "writing")
        return answers

    def close(self) -> None:
        """Nothing to unload."""


def _may_say(word: str, only: tuple[str, ...] | None) -> bool:
    return only is None or automaton(only).holds(word)


class FakeEmbedder:
    """A hash of each word spread over 64 dimensions: texts that share words are near."""

    name = "fake"
    digest = "fake-1"
    dimensions = 64
    max_tokens = 256

    def embed(self, texts: Sequence[str], *, progress: Progress = silent) -> Vectors:
        import numpy as np

        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for i, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()) or [""]:
                rows[i, hashlib.blake2s(word.encode()).digest()[0] % self.dimensions] += 1
            progress(i + 1, len(texts), "embedding")
        norms: Vectors = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / norms if len(texts) else rows

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in _TOKEN.finditer(text)]
