"""A twin against its author and its baselines: what was generated or scored once is not again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.core.errors import NotEnoughData
from twin.core.records import Adapter, Completion, Document, Prompt, Request, digest
from twin.pipeline.searching import Searching

if TYPE_CHECKING:
    from twin.evaluation.heldout import Systems
    from twin.metrics.style import Style

NEGATIVES = 8
"""Texts of the bare model among what the verifier of voice learns to tell from the author."""


class Measuring(Searching):
    """The instrument that gate, report and choice of drafts share."""

    def measure(self, adapter: Adapter | None, most: int, *, searching: bool = False) -> dict[str, Any]:
        """The comparison on at most `most` held-out posts, newest last, kept by the digest of everything in it.

        `searching` measures too how well the author's texts are found.
        """
        from twin.evaluation.compare import compare
        from twin.evaluation.gate import gate
        from twin.evaluation.heldout import Systems, cases_of, posts_first
        from twin.evaluation.report import write_report
        from twin.metrics.copying import Copying

        held_out = posts_first(self.store.documents("evaluate", side="test"))[-most:]
        learned = self.store.documents("train", side="train")
        if not held_out:
            raise NotEnoughData("no held-out posts to measure on", "collect more of your own posts: twin collect")
        chosen = self.settings.evaluate
        systems = Systems(
            author=self.author.name,
            adapter=adapter.path if adapter else None,
            exemplars=chosen.exemplars,
            temperature=chosen.temperature,
            top_p=self.settings.write.top_p,
            min_p=self.settings.write.min_p,
            repeat_penalty=self.settings.write.repeat_penalty,
            max_chars=self.settings.write.max_chars,
            seed=chosen.seed,
            generate=self._generate,
            loss=self._loss,
        )
        style, scores = self._style_with_base(learned, systems)
        cases = cases_of(held_out, learned, systems=systems, scores=scores)
        copying = Copying({doc.id: doc.text for doc in self.store.documents("retrieve", measuring=True)})
        report = compare(cases, style=style, copying=copying, resamples=chosen.resamples, seed=chosen.seed)
        report["gate"] = gate(report)
        report["author"] = self.author.name
        report["adapter"] = adapter.id if adapter else None
        report["dataset"] = adapter.dataset if adapter else None
        report["model"] = {"name": self.model.name, "digest": self.model.digest}
        if searching:
            report["retrieval"] = self.retrieval()
        folder = self.home / "reports" / digest("report", {**report, "rows": None}, [doc.version for doc in held_out])
        return {
            "report": str(write_report(report, folder)),
            "variants": report["variants"],
            "differences": report["differences"],
            "verdict": f"{report['gate']['verdict']}: {report['gate']['reason']}",
            "gate": report["gate"],
            "notes": [*report["sentences"], *report.get("retrieval", {}).get("sentences", [])],
        }

    def _generate(self, requests: Sequence[Request], adapter: Path | None) -> list[Completion]:
        file = adapter / "adapter.gguf" if adapter else None
        return self.model.generate(requests, adapter=file, progress=self.progress)

    def _style_with_base(self, learned: Sequence[Document], systems: Systems) -> tuple[Style, dict[str, float]]:
        """The verifier of voice with texts of the bare model among its negatives; out-of-fold scores by document."""
        from twin.evaluation.heldout import base_requests

        asked = base_requests(learned, systems=systems, most=NEGATIVES)
        return self.fit_style([one.text for one in self._generate(asked, None)])

    def fit_style(self, negatives: Sequence[str]) -> tuple[Style, dict[str, float]]:
        from twin.evaluation.heldout import posts_first
        from twin.metrics.background import shipped
        from twin.metrics.style import Style

        own = posts_first(self.store.documents("evaluate"))
        style = Style([doc.text for doc in own], shipped(), negatives=negatives, author=self.author.name)
        found = {doc.id: style.out_of_fold(i) for i, doc in enumerate(own)}
        return style, {one: score for one, score in found.items() if score is not None}

    def _loss(self, prompts: Sequence[Prompt], texts: Sequence[str], adapter: Path | None) -> list[float]:
        """Held-out loss of texts given prompts, in nats per token, through torch."""
        from twin.models.hf import checkpoint, completion_loss, load_network, load_tokenizer, release, row
        from twin.models.weights import find_base

        base = find_base(self.settings.train.base, cache=self.settings.cache)
        rows = [row(base.chat_template, prompt, text) for prompt, text in zip(prompts, texts, strict=True)]
        name = adapter.name if adapter else ""
        keys = [digest("loss", base.digest, name, one) for one in rows]
        held = self.store.generations(keys)
        missing = [i for i, key in enumerate(keys) if key not in held]
        if missing:
            folder = checkpoint(base, cache=self.settings.cache, progress=self.progress)
            network, tokenizer = load_network(folder, adapter=adapter), load_tokenizer(folder)
            losses = completion_loss(network, tokenizer, [rows[i] for i in missing], progress=self.progress)
            del network
            release()
            fresh = {keys[i]: loss for i, (loss, _) in zip(missing, losses, strict=True)}
            self.store.add_generations(name, fresh)
            held.update(fresh)
        return [float(held[key]) for key in keys]
