"""What texts, a base and a machine allow, in words for the author: before a training and with its result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from twin.core.language import UNKNOWN, languages
from twin.core.records import Example
from twin.core.text import counted
from twin.models.rows import Row, encode
from twin.models.weights import PACKAGED, Base
from twin.training.choices import CHOSEN, EDITED
from twin.training.memory import SPARE
from twin.training.pairs import LEARNED, LEAST_PAIRS

FEW_TEXTS, MANY_TEXTS = 24, 100
"""Below the first there is no verdict on a twin; from the second on more texts changed little (EVALUATION.md §8)."""
LEAST_BYTES_A_TOKEN = 3.0
"""SmolLM2 cuts English into tokens of 4.7 bytes, and German, French or Russian, which it hardly knows, of 2 to 2.8."""
MOST_OF_ONE_TEXT = 0.5
MOST_STRANGE = 0.2
PUT_RIGHT = (
    ("private things", "{n} texts hold private things and are not learned: see them with twin privacy"),
    ("its licence says", "{n} texts forbid learning by their licence: where you may, twin mark ID --licence mine"),
    ("AI-assisted", "{n} texts are taken for AI-assisted: if they are your own words, twin mark ID --authorship own"),
    ("co-authored", "{n} texts are co-authored: those that you wrote alone, twin mark ID --authorship own"),
    ("cut off", "{n} texts were cut off where they were found: add the place that has them whole, twin add …"),
    (
        "used for facts, not for the voice",
        "{n} texts are of a kind that no voice is learned from: twin mark ID --kind post",
    ),
    ("excluded by you", "{n} sections are excluded by you: twin dataset list --decision excluded"),
)
"""What a reason for leaving texts out begins with or holds, and what can be done about it."""
KINDS = {LEARNED: "your text over the twin's", EDITED: "your edit over the draft", CHOSEN: "your choice over another"}
"""The kinds of pairs as they are told."""


def of_examples(
    learned: Sequence[Example],
    tuned: Sequence[Example],
    rows: Sequence[Row],
    *,
    tokenizer: Any,
    base: Base,
    max_tokens: int,
) -> list[str]:
    """What is odd about the examples of a training; nothing where all is well."""
    if not learned:
        return []
    sizes = [len(encode(tokenizer, one, max_tokens=1 << 30)["input_ids"]) for one in rows]
    return [
        *_language(
            [one.completion for one in learned if one.measured] or [one.completion for one in learned], tokenizer, base
        ),
        *_one_text(Counter(one.document for one in learned)),
        *_cut(sum(size > max_tokens for size in sizes), max_tokens),
        *(
            []
            if tuned
            else ["There are no texts to stop by: the last pass is kept, and no loss on unseen words is known."]
        ),
    ]


def _language(texts: Sequence[str], tokenizer: Any, base: Base) -> list[str]:
    spoken = Counter(code for code in languages(texts) if code != UNKNOWN)
    known = PACKAGED[base.name].languages if base.name in PACKAGED else ()
    strange = {code: n for code, n in spoken.most_common() if code not in known}
    most = ", ".join(strange)
    if known and sum(strange.values()) > MOST_STRANGE * len(texts):
        return [
            f"{sum(strange.values())} of {len(texts)} texts are in {most}, and {base.name} knows {', '.join(known)}: "
            "it will imitate the look of your sentences and not their sense. Choose a base that knows your language: "
            "twin config train.base"
        ]
    joined = "\n".join(texts)[:20_000]
    size = len(joined.encode()) / max(1, len(tokenizer(joined, add_special_tokens=False)["input_ids"]))
    if not known and size < LEAST_BYTES_A_TOKEN:
        return [
            f"{base.name} cuts your texts ({', '.join(spoken) or 'no language told'}) into tokens of "
            f"{size:.1f} bytes: it has met little of that language. Choose a base that knows it: twin config train.base"
        ]
    return []


def _one_text(of_texts: Counter[str]) -> list[str]:
    document, n = of_texts.most_common(1)[0]
    if len(of_texts) < 2 or n <= MOST_OF_ONE_TEXT * of_texts.total():
        return []
    share = n / of_texts.total()
    return [
        f"One text makes {share:.0%} of the examples, and the twin will sound like it: "
        f"see twin dataset list --document {document}"
    ]


def _cut(n: int, max_tokens: int) -> list[str]:
    if not n:
        return []
    which = "1 example is" if n == 1 else f"{n} examples are"
    return [
        f"{which} longer than train.max_tokens = {max_tokens}, and the rest is not learned: long texts are cut at "
        "blank lines, so give a text without any its paragraphs (twin dataset edit), or raise train.max_tokens."
    ]


def of_amount(texts: int, rejected: Mapping[str, int]) -> list[str]:
    """How far so many texts reach, and where they are few, what could be added to them."""
    if texts >= MANY_TEXTS:
        return []
    if texts >= FEW_TEXTS:
        return [f"{texts} texts give a voice; {MANY_TEXTS} give most of what more would.", *_more(rejected)]
    return [
        f"{texts} texts are few: under {FEW_TEXTS} no verdict is given and no adapter becomes active by itself. "
        "Until then drafts are written from your passages and exemplars: twin write",
        *_more(rejected),
    ]


def _more(rejected: Mapping[str, int]) -> list[str]:
    """What is there already and left out for a reason that can be put right; then what else people have."""
    found: Counter[str] = Counter()
    for reason, n in rejected.items():
        found.update({said: n for sign, said in PUT_RIGHT if sign in reason})
    said = [words.format(n=n).replace("1 texts hold", "1 text holds") for words, n in found.most_common()]
    return [*said, "More of your own words help most: posts elsewhere, articles, a blog, README files: twin add …"]


def of_too_little(rejected: Mapping[str, int]) -> list[str]:
    """What helps where there are too few texts to train at all, and what there is without a training."""
    return [*_more(rejected), "Without a training drafts are written from your passages and exemplars: twin write"]


def of_memory(needed: int, free: int, *, recomputed: bool = False, four_bits_help: bool = False) -> list[str]:
    less = "a smaller train.max_tokens, or a smaller base: twin config train.base"
    less = f"four bits (twin config train.quantised 4bit), {less}" if four_bits_help else less
    if needed > (1 - SPARE) * free:
        return [f"This may not fit into the memory that is free: try {less}"]
    if recomputed:
        return [f"Memory is short: layers are computed twice, which takes a third longer. Less is needed with {less}"]
    return []


def of_pairs(pairs: Mapping[str, int], left_out: Mapping[str, int], *, more: int = 0) -> list[str]:
    """How many pairs of each kind there are to prefer by, whether that is enough, and why others are left out.

    `more` texts of the author's may make a pair each, once the twin has written to their briefs.
    """
    most = sum(pairs.values()) + more
    kinds = [f"{pairs[kind]} with {said}" for kind, said in KINDS.items() if pairs.get(kind)]
    kinds += [f"at most {more} with {KINDS[LEARNED]}"] if more else []
    pairs_said = f"{'Up to ' * bool(more)}{counted(most, 'pair')}"
    said = f"{pairs_said} to prefer by{': ' * bool(kinds)}{', '.join(kinds)}."
    if most < LEAST_PAIRS:
        said += f" That is too few, {LEAST_PAIRS} are needed: the fitted adapter stays as it is."
    why = ", ".join(f"{count} {reason}" for reason, count in left_out.items())
    return [said, *([f"Left out of the pairs: {why}."] if why else [])]
