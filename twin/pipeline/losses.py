"""How well texts are expected, with an adapter and without: what the gate and the report compare first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from twin.core.records import Adapter, Prompt, digest
from twin.pipeline.parts import Parts


class Losses(Parts):
    """Each loss is taken once and then remembered."""

    def _held(self, adapter: Adapter | None) -> str:
        """How the base is held while losses are taken: as the adapter was trained, for it may not fit otherwise."""
        chosen = self.settings.train.quantised
        return str(adapter.settings.get("quantised", chosen)) if adapter else chosen

    def _loss(
        self, prompts: Sequence[Prompt], texts: Sequence[str], adapter: Path | None, *, quantised: str
    ) -> list[float]:
        """Held-out loss of texts given prompts, in nats per token, through torch.

        The base is held in float32, or in four bits where it is there, as training holds it.
        """
        from twin.models.four_bit import to_measure
        from twin.models.hf import checkpoint, completion_loss, load_network, load_tokenizer, release
        from twin.models.rows import row
        from twin.models.weights import find_base

        base = find_base(self.settings.train.base, cache=self.settings.cache)
        rows = [row(base.chat_template, prompt, text) for prompt, text in zip(prompts, texts, strict=True)]
        name = adapter.name if adapter else ""
        held_in = [] if quantised == "none" else [quantised]
        keys = [digest("loss-2", base.digest, name, one, *held_in) for one in rows]
        held = self.store.generations(keys)
        missing = [i for i, key in enumerate(keys) if key not in held]
        if missing:
            folder = checkpoint(base, cache=self.settings.cache, progress=self.progress)
            network = load_network(folder, adapter=adapter, **to_measure(quantised))
            tokenizer = load_tokenizer(folder)
            losses = completion_loss(network, tokenizer, [rows[i] for i in missing], progress=self.progress)
            del network
            release()
            fresh = {keys[i]: loss for i, (loss, _) in zip(missing, losses, strict=True)}
            self.store.add_generations(name, fresh)
            held.update(fresh)
        return [float(held[key]) for key in keys]
