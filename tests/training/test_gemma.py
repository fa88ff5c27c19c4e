"""Gemma 3 270M, a base of another family that never chatted: torch and llama.cpp read and say the same.

Its licence is the user's to accept, so it is never a dependency: without the package these are skipped.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from twin.core.errors import MissingPart
from twin.core.prompts import render_chat, writing_prompt
from twin.core.records import Brief, Message, Request
from twin.models.hf import among_themselves, checkpoint, load_network, load_tokenizer
from twin.models.llamacpp import LlamaCpp
from twin.models.weights import PACKAGED, PLAIN_TEMPLATE, Base, find_base
from twin.training.gguf_lora import export_gguf
from twin.training.merged import write_f16
from twin.training.parity import greedy_ids, next_token_parity

pytestmark = [pytest.mark.model, pytest.mark.slow]
PROMPT = (Message("user", "Name the three primary colours."),)
TEXT = "Red, yellow and blue.\n\n1. Red is warm.\n2. Blue is cold, in 2024 as ever."


@pytest.fixture(scope="module")
def gemma(tmp_path_factory: pytest.TempPathFactory) -> Base:
    try:
        return find_base("gemma3-270m", cache=tmp_path_factory.getbasetemp() / "twin-cache")
    except MissingPart as absent:
        pytest.skip(f"{absent.message}; {absent.hint}")


@pytest.fixture(scope="module")
def opened(gemma: Base, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoint(gemma, cache=tmp_path_factory.getbasetemp() / "twin-cache")


@pytest.fixture(scope="module")
def tuned(gemma: Base, opened: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """The base with a random adapter strong enough to change what it says, and the adapter's GGUF file."""
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(1)
    lora = LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM")
    with among_themselves():
        network = get_peft_model(load_network(opened), lora).eval()
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, 0.02)
    folder = tmp_path_factory.mktemp("gemma-adapter")
    network.save_pretrained(folder)
    return network, export_gguf(folder, gemma)


@pytest.fixture(scope="module")
def served(gemma: Base) -> Iterator[LlamaCpp]:
    model = LlamaCpp(gemma, context_tokens=512, parallel=1, threads=2)
    yield model
    model.close()


def test_it_says_what_it_is(gemma: Base) -> None:
    assert (gemma.architecture, gemma.layers, gemma.heads, gemma.kv_heads) == ("gemma3", 18, 4, 1)
    assert gemma.chat_template == PLAIN_TEMPLATE
    assert "Gemma" in PACKAGED["gemma3-270m"].licence


@pytest.mark.parametrize(
    "said", ["Hello  world", "\n\n1. go\n\n\n2024, 10,000 😀\tx", " lead", "日本語 naïve", "brief"]
)
def test_llama_cpp_reads_the_tokens_that_transformers_makes(opened: Path, served: LlamaCpp, said: str) -> None:
    """A text and its token ids, beginning-of-text mark included, must leave llama.cpp in the very same state."""
    asked = render_chat(PLAIN_TEMPLATE, writing_prompt("Ada", Brief("lifts", ("12 weeks",))))
    text = asked if said == "brief" else said
    ids = load_tokenizer(opened)(text)["input_ids"]
    assert ids[0] == load_tokenizer(opened).bos_token_id
    served.next_tokens(ids, most=1)
    bounds = {"max_tokens": 1, "temperature": 0, "n_probs": 20, "cache_prompt": False}
    answers = [served._server.handle_completions({**bounds, "prompt": prompt}) for prompt in (text, ids)]
    assert [answer["usage"]["prompt_tokens"] for answer in answers] == [len(ids)] * 2
    first, second = (answer["choices"][0]["logprobs"]["content"][0]["top_logprobs"] for answer in answers)
    assert first == second


def test_greedy_text_is_the_same_on_a_float16_base(
    gemma: Base, opened: Path, tuned: tuple[Any, Path], tmp_path: Path
) -> None:
    network, file = tuned
    tokenizer = load_tokenizer(opened)
    half = LlamaCpp(
        replace(gemma, gguf=write_f16(gemma, tmp_path / "f16.gguf")), context_tokens=512, parallel=1, threads=2
    )
    written, bare = (half.generate([Request(PROMPT, 16)], adapter=one)[0].text for one in (file, None))
    half.close()
    ids = tokenizer(render_chat(gemma.chat_template, PROMPT))["input_ids"]
    assert written == tokenizer.decode(greedy_ids(network, ids, max_tokens=16), skip_special_tokens=True)
    assert written != bare


def test_the_quantised_base_stays_near(gemma: Base, opened: Path, tuned: tuple[Any, Path], served: LlamaCpp) -> None:
    network, file = tuned
    rows = [(render_chat(gemma.chat_template, PROMPT), TEXT)]
    found = next_token_parity(network, load_tokenizer(opened), served, rows, adapter=file, most_positions=12)
    assert found.positions == 12
    assert found.top1 >= 0.75
    assert found.kl < 0.05
