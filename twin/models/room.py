"""Keys and values of one layer for a batch of texts, with room made beforehand. Imports torch: load it late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transformers.cache_utils import DynamicLayer


class Room(DynamicLayer):  # type: ignore[misc]
    """[b x heads x n x d] each. Once there is room, new tokens are written into it, and nothing is copied."""

    def __init__(self) -> None:
        super().__init__()
        self.size = 0
        self.all_keys: Any = None
        self.all_values: Any = None

    def update(self, key_states: Any, value_states: Any, *_: Any, **__: Any) -> tuple[Any, Any]:
        """The states of new tokens in, those of all tokens out."""
        start, self.size = self.size, self.size + key_states.shape[-2]
        if start == 0:
            self.all_keys, self.all_values, self.is_initialized = key_states, value_states, True
        else:
            self.all_keys[:, :, start : self.size] = key_states
            self.all_values[:, :, start : self.size] = value_states
        return self.all_keys[:, :, : self.size], self.all_values[:, :, : self.size]

    def get_seq_length(self) -> int:
        return self.size

    def spread(self, rows: Sequence[int], room: int) -> None:
        """These rows in this order, any of them several times, with room for so many tokens more."""
        self.all_keys, self.all_values = (_spread(states, rows, room) for states in (self.all_keys, self.all_values))

    def keep(self, rows: Sequence[int]) -> None:
        """The rows that `remaining` names; only those that change their place are copied."""
        for states in (self.all_keys, self.all_values):
            for new, old in enumerate(rows):
                if new != old:
                    states[new, :, : self.size] = states[old, :, : self.size]
        self.all_keys, self.all_values = self.all_keys[: len(rows)], self.all_values[: len(rows)]


def _spread(states: Any, rows: Sequence[int], room: int) -> Any:
    _, heads, n, d = states.shape
    wide = states.new_empty(len(rows), heads, n + room, d)
    for new, old in enumerate(rows):
        wide[new, :, :n] = states[old]
    return wide
