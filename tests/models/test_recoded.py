"""Recoding rounds nothing: what leaves the Q4_1 weights stands in the offsets, and the model expects the same words."""

from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest
from gguf import GGMLQuantizationType as Code
from gguf import GGUFReader

from twin.core.errors import ModelFailed
from twin.core.records import Message, Prompt, Request
from twin.models.gguf_files import gguf_file, say_lora
from twin.models.llamacpp import LlamaCpp
from twin.models.recoded import BLOCK, apart, recoded, sums, with_offsets
from twin.models.weights import Base
from twin.training.merged import deltas, write_f16

PROMPT: Prompt = (Message("user", "Write one sentence about a harbour."),)


def lora(file: Path, tensors: dict[str, tuple[int, int]], *, rank: int, alpha: float, seed: int = 0) -> Path:
    """A LoRA with random halves for weights of these shapes."""
    rng = np.random.default_rng(seed)
    with gguf_file(file, "llama") as writer:
        say_lora(writer, alpha)
        for name, (rows, columns) in tensors.items():
            for half, shape in (("a", (rank, columns)), ("b", (rows, rank))):
                writer.add_tensor(f"{name}.lora_{half}", rng.normal(0, 0.1, shape).astype(np.float32))
    return file


def test_weights_taken_apart_come_together_again() -> None:
    values = np.random.default_rng(1).normal(0, 0.05, (24, 5 * BLOCK)).astype(np.float32)
    rows = gguf.quantize(values, Code.Q4_1)
    without_m, offsets = apart(rows)
    together = gguf.dequantize(without_m, Code.Q4_0) + offsets @ sums(5)
    assert np.abs(together - gguf.dequantize(rows, Code.Q4_1)).max() < 1e-6
    assert np.abs(gguf.dequantize(without_m, Code.Q4_0) - together).max() > 1e-3


def test_an_adapter_with_offsets_adds_both(tmp_path: Path) -> None:
    shapes = {"blk.0.attn_q.weight": (16, 64), "blk.0.ffn_down.weight": (8, 96)}
    own = lora(tmp_path / "own.gguf", shapes, rank=4, alpha=8.0)
    offsets = lora(tmp_path / "offsets.gguf", {**shapes, "blk.1.attn_q.weight": (16, 64)}, rank=2, alpha=2.0, seed=1)
    both = with_offsets(own, offsets, tmp_path / "both.gguf")
    tensors = {one.name: np.asarray(one.data) for one in GGUFReader(both).tensors}
    for name in (*shapes, "blk.1.attn_q.weight"):
        expected = deltas(offsets)[name] + (deltas(own)[name] if name in shapes else 0)
        assert np.allclose(tensors[f"{name}.lora_b"] @ tensors[f"{name}.lora_a"], expected, atol=5e-3)


def test_an_adapter_of_another_shape_is_none_of_this_base(tmp_path: Path) -> None:
    own = lora(tmp_path / "own.gguf", {"blk.0.attn_q.weight": (16, 32)}, rank=4, alpha=8.0)
    offsets = lora(tmp_path / "offsets.gguf", {"blk.0.attn_q.weight": (16, 64)}, rank=2, alpha=2.0)
    with pytest.raises(ModelFailed, match="no adapter of this base"):
        with_offsets(own, offsets, tmp_path / "both.gguf")
    assert not list(tmp_path.glob("both*"))


@pytest.mark.model
def test_a_base_is_recoded_once_and_only_from_its_own_code(base: Base, cache: Path, tmp_path: Path) -> None:
    made = recoded(base, cache)
    assert made
    written = made.weights.stat().st_mtime_ns
    assert recoded(base, cache) == made
    assert made.weights.stat().st_mtime_ns == written
    half = write_f16(base, tmp_path / "half.gguf")
    assert recoded(replace(base, gguf=half), cache) is None
    half.unlink()


@pytest.mark.model
def test_a_cut_off_base_is_named_by_who_opens_it(base: Base, tmp_path: Path) -> None:
    assert base.gguf
    half = tmp_path / "half.gguf"
    half.write_bytes(base.gguf.read_bytes()[:20_000_000])
    model = LlamaCpp(replace(base, gguf=half), context_tokens=256, parallel=1, threads=2, cache=tmp_path)
    with pytest.raises(ModelFailed, match=r"cannot load .*half\.gguf"):
        model.generate([Request(PROMPT, 1)])
    assert not list((tmp_path / "recoded").iterdir())


@pytest.mark.model
def test_where_nothing_can_be_kept_the_base_serves_as_it_is(base: Base, tmp_path: Path) -> None:
    (tmp_path / "recoded").write_text("in the way")
    assert recoded(base, tmp_path) is None
    model = LlamaCpp(base, context_tokens=256, parallel=1, threads=2, cache=tmp_path)
    assert model.generate([Request(PROMPT, 4)])[0].tokens
    model.close()


@pytest.mark.model
@pytest.mark.parametrize("tuned", [False, True])
def test_a_recoded_base_expects_the_same_words(base: Base, llama: LlamaCpp, tmp_path: Path, tuned: bool) -> None:
    shapes = {f"blk.{layer}.attn_output.weight": (576, 576) for layer in range(base.layers)}
    adapter = lora(tmp_path / "adapter.gguf", shapes, rank=8, alpha=16.0) if tuned else None
    plain = LlamaCpp(base, context_tokens=256, parallel=1, threads=2)
    ids = [1, *range(300, 340)]  # words at random
    theirs, ours = (model.next_tokens(ids, adapter=adapter, most=20) for model in (plain, llama))
    if tuned:
        assert plain.next_tokens(ids, most=20) != theirs
    plain.close()
    both = theirs.keys() & ours.keys()
    assert len(both) >= 15
    assert max(abs(theirs[token] - ours[token]) for token in both) < 0.5


@pytest.mark.model
def test_nothing_of_an_adapter_is_left_in_the_cache(llama: LlamaCpp, cache: Path, tmp_path: Path) -> None:
    adapter = lora(tmp_path / "adapter.gguf", {"blk.0.attn_output.weight": (576, 576)}, rank=8, alpha=16.0)
    llama.generate([Request(PROMPT, 1)])
    before = sorted(cache.rglob("*"))
    llama.generate([Request(PROMPT, 2)], adapter=adapter)
    assert sorted(cache.rglob("*")) == before
