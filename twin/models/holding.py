"""Texts of one vocabulary held to the lists of their requests: a token that may not come is drawn again.

As llama.cpp does it: the token that was drawn is looked at alone, and only where it may not come all others are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from twin.core.records import Request
from twin.models.only import DEAD, automaton

if TYPE_CHECKING:
    import torch


class Holding:
    """What each token of a vocabulary writes, and which may follow."""

    def __init__(self, tokenizer: Any, size: int, ends: frozenset[int]) -> None:
        """`size` [v] is that of the network's output, `ends` the tokens at which an answer ends."""
        self.tokenizer = tokenizer
        self.size = size
        self.ends = ends

    @cached_property
    def pieces(self) -> list[str]:
        """What each token writes within a text: some decoders drop the blank of a first one."""
        first = self.tokenizer("a", add_special_tokens=False)["input_ids"][:1]
        alone = len(self._decoded([first])[0])
        return [text[alone:] for text in self._decoded([[*first, token] for token in range(self.size)])]

    def _decoded(self, tokens: Sequence[Sequence[int]]) -> list[str]:
        return list(self.tokenizer.batch_decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def start(self, request: Request) -> int:
        """The state of a request's answer before its first token."""
        return 0 if request.only is None else automaton(request.only).after(request.begin)

    def after(self, only: tuple[str, ...], state: int, token: int) -> int:
        """The state after a token, DEAD where it may not come."""
        rules = automaton(only)
        if token in self.ends:
            return state if rules.may_end(state) else DEAD
        return rules.run(self.pieces[token], state)

    @lru_cache(maxsize=256)  # noqa: B019 -- one vocabulary is loaded at a time
    def barred(self, only: tuple[str, ...], state: int) -> torch.Tensor:
        """[v] true at every token that may not come in this state; where none may, the answer ends."""
        import torch

        barred = torch.tensor([self.after(only, state, token) == DEAD for token in range(self.size)])
        if bool(barred.all()):
            barred[list(self.ends)] = False
        return barred
