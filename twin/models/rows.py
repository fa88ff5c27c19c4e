"""A prompt and its answer as the tokens that a model is trained and measured on."""

from __future__ import annotations

from typing import Any

from twin.core.prompts import render_chat
from twin.core.records import Prompt

IGNORED = -100
"""The label of a token that no loss looks at, as in torch."""

Row = tuple[str, str]
"""A rendered prompt and the completion that follows it, both as text."""

Encoded = dict[str, list[int]]
"""`input_ids` and `labels` of one row, equally long; labels are IGNORED up to the end of the prompt."""


def row(template: str, prompt: Prompt, completion: str) -> Row:
    """A prompt of messages and its answer in, the text that the model reads and the text that it learns out."""
    return render_chat(template, prompt), completion


def encode(tokenizer: Any, pair: Row, *, max_tokens: int) -> Encoded:
    """A row in, its tokens out, the end of turn included; a row beyond `max_tokens` loses its end.

    Prompt and completion are cut apart before they are tokenised: the prompt's tokens are those that llama.cpp makes
    of it. Marks of the template inside the author's text stay plain text there. A row without a prompt begins where
    the text before it ended, with the tokenizer's own first token or the end of turn, so that all its words count.
    """
    prompt, completion = pair
    head = tokenizer(prompt, add_special_tokens=True)["input_ids"] or [tokenizer.eos_token_id]
    tail = tokenizer(completion, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    ids = [*head, *tail, tokenizer.eos_token_id][:max_tokens]
    return {"input_ids": ids, "labels": [IGNORED] * min(len(head), len(ids)) + ids[len(head) :]}


def counted(encoded: Encoded) -> int:
    """How many tokens of a row its loss covers; the first one is expected from nothing."""
    return sum(label != IGNORED for label in encoded["labels"][1:])
