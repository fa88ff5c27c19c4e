"""Logits in, the next token of each text out: the samplers of llama.cpp, in its order and for a whole batch at once.

Penalty on words just used, penalty on repeated runs (DRY), nucleus, least probability, temperature; as in
https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md, where `dry_` and `repeat_` are described.
Notation: b texts, n tokens of each so far, prompt included and padded at the left, v words in the vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from twin.core.records import Request

if TYPE_CHECKING:
    import torch

DRY_MULTIPLIER, DRY_BASE = 0.8, 1.75
"""What the next token of a run just beyond the allowed length costs in nats, and how much more each further one."""
BREAKERS = '\n:"*'
"""A run that is said again does not reach back beyond a token with one of these: llama.cpp's default."""
JUST_USED = 64
"""Tokens that the penalty on words looks back at: llama.cpp's default."""
FEW, MANY = 64, 1000
"""Tokens that are sorted: mostly the few likeliest hold all that may be chosen, else llama.cpp's own bound does."""
MOST_EXPONENT = 150
NONE = -1
"""Stands where a text has no token: padding."""


def breakers_of(tokenizer: Any) -> list[int]:
    """The tokens whose text holds a breaker. Byte-level vocabularies spell a line break Ċ, others <0x0A>."""
    signs = set(BREAKERS) | {"Ċ"}
    near = [token for word, token in tokenizer.get_vocab().items() if signs & set(word) or word == "<0x0A>"]
    texts = tokenizer.batch_decode([[token] for token in near])
    return sorted(token for token, text in zip(near, texts, strict=True) if set(BREAKERS) & set(text))


class Sampler:
    """What has been said in each text of a batch, and how each is gone on with."""

    def __init__(self, requests: Sequence[Request], said: torch.Tensor, breakers: torch.Tensor) -> None:
        """`said` [b x n] holds the prompts, NONE where there is padding; `breakers` [v] is true at the tokens that
        end a run. Random numbers are drawn per text, so that a text does not depend on the company it is in."""
        import torch

        device = said.device

        def column(values: list[float]) -> torch.Tensor:
            return torch.tensor(values, device=device).unsqueeze(1)

        most = max(request.max_tokens for request in requests)
        self.dice = torch.stack([_uniform(request.seed, most) for request in requests]).to(device)
        self.temperature = column([request.temperature for request in requests])
        self.top_p = column([request.top_p for request in requests])
        self.min_p = column([request.min_p for request in requests])
        self.penalty = column([request.repeat_penalty for request in requests])
        self.run = torch.tensor([request.repeat_run for request in requests], device=device).unsqueeze(1)
        self.breakers = breakers
        self.step = 0
        self.said = torch.nn.functional.pad(said, (0, most), value=NONE)
        self.n = said.shape[1]
        self.alike = torch.zeros_like(self.said, dtype=torch.int32)
        """[b x n]: how many tokens up to this one are those that the text ends with."""
        self.unbroken = torch.zeros(len(requests), dtype=torch.int32, device=device)
        """[b]: tokens since the last breaker."""
        if bool((self.run > 0).any()):
            for i in range(self.n):
                self._compare(i)

    def next(self, logits: torch.Tensor) -> torch.Tensor:
        """[b x v] in, one token of each text out; they are not yet said."""
        logits = self._penalised(logits.float())
        drawn = self.temperature.squeeze(1) > 0
        best = logits.argmax(1)
        if not bool(drawn.any()):
            return best
        return self._drawn(logits).where(drawn, best)

    def say(self, tokens: torch.Tensor) -> None:
        """One token of each text in: it is part of what has been said from now on."""
        self.said[:, self.n] = tokens
        if bool((self.run > 0).any()):
            self._compare(self.n)
        self.n += 1
        self.step += 1

    def throw_again(self, rows: Sequence[int]) -> None:
        """Other random numbers for the next token of these texts, made from those that there were."""
        self.dice[rows, self.step] = (self.dice[rows, self.step] * 4099) % 1.0

    def keep(self, rows: Sequence[int]) -> None:
        """Only these texts go on, in this order."""
        for name in ("dice", "temperature", "top_p", "min_p", "penalty", "run", "said", "alike", "unbroken"):
            setattr(self, name, getattr(self, name)[rows])

    # -- penalties -------------------------------------------------------------------------------------------

    def _compare(self, at: int) -> None:
        """Brings `alike` and `unbroken` up to the token at place `at`: a run that matched goes on or ends."""
        token = self.said[:, at : at + 1]
        if at:
            longer = self.alike[:, : at - 1] + 1
            same = (self.said[:, :at] == token) & (token != NONE)
            self.alike[:, 1:at] = longer * same[:, 1:]
            self.alike[:, 0] = same[:, 0]
        ends = self.breakers[token.squeeze(1).clamp(min=0)] & (token.squeeze(1) != NONE)
        self.unbroken = (self.unbroken + (token.squeeze(1) != NONE)).masked_fill(ends, 0)

    def _penalised(self, logits: torch.Tensor) -> torch.Tensor:
        if bool((self.penalty != 1).any()):
            recent = self.said[:, max(0, self.n - JUST_USED) : self.n]
            recent = recent.where(recent != NONE, recent[:, -1:])  # the last place is never padding
            now = logits.gather(1, recent)
            logits = logits.scatter(1, recent, (now / self.penalty).where(now > 0, now * self.penalty))
        if self.n > 1 and bool((self.run > 0).any()):
            logits = self._runs_penalised(logits)
        return logits

    def _runs_penalised(self, logits: torch.Tensor) -> torch.Tensor:
        """Each token that would carry on a run said before costs more the longer the run; breakers cost nothing."""
        length = self.alike[:, : self.n - 1].minimum(self.unbroken.unsqueeze(1))
        row, at = ((length >= self.run) & (self.run > 0)).nonzero(as_tuple=True)
        if not len(row):
            return logits
        token = self.said[row, at + 1]
        beyond = (length[row, at] - self.run[row, 0]).clamp(max=MOST_EXPONENT)
        cost = (DRY_MULTIPLIER * DRY_BASE ** beyond.float()).masked_fill(self.breakers[token], 0.0)
        flat, place = logits.flatten(), row * logits.shape[1] + token
        return flat.scatter_reduce(0, place, flat[place] - cost, "amin").view_as(logits)

    # -- choice ----------------------------------------------------------------------------------------------

    def _drawn(self, logits: torch.Tensor) -> torch.Tensor:
        total = logits.logsumexp(1, keepdim=True)
        for most in (FEW, MANY):
            best, tokens = logits.topk(min(most, logits.shape[1]))
            chance = (best - total).exp()
            before = chance.cumsum(1) - chance
            allowed = (before < self.top_p) & (chance >= self.min_p * chance[:, :1])
            if not bool((allowed[:, -1:] & (self.temperature > 0)).any()):
                break
        allowed[:, 0] = True
        scaled = best / self.temperature.clamp(min=1e-6)
        mass = (scaled - scaled[:, :1]).exp() * allowed
        reached = mass.cumsum(1)
        dice = self.dice[:, self.step : self.step + 1] * reached[:, -1:]
        return tokens.gather(1, (reached <= dice).sum(1, keepdim=True).clamp(max=best.shape[1] - 1)).squeeze(1)


def _uniform(seed: int, count: int) -> torch.Tensor:
    import torch

    return torch.rand(count, generator=torch.Generator().manual_seed(seed))
