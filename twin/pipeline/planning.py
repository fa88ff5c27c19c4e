"""What `twin train` would take, foretold by a few real steps, draws and losses, and one fit of the verifier."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.core.brief import said_in
from twin.core.errors import TwinError
from twin.core.records import Document, Example, Prompt, Side
from twin.core.text import word_count
from twin.pipeline.measuring import NEGATIVES, Measuring

if TYPE_CHECKING:
    from twin.models.weights import Base
    from twin.training.ahead import Quick, Stage
    from twin.training.methods import Methods
    from twin.training.recipe import Recipe

LEAST_TO_CHOOSE_BY, MOST_TO_CHOOSE_BY = 5, 24
"""With fewer texts that training stops by, nobody hears a voice: bounds set by hand. 25 texts to learn from have 5."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a training would be made of, and what its steps take: `found` is what `preflight` measured."""

    learned: Sequence[Example]
    pairs: int
    recipe: Recipe
    methods: Methods
    base: Base
    checkpoint: Path
    tokenizer: Any
    found: Mapping[str, Any]

    def said(self, texts: Sequence[str]) -> int:
        """Texts in, the tokens of all of them out."""
        return sum(len(self.tokenizer(text, add_special_tokens=False)["input_ids"]) for text in texts)

    def asked(self, prompts: Sequence[Prompt]) -> int:
        """Prompts in, the tokens of all of them out."""
        from twin.core.prompts import render_chat

        return self.said([render_chat(self.base.chat_template, one) for one in prompts])


class Planning(Measuring):
    """Before a training. Nothing is kept of it but what a training would unpack first."""

    def _plan(self, dataset: dict[str, Any]) -> dict[str, Any]:
        """A dataset version in, what `plan_training` answers out."""
        from twin.features.datasets.build import load_examples
        from twin.models.hf import checkpoint, load_tokenizer
        from twin.models.rows import row
        from twin.models.weights import find_base
        from twin.training.advice import of_amount, of_examples, of_memory
        from twin.training.ahead import Stage
        from twin.training.methods import chosen
        from twin.training.preflight import preflight
        from twin.training.recipe import SAID

        path = Path(dataset["path"])
        base = find_base(self.settings.train.base, cache=self.settings.cache)
        every = list(load_examples(path, "train"))
        recipe, methods, why = chosen(self.settings.train.model_dump(), base=base, examples=len(every))
        learned, tuned = methods.newest(every), [one for one in load_examples(path, "tune") if one.measured]
        rows, held = (
            [row(base.chat_template, one.prompt, one.completion) for one in side] for side in (learned, tuned)
        )
        folder = checkpoint(base, cache=self.settings.cache, progress=self.progress)
        texts, tokenizer = len({one.document for one in learned}), load_tokenizer(folder)
        pairs, said_of_pairs = self._pairs_ahead(learned, methods, recipe, base, tokenizer)
        found = preflight(folder, rows, held, recipe=recipe, progress=self.progress)
        ahead = Ahead(learned, sum(pairs.values()), recipe, methods, base, folder, tokenizer, found)
        more, untold = self._stages(ahead)
        advice = [
            *untold,
            *methods.left_out(len(every)),
            *of_amount(texts, dataset["rejected"]),
            *of_examples(learned, tuned, rows, tokenizer=tokenizer, base=base, max_tokens=recipe.max_tokens),
            *said_of_pairs,
            *of_memory(
                found["memory_bytes"],
                found["memory_free_bytes"],
                recomputed=found["recomputed"],
                four_bits_help=found["fits_parameters_4bit"] > found["fits_parameters"],
            ),
        ]
        used = {name: getattr(recipe, name) for name in SAID}
        about = {"dataset": dataset["version"], "base": base.name, "texts": texts, "recipe": used, "why": why}
        steps = f"{found['steps']} steps, {found['tokens_per_second']:.0f} tokens/s"
        took = reckoned([Stage("steps", found["seconds"], steps), *more], found)
        again = {"refit_seconds": self._refit_seconds(path, ahead)}
        return {**about, **found, **took, **again, "pairs": pairs, "advice": advice}

    def _pairs_ahead(
        self, learned: Sequence[Example], methods: Methods, recipe: Recipe, base: Base, tokenizer: Any
    ) -> tuple[dict[str, int], list[str]]:
        """The pairs of each kind that a training would prefer by, at most, and what to say of them."""
        from twin.training.advice import of_pairs
        from twin.training.pairs import LEARNED, counted_whole

        if not methods.prefers:
            return {}, []
        choices = self._choices(methods, base, held_out=self._unseen(("train",)))
        _, pairs, why = counted_whole(
            choices.pairs, choices.left_out, tokenizer, base.chat_template, max_tokens=recipe.max_tokens
        )
        more = len({one.completion for one in learned if one.measured}) if methods.writes else 0
        return {**pairs, **({LEARNED: more} if more else {})}, of_pairs(pairs, why, more=more)

    def _unseen(self, learned: Sequence[Side]) -> list[Document]:
        """The texts on the sides that an adapter does not learn from."""
        return [doc for doc in self.store.documents() if doc.side and doc.side not in learned]

    # -- what follows the steps --------------------------------------------------------------------------------

    def _stages(self, ahead: Ahead) -> tuple[list[Stage], list[str]]:
        """What a training does besides its steps until there is a verdict; and in words what could not be told."""
        from twin.evaluation.heldout import base_requests
        from twin.training.ahead import Stage, writing

        stages = [self._bare_texts(ahead)] if ahead.methods.pretrain_epochs else []
        learned = self.store.documents("train", side="train")
        bare = base_requests(learned, bench=self._bench(None, short=True), most=NEGATIVES)
        try:
            self.progress(0, 0, "drawing a few texts")
            quick = writing(self.many.model, bare)
            known = self.many.recall(bare) is not None
        except TwinError as bad:
            return stages, [f"How long it takes to hear the passes, and the gate, is not known: {bad.message}"]
        verifier_s = self._verifier_s(learned, len(bare))
        if ahead.methods.prefers:
            stages.append(self._preferences(ahead, quick))
        heard = self._hearing(ahead, quick, learned, verifier_s)
        gated = self._gating(ahead, quick, learned, verifier_s)
        if (heard or gated) and not known:
            read, most = ahead.asked([one.prompt for one in bare]), sum(one.max_tokens for one in bare)
            took = quick.seconds(begins=1, read=read, written=most)
            stages.append(Stage("bare model", took, f"{len(bare)} texts of the bare model, to know it by"))
        return [*stages, *heard, *gated], []

    def _verifier_s(self, learned: Sequence[Document], negatives: int) -> float:
        """Seconds that the verifier of voice takes to be fitted, other texts in the place of the bare model's."""
        texts = [said_in(doc) for doc in learned]
        started = time.perf_counter()
        self.fit_style((texts * negatives)[:negatives], sides=("train", "tune"))
        return time.perf_counter() - started

    def _bare_texts(self, ahead: Ahead) -> Stage:
        from twin.training.ahead import Stage
        from twin.training.stages import LEAST_RAW_WORDS, raw_texts

        texts, passes = raw_texts(ahead.learned), ahead.methods.pretrain_epochs
        enough = sum(map(word_count, texts)) >= LEAST_RAW_WORDS
        seconds = passes * ahead.said(texts) / ahead.found["tokens_per_second"] if enough else 0.0
        return Stage(
            "bare texts", seconds, f"bare texts, {counted(passes, 'pass')}" if enough else "no bare texts: too few"
        )

    def _preferences(self, ahead: Ahead, quick: Quick) -> Stage:
        """A step reads each pair's two texts with a gradient, three times the work of a reference's pass without."""
        from twin.training.ahead import Stage
        from twin.training.pairs import LEAST_PAIRS, SAMPLES

        seconds = 0.0
        once = list({one.completion: one for one in ahead.learned if one.measured}.values())
        if ahead.methods.writes:
            read, written = ahead.asked([one.prompt for one in once]), ahead.said([one.completion for one in once])
            seconds += quick.seconds(begins=1, read=SAMPLES * read, written=SAMPLES * written)
        if ahead.pairs < LEAST_PAIRS:
            return Stage("preferences", seconds, "no steps of preferences: too few pairs")
        steps = ahead.methods.dpo_steps
        tokens = steps * ahead.recipe.batch * 2 * ahead.found["mean_tokens"]
        seconds += tokens * 4 / 3 / ahead.found["tokens_per_second"]
        return Stage("preferences", seconds, f"{counted(steps, 'step')} of preferences, reckoned and not tried")

    def _hearing(self, ahead: Ahead, quick: Quick, learned: Sequence[Document], verifier_s: float) -> list[Stage]:
        """Nothing where the settings or few texts leave the choice of a pass to the loss."""
        from twin.evaluation.heldout import posts_first, requests_of
        from twin.evaluation.protocol import TWIN
        from twin.training.ahead import Stage

        texts = posts_first(self.store.documents("evaluate", side="tune"))[-MOST_TO_CHOOSE_BY:]
        passes = ahead.recipe.epochs
        if ahead.recipe.keep != "voice" or passes < 2 or len(texts) < LEAST_TO_CHOOSE_BY:
            return []
        bench = replace(self._bench(None, short=True), systems=(TWIN,))
        asked = requests_of(texts, learned, bench=bench)[TWIN]
        times = passes * bench.samples
        seconds = verifier_s + quick.seconds(
            begins=passes,
            read=times * ahead.asked([one.prompt for one in asked]),
            written=times * ahead.said([said_in(doc) for doc in texts]),
        )
        return [Stage("voices", seconds, f"{counted(passes, 'pass')} heard, {times * len(texts)} texts")]

    def _gating(self, ahead: Ahead, quick: Quick, learned: Sequence[Document], verifier_s: float) -> list[Stage]:
        """Nothing where no text is held out. A twin writes as long as its author, the bare model as long as it may."""
        from twin.evaluation.heldout import posts_first, requests_of
        from twin.evaluation.protocol import BASE, TWIN
        from twin.models.rows import row
        from twin.training.ahead import Stage, losing

        texts = posts_first(self.store.documents("evaluate", side="test"))[-self.settings.evaluate.gate_briefs :]
        if not texts:
            return []
        bench = self._bench(None, short=True)
        asked = requests_of(texts, learned, bench=bench)
        every = [one for found in asked.values() for one in found]
        read, own = ahead.asked([one.prompt for one in every]), ahead.said([said_in(doc) for doc in texts])
        bare = sum(one.max_tokens for name, found in asked.items() for one in found if name != TWIN)
        seconds = verifier_s + quick.seconds(begins=2, read=bench.samples * read, written=bench.samples * (own + bare))
        template = ahead.base.chat_template
        rows = [row(template, one.prompt, said_in(doc)) for one, doc in zip(asked[BASE], texts, strict=True)]
        self.progress(0, 0, "taking a few losses")
        losses = losing(ahead.checkpoint, rows, quantised=ahead.recipe.quantised)
        seconds += losses.seconds(begins=len(asked), read=read, written=len(asked) * own)
        return [Stage("gate", seconds, f"the gate, {bench.samples * len(every)} texts and {len(every)} losses")]

    def _refit_seconds(self, dataset: Path, ahead: Ahead) -> int:
        """What the steps take again where the gate is passed, on everything and in all passes; 0 where that is off."""
        from twin.features.datasets.build import load_examples
        from twin.models.rows import encode, row

        if not self.settings.train.refit:
            return 0
        every = [one for side in ("train", "tune", "test") for one in load_examples(dataset, side)]
        rows = [row(ahead.base.chat_template, one.prompt, one.completion) for one in ahead.methods.newest(every)]
        most = ahead.recipe.max_tokens
        tokens = sum(len(encode(ahead.tokenizer, one, max_tokens=most)["input_ids"]) for one in rows)
        return int(ahead.recipe.epochs * tokens / ahead.found["tokens_per_second"])


def reckoned(stages: Sequence[Stage], found: Mapping[str, Any]) -> dict[str, Any]:
    """Stages in; each with its seconds, their sum, and how long the bases known by name would take, out."""
    seconds = round(sum(one.seconds for one in stages))
    each = seconds / found["parameters"]
    return {
        "seconds": seconds,
        "stages": [asdict(one) | {"seconds": round(one.seconds)} for one in stages],
        "bases": [one | {"seconds": round(each * one["parameters"])} for one in found["bases"]],
    }


def counted(n: int, what: str) -> str:
    """`1 pass`, `3 passes`"""
    return f"{n} {what}{'' if n == 1 else 'es' if what.endswith('s') else 's'}"
