"""Around any model: what it answered before to the same request is not asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from twin.core.protocols import Model, Progress, silent
from twin.core.records import Completion, Request, digest
from twin.store import Store


class Remembered:
    """Answers are kept by the digest of model, adapter and request; forgetting a text clears them all."""

    def __init__(self, model: Model, store: Store) -> None:
        self.model = model
        self.store = store
        self.name = model.name
        self.digest = model.digest
        self.chat_template = model.chat_template
        self.continues = model.continues
        self.binds = model.binds
        self.apart = model.apart

    def generate(
        self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
    ) -> list[Completion]:
        """Raises: what the model raises. An adapter goes by the name of its folder, which is its digest."""
        name = adapter.parent.name if adapter else ""
        keys = [self._key(name, request) for request in requests]
        held = self.store.generations(keys)
        missing = [i for i, key in enumerate(keys) if key not in held]
        if missing:
            made = self.model.generate([requests[i] for i in missing], adapter=adapter, progress=progress)
            fresh = {keys[i]: asdict(one) for i, one in zip(missing, made, strict=True)}
            self.store.add_generations(name, fresh)
            held.update(fresh)
        return [Completion(**held[key]) for key in keys]

    def recall(self, requests: Sequence[Request]) -> list[Completion] | None:
        """What the base answered to all of these, None unless it answered each of them before."""
        keys = [self._key("", request) for request in requests]
        held = self.store.generations(keys)
        return [Completion(**held[key]) for key in keys] if len(held) == len(set(keys)) else None

    def _key(self, adapter: str, request: Request) -> str:
        """What a request leaves open is no part of its key: it has that which it had before there was a choice."""
        asked = asdict(request)
        if request.only is None:
            del asked["only"]
        if not request.one_sentence:
            del asked["one_sentence"]
        return digest("generation", self.digest, adapter, asked)

    def close(self) -> None:
        self.model.close()
