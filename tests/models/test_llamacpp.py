from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.core.errors import BadRequest, ModelFailed
from twin.core.prompts import render_chat
from twin.core.records import Message, Request
from twin.models import llamacpp
from twin.models.llamacpp import LlamaCpp, batched
from twin.models.weights import PLAIN_TEMPLATE, Base


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


@given(requests, st.integers(1, 5))
def test_every_request_is_in_one_call_under_its_own_seed_and_prompt(asked: list[Request], most: int) -> None:
    answered: dict[int, Request] = {}
    for body in batched(asked, PLAIN_TEMPLATE, most):
        assert body.n <= most
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


@pytest.mark.model
def test_the_prompt_is_the_rendered_template_and_nothing_else(llama: LlamaCpp, unpacked: Path) -> None:
    from twin.models.hf import load_tokenizer

    asked = prompt("Lists:\n\n1. one\n\n2. two\n\nIn 2024, 10,000 😀")
    rendered = render_chat(llama.chat_template, asked)
    expected = load_tokenizer(unpacked)(rendered)["input_ids"]
    assert llama.generate([Request(asked, 1)])[0].prompt_tokens == len(expected)


@pytest.mark.model
def test_a_prompt_beyond_the_context_is_a_bad_request(llama: LlamaCpp) -> None:
    with pytest.raises(BadRequest, match="the context holds 1024") as caught:
        llama.generate([Request(prompt("word " * 2000), 5)])
    assert "model.context_tokens" in caught.value.hint


@pytest.mark.model
def test_a_loaded_model_listens_nowhere(llama: LlamaCpp) -> None:
    """xllamacpp opens a listener with every model: it must be out of reach."""
    llama.generate([Request(prompt("hi"), 1)])
    sockets = psutil.Process().net_connections("all")
    assert [one for one in sockets if one.status == psutil.CONN_LISTEN] == []
    reachable = [one.laddr for one in sockets if isinstance(one.laddr, str) and "twin-" in one.laddr]
    assert [path for path in reachable if Path(path).exists()] == []


@pytest.mark.model
def test_an_interrupt_stops_the_texts_and_leaves_the_model_usable(llama: LlamaCpp) -> None:
    before = llama.generate([Request(prompt("Count."), 5)])

    def interrupt(done: int, total: int, note: str) -> None:
        raise KeyboardInterrupt

    written: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        llama.generate([Request(prompt("Tell a long story."), 900, seed=i) for i in range(4)], progress=interrupt)
    again = llama.generate([Request(prompt("Count."), 5)], progress=lambda done, total, note: written.append(done))
    assert again[0].text == before[0].text
    assert max(written) <= 5


@pytest.mark.model
def test_prompts_with_half_a_character_are_refused(llama: LlamaCpp) -> None:
    with pytest.raises(ModelFailed):
        llama.generate([Request(prompt("\ud83d"), 3)])


@pytest.mark.model
def test_what_is_no_adapter_is_refused(llama: LlamaCpp, base: Base, tmp_path: Path) -> None:
    text = tmp_path / "adapter.gguf"
    text.write_text("not a model")
    for file in (text, base.gguf):
        with pytest.raises(ModelFailed):
            llama.generate([Request(prompt("hi"), 1)], adapter=file)


@pytest.mark.model
def test_a_cut_off_model_file_says_so(base: Base, tmp_path: Path) -> None:
    assert base.gguf
    half = tmp_path / "half.gguf"
    half.write_bytes(base.gguf.read_bytes()[:20_000_000])
    broken = LlamaCpp(replace(base, gguf=half), context_tokens=256, parallel=1, threads=2)
    with pytest.raises(ModelFailed, match="cannot load"):
        broken.generate([Request(prompt("hi"), 1)])


def test_a_checkpoint_folder_cannot_be_run(base: Base, tmp_path: Path) -> None:
    with pytest.raises(BadRequest):
        LlamaCpp(replace(base, gguf=None, folder=tmp_path), context_tokens=256, parallel=1, threads=1)


@pytest.mark.parametrize("begin", ["", "We cleaned"])
def test_only_a_text_that_is_gone_on_with_keeps_what_was_read(begin: str) -> None:
    [body] = batched([Request(prompt("a"), begin=begin, max_tokens=5)], PLAIN_TEMPLATE, 8)
    assert llamacpp._json(body, [])["cache_prompt"] is bool(begin)


def test_its_threads_are_told_how_to_wait_before_it_is_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Told(Exception):
        """Raised in place of waiting."""

    def tell() -> None:
        raise Told

    monkeypatch.setattr(llamacpp, "spin_shortly", tell)
    (tmp_path / "m.gguf").write_bytes(b"")
    base = Base("m", tmp_path / "m.gguf", None, "d", "llama", 1, 1, 1, PLAIN_TEMPLATE)
    model = LlamaCpp(base, context_tokens=256, parallel=1, threads=1)
    with pytest.raises(Told):
        model.generate([Request(prompt("a"), max_tokens=1)])


@pytest.mark.model
def test_texts_of_several_temperatures_are_as_those_of_each_alone(llama: LlamaCpp) -> None:
    asked = [
        Request(prompt("Tell of a lift."), 16, temperature=heat, top_p=0.95, seed=7 + i)
        for i, heat in enumerate([0.5, 0.5, 0.4, 0.4, 0.6, 0.6])
    ]
    alone = [one.text for i in range(0, 6, 2) for one in llama.generate(asked[i : i + 2])]
    for _ in range(2):
        assert [one.text for one in llama.generate(asked)] == alone
