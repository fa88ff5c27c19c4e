"""Every prompt of the product, rendered here and nowhere else: training and writing see the same bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from twin.core.records import Brief, Message, Prompt

if TYPE_CHECKING:
    from jinja2 import Template

VERSION = "1"

PLACES = {
    ("post", "linkedin"): "LinkedIn post",
    ("article", "medium"): "Medium article section",
    ("article", "substack"): "newsletter section",
}


def writing_prompt(author: str, brief: Brief, notes: Sequence[str] = ()) -> Prompt:
    """A brief and notes from other texts in, the prompt that asks for the text out."""
    return (
        Message("system", f"You are {author}. You write in your own voice and use only the facts you are given."),
        Message("user", render_brief(brief, notes)),
    )


def exemplar_prompt(author: str, brief: Brief, exemplars: Sequence[tuple[Brief, str]]) -> Prompt:
    """A brief and the author's own (brief, text) pairs in, a prompt that shows them as earlier turns out."""
    first, last = writing_prompt(author, brief)
    shown = [
        message
        for example, text in exemplars
        for message in (Message("user", render_brief(example)), Message("assistant", text))
    ]
    return (first, *shown, last)


def render_brief(brief: Brief, notes: Sequence[str] = ()) -> str:
    """A brief in, the words that ask for it out. Text from outside stands in it as data, one line a fact."""
    what = PLACES.get((brief.kind, brief.place), "text")
    lines = [
        f"Write a {what} of about {brief.words} words, as a {brief.form}.",
        f"Topic: {one_line(brief.topic)}",
    ]
    if brief.facts:
        lines.append("Facts:")
        lines += [f"- {one_line(fact)}" for fact in brief.facts]
    if notes:
        lines.append("Notes that may help:")
        lines += [f"* {one_line(note)}" for note in notes]
    return "\n".join(lines)


def one_line(text: str) -> str:
    return " ".join(text.split())


def render_chat(template: str, prompt: Prompt) -> str:
    """A base model's own chat template and a prompt in, the exact string up to where the answer starts out.

    A mark such as `<|im_end|>` inside a text from outside would end a turn: it is parted.
    """
    messages = [{"role": message.role, "content": without_marks(message.content)} for message in prompt]
    return _compiled(template).render(messages=messages, add_generation_prompt=True, bos_token="", eos_token="")


_MARK = re.compile(r"<(?=\||/?s>|(?:bos|eos|pad|unk|start_of_turn|end_of_turn)>)")
"""How the marks of the usual families begin: ChatML's and Llama's `<|`, Gemma's and SentencePiece's names."""


def without_marks(text: str) -> str:
    """A text in, the same with the first two signs of each mark, as in `<|mark|>` or `<end_of_turn>`, parted out."""
    return _MARK.sub("< ", text)


@lru_cache(maxsize=8)
def _compiled(template: str) -> Template:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).from_string(template)
