"""What a token costs and which may be drawn, against plain definitions of both."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.core.records import Message, Request
from twin.models.sampling import DRY_BASE, DRY_MULTIPLIER, NONE, Sampler

WORDS = 6
BREAKER = 5
ASKED = (Message("user", "x"),)
texts = st.lists(st.integers(0, WORDS - 1), min_size=1, max_size=14)


def sampler(said: list[list[int]], *, breakers: tuple[int, ...] = (BREAKER,), **asked: float) -> Sampler:
    n = max(map(len, said))
    rows = torch.tensor([[NONE] * (n - len(one)) + one for one in said])
    ends = torch.zeros(1200, dtype=torch.bool)
    ends[list(breakers)] = True
    requests = [Request(ASKED, 20, seed=i, **asked) for i in range(len(said))]  # type: ignore[arg-type]
    return Sampler(requests, rows, ends)


def run_costs(text: list[int], allowed: int) -> list[float]:
    """For each word: how long a run said before it would carry on, by looking at every place; its cost."""
    since = next((i for i, word in enumerate(reversed(text)) if word == BREAKER), len(text))
    costs = [0.0] * WORDS
    for at in range(len(text) - 1):
        alike = 0
        while alike <= at and text[at - alike] == text[len(text) - 1 - alike]:
            alike += 1
        run, word = min(alike, since), text[at + 1]
        if run >= allowed and word != BREAKER:
            costs[word] = max(costs[word], DRY_MULTIPLIER * DRY_BASE ** (run - allowed))
    return costs


@settings(deadline=None)
@given(st.lists(texts, min_size=1, max_size=3), texts, st.integers(1, 3))
def test_a_run_said_before_costs_by_its_length(prompts: list[list[int]], spoken: list[int], allowed: int) -> None:
    made = sampler(prompts, repeat_run=allowed)
    for word in spoken:
        made.say(torch.full((len(prompts),), word))
    found = -made._penalised(torch.zeros(len(prompts), WORDS))
    expected = torch.tensor([run_costs([*prompt, *spoken], allowed) for prompt in prompts])
    torch.testing.assert_close(found, expected)


@settings(deadline=None)
@given(st.lists(texts, min_size=1, max_size=3), st.data())
def test_words_just_used_cost_whatever_side_of_zero_they_are_on(prompts: list[list[int]], data: st.DataObject) -> None:
    logits = torch.tensor(data.draw(st.lists(st.floats(-5, 5), min_size=WORDS, max_size=WORDS)))
    found = sampler(prompts, repeat_penalty=1.5)._penalised(logits.repeat(len(prompts), 1))
    for row, prompt in zip(found, prompts, strict=True):
        for word in range(WORDS):
            before = float(logits[word])
            expected = before if word not in prompt else before / 1.5 if before > 0 else before * 1.5
            assert float(row[word]) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("words", [10, 1200])
@pytest.mark.parametrize(("top_p", "min_p"), [(1.0, 0.0), (0.6, 0.0), (1.0, 0.3), (0.9, 0.2)])
def test_words_are_drawn_as_often_as_their_chance_says(words: int, top_p: float, min_p: float) -> None:
    """The chances before the temperature say what may be drawn, those after it how often: llama.cpp's order."""
    rows, temperature = 2000, 0.5
    torch.manual_seed(3)
    logits = torch.randn(words) * (1.5 if words == 10 else 0.3)
    made = sampler([[1]] * rows, temperature=temperature, top_p=top_p, min_p=min_p)
    made.dice[:, 0] = torch.linspace(0, 1 - 1e-6, rows)
    drawn = torch.bincount(made.next(logits.repeat(rows, 1)), minlength=words) / rows
    chance, order = logits.softmax(0).sort(descending=True)
    allowed = ((chance.cumsum(0) - chance) < top_p) & (chance >= min_p * chance[0])
    allowed[1000:] = False
    expected = torch.zeros(words)
    expected[order] = (logits[order] / temperature).exp() * allowed
    torch.testing.assert_close(drawn, expected / expected.sum(), atol=2 / rows, rtol=0)


def test_greedy_and_drawn_texts_may_share_a_batch() -> None:
    logits = torch.tensor([[0.0, 2.0, 1.9, 0.0]]).repeat(40, 1)
    requests = [Request(ASKED, 5, temperature=i % 2 * 1.0, seed=i) for i in range(40)]
    chosen = Sampler(requests, torch.ones(40, 1, dtype=torch.long), torch.zeros(4, dtype=torch.bool)).next(logits)
    assert set(chosen[::2].tolist()) == {1}
    assert len(set(chosen[1::2].tolist())) > 1


def test_a_text_draws_the_same_numbers_in_any_place() -> None:
    """Rows are moved while others finish: what is drawn belongs to the text, not to its row."""
    logits = torch.zeros(4, 50)
    alone, moved = sampler([[1]] * 4, temperature=1.0), sampler([[1]] * 4, temperature=1.0)
    for made in (alone, moved):
        made.say(made.next(logits))
    moved.keep([0, 3])
    assert moved.next(logits[:2]).tolist() == alone.next(logits)[[0, 3]].tolist()
    assert any(a != b for a, b in pairwise(alone.dice[:, 0].tolist()))
