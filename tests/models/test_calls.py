from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.core.prompts import render_chat
from twin.core.records import Message, Request
from twin.models.calls import FEW_K, SHARED_PROMPTS, TOP_K, as_json, batched, one_cache
from twin.models.weights import PLAIN_TEMPLATE


def prompt(text: str) -> tuple[Message, ...]:
    return (Message("user", text),)


requests = st.lists(
    st.builds(
        Request,
        prompt=st.sampled_from([prompt("a"), prompt("b")]),
        max_tokens=st.sampled_from([5, 9]),
        temperature=st.sampled_from([0.0, 0.7]),
        seed=st.integers(0, 6),
    ),
    max_size=24,
)


@given(requests, st.integers(1, 5), st.booleans())
def test_every_request_is_in_one_call_under_its_own_seed_and_prompt(
    asked: list[Request], most: int, alone: bool
) -> None:
    answered: dict[int, Request] = {}
    for body in batched(asked, PLAIN_TEMPLATE, most, alone=alone):
        assert body.n <= most
        assert not alone or len(set(body.prompts)) == 1
        assert len(body.places) == len(body.prompts) * body.n
        for i, place in enumerate(body.places):
            seed = body.first.seed + i % body.n
            assert place not in answered
            assert body.prompts[i // body.n] == render_chat(PLAIN_TEMPLATE, asked[place].prompt)
            answered[place] = replace(body.first, prompt=asked[place].prompt, seed=seed)
    assert answered == dict(enumerate(asked))


def test_candidates_of_one_brief_are_one_call() -> None:
    asked = [Request(prompt("a"), 50, temperature=0.7, seed=7 + i) for i in range(8)]
    assert [body.n for body in batched(asked, PLAIN_TEMPLATE, 8)] == [8]


@pytest.mark.parametrize("keep", [False, True])
def test_what_was_read_before_is_kept_where_that_is_said(keep: bool) -> None:
    [body] = batched([Request(prompt("a"), max_tokens=5)], PLAIN_TEMPLATE, 8)
    assert as_json(body, [], keep=keep)["cache_prompt"] is keep


@pytest.mark.parametrize(("least", "looked_at"), [(0.0, TOP_K), (0.04, TOP_K), (0.05, FEW_K)])
def test_with_a_least_probability_fewer_tokens_are_looked_at(least: float, looked_at: int) -> None:
    [body] = batched([Request(prompt("a"), max_tokens=5, min_p=least)], PLAIN_TEMPLATE, 8)
    assert as_json(body, [], keep=False)["top_k"] == looked_at


@pytest.mark.parametrize(
    ("prompts", "each", "temperature", "shared"),
    [
        (1, 8, 0.5, True),
        (SHARED_PROMPTS, 4, 0.5, True),
        (SHARED_PROMPTS + 1, 4, 0.5, False),
        (1, 1, 0.5, True),
        (1, 1, 0.0, False),
    ],
)
def test_texts_of_few_prompts_share_a_cache(prompts: int, each: int, temperature: float, shared: bool) -> None:
    asked = [
        Request(prompt(str(i)), max_tokens=5, seed=j, temperature=temperature, begin="So" * (j % 2))
        for i in range(prompts)
        for j in range(each)
    ]
    assert one_cache(asked) is shared
