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
def unpacked(base: Base, cache: Path) -> Path:
    """The checkpoint folder."""
    return checkpoint(base, cache=cache)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the base is unpacked and recoded; tests/training names the same place, so a session does each once."""
    return tmp_path_factory.getbasetemp() / "twin-cache"


@pytest.fixture(scope="session")
def llama(base: Base, cache: Path) -> Iterator[LlamaCpp]:
    model = LlamaCpp(base, context_tokens=1024, parallel=4, threads=2, cache=cache)
    yield model
    model.close()
