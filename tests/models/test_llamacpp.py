import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from twin.core.errors import BadRequest, ModelFailed
from twin.core.prompts import render_chat
from twin.core.records import Message, Request
from twin.core.text import sentences
from twin.models import llamacpp
from twin.models.calls import SHARED_PROMPTS, Body
from twin.models.llamacpp import LlamaCpp
from twin.models.weights import PLAIN_TEMPLATE, Base


def prompt(text: str) -> tuple[Message, ...]:
    return (Message("user", text),)


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


@pytest.mark.model
def test_a_text_of_which_one_sentence_is_read_ends_behind_it(llama: LlamaCpp) -> None:
    """What it would say there is what it says otherwise; what comes after it is as if nothing had been cut."""
    whole = [Request(prompt("Tell of a lift."), 90, temperature=0.7, seed=7 + i) for i in range(3)]
    said = llama.generate(whole)
    cut = llama.generate([replace(one, one_sentence=True) for one in whole])
    assert [sentences(one.text)[0] for one in cut] == [sentences(one.text)[0] for one in said]
    assert all(mine.text == full.text[: len(mine.text)] for mine, full in zip(cut, said, strict=True))
    assert sum(one.tokens for one in cut) < 0.8 * sum(one.tokens for one in said)
    assert {one.prompt_tokens for one in cut} == {one.prompt_tokens for one in said}
    assert {one.finish for one in cut if one.tokens < 90} == {"length"}
    assert [one.text for one in llama.generate(whole)] == [one.text for one in said]


@pytest.mark.model
def test_texts_are_the_same_whatever_lay_in_the_cache_before(llama: LlamaCpp) -> None:
    asked = [Request(prompt("Tell of a lift."), 24, temperature=0.7, seed=7 + i) for i in range(3)]
    first = [one.text for one in llama.generate(asked)]
    llama.generate([Request(prompt("Tell a story of the sea and of those at home."), 40, temperature=0.7, seed=1)])
    llama.generate([Request(prompt("And then?"), 9, begin="She went down to the"), Request(prompt("Who?"), 30)])
    assert [one.text for one in llama.generate(asked)] == first
    llama.generate([Request(prompt("Name three birds."), 5)])
    assert [one.text for one in llama.generate(asked)] == first


@pytest.mark.model
def test_what_may_follow_is_told_where_half_a_character_is_likeliest(llama: LlamaCpp, unpacked: Path) -> None:
    from twin.models.hf import load_tokenizer

    tokenizer = load_tokenizer(unpacked)
    [first, *rest] = tokenizer("🎉", add_special_tokens=False)["input_ids"]
    assert rest  # the sign is more than one token
    likely = llama.next_tokens([first, *rest] * 6, adapter=None, most=50)
    assert max(likely, key=likely.__getitem__) == first
    assert sum(map(math.exp, likely.values())) <= 1.001


@pytest.mark.model
@pytest.mark.parametrize(
    ("begins", "kept"), [(["", ""], [False]), (["We cleaned"], [True]), (["", "We cleaned"], [True, True])]
)
def test_only_beside_a_text_that_is_gone_on_with_is_what_was_read_kept(
    llama: LlamaCpp, monkeypatch: pytest.MonkeyPatch, begins: list[str], kept: list[bool]
) -> None:
    said: list[bool] = []
    real = llamacpp.as_json

    def told(body: Body, lora: list[dict[str, Any]], *, keep: bool, slot: int | None) -> dict[str, Any]:
        said.append(keep)
        return real(body, lora, keep=keep, slot=slot)

    monkeypatch.setattr(llamacpp, "as_json", told)
    llama.generate([Request(prompt("a"), 2, begin=begin, temperature=0.5, seed=i) for i, begin in enumerate(begins)])
    assert said == kept


@pytest.mark.model
@pytest.mark.parametrize(
    ("prompts", "temperature", "calls", "unified"),
    [(2, 0.5, [1, 1], True), (SHARED_PROMPTS + 1, 0.5, [1], False), (1, 0.0, [1], False)],
)
def test_prompts_that_share_a_cache_come_one_after_the_other(
    base: Base,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    prompts: int,
    temperature: float,
    calls: list[int],
    unified: bool,
) -> None:
    model = LlamaCpp(base, context_tokens=256, parallel=2, threads=2, cache=cache)
    said: list[int] = []
    told: list[tuple[bool, bool]] = []
    together, params = model._together, model._params

    def counted(some: Any, watch: Any, tell: Any) -> None:
        said.append(len(some))
        together(some, watch, tell)

    def looked_at(xllamacpp: Any, folder: Path) -> Any:
        found = params(xllamacpp, folder)
        told.append((found.kv_unified, found.cache_type_k == xllamacpp.ggml_type.GGML_TYPE_Q8_0))
        return found

    monkeypatch.setattr(model, "_together", counted)
    monkeypatch.setattr(model, "_params", looked_at)
    model.generate([Request(prompt(f"Name {i} birds."), 2, temperature=temperature) for i in range(prompts)])
    model.close()
    assert (said, told) == (calls, [(unified, True)])


@pytest.mark.model
def test_what_lies_in_the_cache_is_one_prompt_in_its_place(llama: LlamaCpp, monkeypatch: pytest.MonkeyPatch) -> None:
    places: list[int | None] = []
    real = llamacpp.as_json

    def told(body: Body, lora: list[dict[str, Any]], *, keep: bool, slot: int | None) -> dict[str, Any]:
        places.append(real(body, lora, keep=keep, slot=slot).get("id_slot"))
        return real(body, lora, keep=keep, slot=slot)

    monkeypatch.setattr(llamacpp, "as_json", told)
    llama.generate([Request(prompt(f"Name {i} birds."), 2, temperature=0.5) for i in range(2)])
    llama.generate([Request(prompt("Name birds."), 2)])
    assert places == [llama.parallel - 1, llama.parallel - 1, None]
