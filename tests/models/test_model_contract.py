"""What every `Model` does, run over every implementation by name."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from chat_server import seeded, serving

from twin.core.errors import BadRequest, TwinError
from twin.core.protocols import Model
from twin.core.records import Message, Request
from twin.core.settings import ModelSettings
from twin.models import open_model

NAMES = ("fake", "llamacpp", "torch", "openai")
REAL = {"llamacpp", "torch"}


@pytest.fixture(scope="module", params=[pytest.param(n, marks=pytest.mark.model if n in REAL else ()) for n in NAMES])
def model(request: pytest.FixtureRequest) -> Iterator[Model]:
    cache = Path("/nowhere")
    if request.param == "torch":
        cache = request.getfixturevalue("unpacked").parent.parent
    with serving(seeded) as (url, _):
        settings = ModelSettings(kind=request.param, url=url, parallel=4, context_tokens=512)
        opened = open_model(settings, cache=cache)
        yield opened
        opened.close()


def ask(text: str = "Name three colours.", *, tokens: int = 12, temperature: float = 0.0, seed: int = 1) -> Request:
    return Request((Message("user", text),), max_tokens=tokens, temperature=temperature, seed=seed)


def test_the_suite_covers_every_kind_that_settings_allow() -> None:
    assert set(NAMES) == set(get_args(ModelSettings.model_fields["kind"].annotation))


def test_it_says_who_it_is(model: Model) -> None:
    assert model.name
    assert model.digest
    assert isinstance(model.chat_template, str)


def test_no_requests_no_answers(model: Model) -> None:
    assert model.generate([]) == []


def test_answers_come_in_the_order_asked(model: Model) -> None:
    requests = [
        ask(f"Write the word {word}.", tokens=4 + i % 3) for i, word in enumerate("one two three four five six".split())
    ]
    together = model.generate(requests)
    alone = [model.generate([request])[0] for request in requests]
    assert [one.text for one in together] == [one.text for one in alone]


def test_the_same_call_gives_the_same_texts(model: Model) -> None:
    requests = [ask(temperature=0.9, seed=seed) for seed in (3, 4, 5, 6)]
    first, second = ([one.text for one in model.generate(requests)] for _ in range(2))
    assert first == second


def test_another_seed_gives_another_text(model: Model) -> None:
    texts = {one.text for one in model.generate([ask(temperature=1.0, seed=seed) for seed in range(4)])}
    assert len(texts) > 1


def test_greedy_does_not_look_at_the_seed(model: Model) -> None:
    one, other = model.generate([ask(seed=1), ask(seed=99)])
    assert one.text == other.text


def test_max_tokens_counts_the_answer_only(model: Model) -> None:
    for answer in model.generate([ask("Tell a very long story. " * 5, tokens=tokens) for tokens in (1, 5, 9)]):
        assert 0 < answer.tokens <= 9
        assert answer.prompt_tokens > 0
        assert answer.seconds >= 0
        assert answer.finish in ("stop", "length")


def test_any_characters_may_stand_in_a_prompt(model: Model) -> None:
    answers = model.generate([ask("naïve 😀 “quoted” 日本語 \u0000 \u200d ٣", tokens=4)])
    assert len(answers) == 1


def test_progress_never_goes_back(model: Model) -> None:
    seen: list[int] = []
    model.generate(
        [ask(seed=seed, temperature=1.0) for seed in range(4)], progress=lambda done, total, note: seen.append(done)
    )
    assert seen
    assert seen == sorted(seen)


def test_a_missing_adapter_is_a_twin_error(model: Model) -> None:
    if model.name == "fake":
        pytest.skip("the fake takes any adapter")
    with pytest.raises(TwinError) as caught:
        model.generate([ask()], adapter=Path("/nowhere/adapter.gguf"))
    assert caught.value.hint


def test_it_can_be_asked_again_after_close(model: Model) -> None:
    before = model.generate([ask()])[0].text
    model.close()
    assert model.generate([ask()])[0].text == before


def test_an_answer_holds_no_other_numbers_and_links_than_it_may(model: Model) -> None:
    if not model.binds:
        pytest.skip("it says that it cannot be bound")
    asked = ask("List forty numbers, years, prices, https://a.example and www.b.example.", tokens=24, temperature=1.2)
    only = ("24", "£61,200", "41%", "v5.5", "https://a.example/x")
    requests = [replace(asked, seed=seed, only=only if seed % 2 else ()) for seed in range(8)]
    for request, answer in zip(requests, model.generate(requests), strict=True):
        rest = re.sub("|".join(map(re.escape, request.only or ("-",))), "", answer.text, flags=re.I)
        if answer.finish == "length":
            rest = re.sub(r"\S+$", "", rest)
        assert not re.search(r"\d|https?://|www\.\S|\b(forty|hundred|thousand)\b", rest, re.I)


def test_an_answer_may_go_on_from_within_a_number(model: Model) -> None:
    if not (model.binds and model.continues):
        pytest.skip("it says that it cannot")
    begun = replace(ask("What did it cost?", tokens=6), begin="It cost £61", only=("£61,200",))
    assert model.generate([begun])[0].text.startswith(",200") or model.name == "fake"


def test_an_answer_goes_on_from_its_begin_or_the_model_says_that_it_cannot(model: Model) -> None:
    begun = replace(ask("Count from one to ten.", tokens=6), begin="One, two, three,")
    if not model.continues:
        with pytest.raises(BadRequest) as caught:
            model.generate([begun])
        assert caught.value.hint
        return
    (whole,), (rest,) = model.generate([replace(begun, begin="")]), model.generate([begun])
    assert rest.text != whole.text
    assert not rest.text.lstrip().startswith("One, two, three,")
