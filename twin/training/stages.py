"""The stages of one training, each whole before the next: raw texts where asked, the examples, preferences."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from twin.core.errors import BadSettings
from twin.core.protocols import Progress
from twin.core.records import Example
from twin.core.text import word_count
from twin.models.hf import compute, load_tokenizer, release
from twin.models.rows import Row, row
from twin.models.weights import Base
from twin.training.advice import of_examples, of_pairs
from twin.training.choices import NONE, Choices
from twin.training.gguf_lora import ARCHITECTURES, export_gguf
from twin.training.methods import Methods
from twin.training.pairs import LEAST_PAIRS, Generate, Pair, counted_whole, pairs_of
from twin.training.passes import PASSES, Voices, keep_by_voice
from twin.training.recipe import Fitted, Recipe
from twin.training.sft import FITTED, fit
from twin.training.together import Together

LEAST_RAW_WORDS = 20_000
"""With fewer words of bare text the examples, which hold the same words, are left to teach them alone: a bound set by
hand, not measured."""


def learn(
    checkpoint: Path,
    learned: Sequence[Example],
    tuned: Sequence[Example],
    *,
    base: Base,
    recipe: Recipe,
    methods: Methods,
    folder: Path,
    generate: Generate | None,
    choices: Choices = NONE,
    voices: Voices | None = None,
    decide: bool = True,
    progress: Progress,
) -> dict[str, Any]:
    """Examples in; an adapter in `folder` and the figures of the run, with `notes` on what was left out, out.

    `choices` are what the author preferred, for methods that ask for it.

    A stage that is done is not done again: `<folder>.raw` and `<folder>.sft` lie there until the last one is. Without
    `decide` passes to choose among stay in the folder for the run that can tell their voices.
    Raises: what `fit` raises; BadSettings for preferences where nothing can write.
    """
    if methods.prefers and generate is None:
        raise BadSettings(
            "preferences are not learned where the twin cannot write",
            "fit the examples alone: twin config train.method sft",
        )
    rows, held = ([row(base.chat_template, one.prompt, one.completion) for one in side] for side in (learned, tuned))
    raw, sft = (folder.with_name(f"{folder.name}.{stage}") for stage in ("raw", "sft"))
    tokenizer = load_tokenizer(checkpoint)
    notes = of_examples(learned, tuned, rows, tokenizer=tokenizer, base=base, max_tokens=recipe.max_tokens)
    figures: dict[str, Any] = {"notes": notes}
    start = None
    if methods.pretrain_epochs:
        start = _raw(
            checkpoint, learned, recipe=recipe, methods=methods, folder=raw, figures=figures, progress=progress
        )
    first = sft if methods.prefers else folder
    weights = [one.weight for one in learned]
    figures |= once(
        first,
        lambda: fit(
            checkpoint,
            rows,
            held,
            recipe=recipe,
            folder=first,
            progress=progress,
            weights=weights,
            start=start,
        ),
    )
    if not decide and (first / PASSES).is_dir():
        return figures
    if Together(compute()[0]).main:
        figures = keep_by_voice(first, first / FITTED, figures, base=base, voices=voices)
    if generate and methods.prefers:
        made, left_out = list[Pair](), dict[str, int]()
        if methods.writes:
            if base.architecture in ARCHITECTURES:
                export_gguf(sft, base)
            made, left_out = pairs_of(learned, generate=generate, adapter=sft, seed=recipe.seed)
        pairs, counts, why = counted_whole(
            [*made, *choices.pairs],
            Counter(left_out) + Counter(choices.left_out),
            tokenizer,
            base.chat_template,
            max_tokens=recipe.max_tokens,
        )
        figures["notes"] += of_pairs(counts, why)
        figures |= {"pairs": counts, "pairs_left_out": why}
        _prefer(checkpoint, sft, pairs, held, base, recipe, methods, folder, figures, progress)
    for stage in (raw, sft):
        shutil.rmtree(stage, ignore_errors=True)
    return figures


def once(folder: Path, run: Callable[[], Fitted]) -> dict[str, Any]:
    """A stage's figures, from its folder where it was run before."""
    if not (folder / FITTED).is_file():
        shutil.rmtree(folder, ignore_errors=True)
        run()
        release()
    figures: dict[str, Any] = json.loads((folder / FITTED).read_text("utf-8"))
    return figures


def _raw(
    checkpoint: Path,
    learned: Sequence[Example],
    *,
    recipe: Recipe,
    methods: Methods,
    folder: Path,
    figures: dict[str, Any],
    progress: Progress,
) -> Path | None:
    """The adapter that read the bare texts, None where there are too few of them."""
    texts = raw_texts(learned)
    words = sum(map(word_count, texts))
    if words < LEAST_RAW_WORDS:
        figures["notes"].append(
            f"{words:,} words of bare text are too few to learn from before the examples, {LEAST_RAW_WORDS:,} are "
            "needed: train.pretrain_epochs was left out"
        )
        return None
    tokenizer = load_tokenizer(checkpoint)
    rows = [one for text in texts for one in raw_rows(tokenizer, text, max_tokens=recipe.max_tokens)]
    wanted = replace(recipe, epochs=methods.pretrain_epochs, keep="last", stop_after=0)
    figures["raw"] = once(
        folder,
        lambda: fit(checkpoint, rows, (), recipe=wanted, folder=folder, progress=progress),
    )
    return folder


def raw_texts(examples: Sequence[Example]) -> list[str]:
    """Examples in; the texts that they were made from, each once, out: what the author excluded is in none."""
    parts: dict[str, list[str]] = {}
    for one in examples:
        known = parts.setdefault(one.document, [])
        if one.measured and one.completion not in known:
            known.append(one.completion)
    return ["\n\n".join(found) for found in parts.values() if found]


def raw_rows(tokenizer: Any, text: str, *, max_tokens: int) -> list[Row]:
    """A text in, rows without a prompt out: pieces so long that an end of turn fits in after the last one only."""
    offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    size = max_tokens - 1
    cuts = [0, *(offsets[at][0] for at in range(size, len(offsets), size)), len(text)]
    return [("", text[start:end]) for start, end in pairwise(cuts)]


def _prefer(
    checkpoint: Path,
    start: Path,
    pairs: Sequence[Pair],
    held: Sequence[Row],
    base: Base,
    recipe: Recipe,
    methods: Methods,
    folder: Path,
    figures: dict[str, Any],
    progress: Progress,
) -> None:
    compute()  # before anything of a hub is imported
    from twin.training.dpo import prefer

    if len(pairs) < LEAST_PAIRS:
        shutil.rmtree(folder, ignore_errors=True)
        start.rename(folder)
        return
    told = [(*row(base.chat_template, one.prompt, one.chosen), one.rejected) for one in pairs]
    done = once(
        folder,
        lambda: prefer(checkpoint, start, told, held, recipe=recipe, methods=methods, folder=folder, progress=progress),
    )
    figures |= {"preferred": done, "choices_from": sorted({text for one in pairs for text in one.documents})}
    figures["after_sft"], figures["after"] = figures["after"], done["after"]
