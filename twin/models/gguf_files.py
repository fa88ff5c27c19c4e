"""GGUF files as they are written here: the metadata of another one, an adapter's own, and a file as a whole or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from twin.core.errors import MissingPart, StorageFailed

if TYPE_CHECKING:
    from gguf import GGUFReader, GGUFWriter


@contextmanager
def gguf_file(file: Path, architecture: str) -> Iterator[GGUFWriter]:
    """A writer for what the block adds; the file appears whole at its end, or not at all.

    Raises: MissingPart, StorageFailed.
    """
    try:
        from gguf import GGUFWriter
    except ImportError as bad:
        raise MissingPart("the gguf package is not installed", "install it with: pip install gguf") from bad
    scratch = file.with_name(f"{file.name}.new")
    try:
        writer = GGUFWriter(scratch, arch=architecture)
        yield writer
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        scratch.replace(file)
    except OSError as bad:
        raise StorageFailed(f"cannot write {str(file)!r}: {bad.strerror}", "make room there") from bad
    finally:
        scratch.unlink(missing_ok=True)


def same_metadata(reader: GGUFReader, writer: GGUFWriter) -> None:
    """What one file says of itself, said in another: all but its architecture and code, which the writer says."""
    from gguf import GGUFValueType

    for name, field in reader.fields.items():
        if not name.startswith("GGUF.") and name not in ("general.architecture", "general.file_type"):
            listed = field.types[0] == GGUFValueType.ARRAY
            writer.add_key_value(name, field.contents(), field.types[0], sub_type=field.types[-1] if listed else None)


def say_lora(writer: GGUFWriter, alpha: float) -> None:
    """What a LoRA adapter must say of itself. An `alpha` of 0 leaves its product as it is, for any rank."""
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
