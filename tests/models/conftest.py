from collections.abc import Iterator
from pathlib import Path

import pytest

from twin.models.hf import checkpoint
from twin.models.llamacpp import LlamaCpp
from twin.models.weights import Base, find_base


@pytest.fixture(scope="session")
def base() -> Base:
    return find_base("smollm2-135m-instruct", cache=Path("/nowhere"))


@pytest.fixture(scope="session")
def unpacked(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint folder; tests/training names the same place, so a session unpacks once."""
    return checkpoint(base, cache=tmp_path_factory.getbasetemp() / "twin-cache")


@pytest.fixture(scope="session")
def llama(base: Base) -> Iterator[LlamaCpp]:
    model = LlamaCpp(base, context_tokens=1024, parallel=4, threads=2)
    yield model
    model.close()
