from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from twin.core.protocols import silent
from twin.core.records import Item
from twin.features.collect import collect
from twin.store import Store

Filled = Callable[..., Store]


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Filled]:
    """Items in, a new store that has collected them out."""
    opened: list[Store] = []

    def fill(*items: Item) -> Store:
        store = Store(f"sqlite:///{tmp_path / f'{len(opened)}.db'}")
        opened.append(store)
        source = store.add_source("linkedin", "export.zip", "mine")
        collect(store, source, items, max_item_bytes=100_000, progress=silent)
        return store

    yield fill
    for store in opened:
        store.close()


@pytest.fixture
def emptied(filled: Filled) -> Callable[[], Store]:
    """One store for all examples of a property, empty again at each call."""
    store = filled()

    def empty() -> Store:
        for source in store.sources():
            store.forget_source(source.id)
        return store

    return empty
