"""Fitting, hearing, gating and fitting again: what `Twin.train` is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from twin.core.errors import NotEnoughData
from twin.core.records import Adapter, Document, Prompt, Side
from twin.pipeline.planning import LEAST_TO_CHOOSE_BY, MOST_TO_CHOOSE_BY, Planning


class Training(Planning):
    """From a dataset version to an adapter with a verdict."""

    def _gate(self, adapter: Adapter) -> dict[str, Any]:
        """The verdict on an adapter by the short report; without held-out texts it says that there are none."""
        from twin.evaluation.gate import RULE

        try:
            short = self.measure(adapter, self.settings.evaluate.gate_briefs, short=True)
            verdict: dict[str, Any] = {**short["gate"], "report": short["report"]}
        except NotEnoughData as bad:
            verdict = {"verdict": "not-enough-data", "reason": bad.message, "rule": RULE}
        return verdict

    def _fit(
        self,
        dataset: dict[str, Any],
        learned: Sequence[Side],
        tuned: Sequence[Side],
        *,
        refit_of: Adapter | None = None,
    ) -> tuple[Adapter, dict[str, Any]]:
        from twin.features.datasets.build import load_examples
        from twin.models.weights import find_base
        from twin.training.methods import chosen
        from twin.training.train import best_pass, preferred, train_adapter

        path = Path(dataset["path"])
        base = find_base(self.settings.train.base, cache=self.settings.cache)
        recipe, methods, why = chosen(self.settings.train.model_dump(), base=base, examples=dataset["train"])
        if refit_of:
            recipe = recipe.again(best_pass(refit_of.path))
            methods = methods.again(preferred=preferred(refit_of.path))
        return train_adapter(
            [one for side in learned for one in load_examples(path, side)],
            [one for side in tuned for one in load_examples(path, side) if one.measured],
            dataset=dataset["version"],
            base=base,
            recipe=recipe,
            folder=self.home / "adapters",
            cache=self.settings.cache,
            refit_of=refit_of.id if refit_of else "",
            methods=methods,
            why=why,
            generate=self._generate,
            choices=self._choices(methods, base, held_out=self._unseen(learned)),
            voices=self._voices if tuned else None,
            progress=self.progress,
        )

    def _voices(self, passes: Sequence[Path]) -> list[float | None]:
        """How much of the gap to the author each pass of a training closes, on the newest texts that it stops by.

        By a verifier that knows no held-out text. None for one whose texts the gate would refuse, and for all of them
        where there are too few texts to tell, or the verifier refuses.
        """
        from twin.evaluation.compare import compare
        from twin.evaluation.gate import faulty
        from twin.evaluation.heldout import cases_of, posts_first
        from twin.evaluation.protocol import FULL, TWIN

        learned = self.store.documents("train", side="train")
        texts = posts_first(self.store.documents("evaluate", side="tune"))[-MOST_TO_CHOOSE_BY:]
        found: list[float | None] = [None] * len(passes)
        if len(texts) < LEAST_TO_CHOOSE_BY:
            return found
        bench = replace(self._bench(None, short=True), systems=(TWIN,), loss=no_loss)
        style, scores = self.fit_style(self._base_texts(learned, bench), sides=("train", "tune"))
        if style.refusal:
            return found
        instruments = self._instruments(style, learned, bench, short=True)
        for i, one in enumerate(passes):
            written = cases_of(
                [(doc, FULL) for doc in texts], learned, bench=replace(bench, adapter=one), scores=scores
            )
            report = compare(written, instruments, resamples=1, seed=bench.seed)
            if not faulty(report):
                found[i] = report["variants"][TWIN]["gap_closed"]["value"]
        return found

    def _refit(self, dataset: dict[str, Any], gated: Adapter) -> None:
        """The gated recipe on everything that may be used; this one writes, the gated one stays to be measured.

        It ends after as many passes as the gated one kept: nothing is left to see by whether one more is too many.
        """
        refit, card = self._fit(dataset, ("train", "tune", "test"), (), refit_of=gated)
        if refit.id not in {one.id for one in self.store.adapters()}:
            self._register(refit, card, self.store.documents("train"))
        self._activate_once(refit.id)

    def _register(self, adapter: Adapter, card: Mapping[str, Any], learned: Sequence[Document]) -> None:
        """With all that it learned from: the texts, and those that the drafts which it prefers by stand on."""
        documents = [*(doc.id for doc in learned), *card.get("choices_from", ())]
        self.store.add_adapter(adapter, list(dict.fromkeys(documents)))

    def _activate_once(self, identity: str) -> None:
        """A candidate that passed becomes active, also where a killed run left it; one that was retired stays so."""
        if self.store.adapter(identity).state == "candidate":
            self.store.set_adapter_state(identity, "active")


def no_loss(prompts: Sequence[Prompt], *_: object) -> list[float]:
    """For a comparison that asks for none: a loss for each prompt that nobody reads."""
    return [0.0] * len(prompts)
