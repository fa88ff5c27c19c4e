"""Token ids in, token ids out: many texts gone on with side by side over one transformers network.

transformers' own `generate` copies the whole cache at every step and computes every row to the end of the longest.
Here a prompt that several texts share is read once, keys and values are written into room made beforehand, and the
places of finished texts are taken by others. Notation: b texts, n tokens of each so far, padded at the left.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache as once
from typing import TYPE_CHECKING, Any

from twin.core.errors import BadRequest
from twin.core.records import Request
from twin.models.holding import Holding
from twin.models.only import DEAD
from twin.models.sampling import NONE, Sampler

if TYPE_CHECKING:
    import torch

ATTENTIONS = {"full_attention", "sliding_attention"}


@dataclass(slots=True)
class Text:
    """One text on its way: the tokens of its prompt, what was asked, and what has been said so far."""

    ids: tuple[int, ...]
    request: Request
    most: int
    said: list[int] = field(default_factory=list)
    ended: bool = False
    state: int = 0
    """Where its answer stands to what its request may hold."""

    @property
    def open(self) -> bool:
        return not self.ended and len(self.said) < self.most


def go_on(
    network: Any,
    texts: Sequence[Text],
    *,
    holding: Holding,
    breakers: torch.Tensor,
    said: Callable[[int], None],
) -> None:
    """Goes on with each text until its end or its bound, all in one batch; `said` gets the tokens of each step.

    `breakers` is as for `Sampler`. Raises: BadRequest for a network with another memory than attention's.
    """
    import torch

    live = [text for text in texts if text.open]
    if not live:
        return
    with torch.inference_mode():
        unique = {ids: i for i, ids in enumerate(dict.fromkeys(text.ids for text in live))}
        ids = padded(list(unique), network.device)
        cache = room_for(network)
        logits = _step(network, ids.clamp(min=0), ids != NONE, cache)
        rows = [unique[text.ids] for text in live]
        ids, logits = ids[rows], logits[rows]
        for layer in cache.layers:
            layer.spread(rows, max(text.most for text in live))
        sampler, seen = Sampler([text.request for text in live], ids, breakers), ids != NONE
        for text in live:
            text.state = holding.start(text.request)
        while True:
            tokens = _held(live, sampler, logits, holding)
            said(_take(live, tokens.tolist(), holding.ends))
            rows = remaining(live)
            if not rows:
                return
            sampler.say(tokens)
            seen = torch.cat([seen, seen.new_ones(len(live), 1)], 1)
            if len(rows) < len(live):
                live, tokens, seen = [live[row] for row in rows], tokens[rows], seen[rows]
                sampler.keep(rows)
                for layer in cache.layers:
                    layer.keep(rows)
            logits = _step(network, tokens.unsqueeze(1), seen, cache)


def _held(live: Sequence[Text], sampler: Sampler, logits: torch.Tensor, holding: Holding) -> torch.Tensor:
    """The next token of each text, drawn again among those that may come where it may not; moves their states on."""
    tokens = sampler.next(logits)
    bound = [
        (row, text, text.request.only) for row, text in enumerate(live) if text.open and text.request.only is not None
    ]
    missed = [one for one in bound if holding.after(one[2], one[1].state, int(tokens[one[0]])) == DEAD]
    for row, text, only in missed:
        logits[row, holding.barred(only, text.state).to(logits.device)] = float("-inf")
    if missed:
        sampler.throw_again([row for row, _, _ in missed])
        tokens = sampler.next(logits)
    for row, text, only in bound:
        text.state = holding.after(only, text.state, int(tokens[row]))
    return tokens


def _take(live: Sequence[Text], tokens: Sequence[int], ends: frozenset[int]) -> int:
    """Adds a token to each text that is open; the number of these out."""
    count = 0
    for text, token in zip(live, tokens, strict=True):
        if text.open:
            count += 1
            if token in ends:
                text.ended = True
            else:
                text.said.append(token)
    return count


def remaining(texts: Sequence[Text]) -> list[int]:
    """The rows that go on, in their new order: the last of them take the places of those that have finished."""
    going = [row for row, text in enumerate(texts) if text.open]
    late = [row for row in going if row >= len(going)]
    return [row if texts[row].open else late.pop() for row in range(len(going))]


def padded(prompts: Sequence[Sequence[int]], device: Any) -> torch.Tensor:
    """Prompts of any lengths in, [b x n] with NONE at the left of the shorter ones out."""
    import torch

    n = max(map(len, prompts))
    return torch.tensor([[NONE] * (n - len(ids)) + list(ids) for ids in prompts], device=device)


def _step(network: Any, ids: torch.Tensor, seen: torch.Tensor, cache: Any) -> torch.Tensor:
    """New tokens [b x s] and where there are tokens [b x n] in, the logits after the last [b x v] out."""
    positions = (seen.long().cumsum(1) - 1).clamp(min=0)[:, -ids.shape[1] :]
    answer = network(
        input_ids=ids,
        attention_mask=seen.long(),
        position_ids=positions,
        use_cache=True,
        logits_to_keep=1,
        **{_cache_argument(network.__class__): cache},
    )
    logits: torch.Tensor = answer.logits[:, -1]
    return logits


@once
def _cache_argument(kind: Any) -> str:
    """transformers renamed it within version 5."""
    return "cache" if "cache" in inspect.signature(kind.forward).parameters else "past_key_values"


# -- keys and values -----------------------------------------------------------------------------------------------


def room_for(network: Any) -> Any:
    """An empty cache for this network. Sliding windows keep everything too: the network's masks hide what is far."""
    from transformers import Cache

    from twin.models.room import Room

    config = network.config.get_text_config()
    others = set(getattr(config, "layer_types", None) or ()) - ATTENTIONS
    if others:
        raise BadRequest(
            f"{config.model_type!r} models remember by {sorted(others)[0]}, which is not supported here",
            "run it with llama.cpp or a server: twin config model.kind",
        )
    return Cache(layers=[Room() for _ in range(config.num_hidden_layers)])
