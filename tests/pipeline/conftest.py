from collections.abc import Iterator
from pathlib import Path

import pytest

from twin.core.layers import load_settings
from twin.pipeline import Twin


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[Twin]:
    """A twin with an author, a fake embedder and a fake model."""
    env = {"TWIN_CACHE": str(tmp_path / "cache"), "TWIN_INDEX__EMBEDDER": "fake", "TWIN_MODEL__KIND": "fake"}
    made = Twin(load_settings(tmp_path / "home", env=env)[0])
    made.init("Ada Example", [])
    yield made
    made.close()
