"""The database itself: migrated, opened again, free of what was forgotten, written by one process at a time."""

import multiprocessing
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from texts import POST, identity, put

from twin.core.errors import Busy, StorageFailed
from twin.store import Store
from twin.store import schema as t
from twin.store.lock import only_writer


def test_migrations_make_the_schema_that_the_code_uses(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, t.metadata) == []


def test_a_database_of_a_newer_version_is_left_alone(url: str) -> None:
    store = Store(url)
    put(store, POST)
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageFailed, match="another version") as bad:
        Store(url)
    assert "pip install -U" in bad.value.hint
    assert store.count() == 1
    store.close()


def test_a_store_opened_again_has_its_texts(url: str) -> None:
    store = Store(url)
    put(store, POST)
    store.close()
    again = Store(url)
    assert [doc.text for doc in again.documents()] == [POST.text]
    again.close()


def test_what_is_no_database_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "twin.db").write_text("This is a letter, not a database. " * 100)
    for url in (
        f"sqlite:///{tmp_path / 'twin.db'}",
        f"sqlite:///{tmp_path / 'no' / 'folder.db'}",
        "nonsense://x",
        "nonsense",
    ):
        with pytest.raises(StorageFailed):
            Store(url)


def test_after_forgetting_no_byte_of_a_text_is_left_in_the_files(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'twin.db'}")
    canary = "canary-4f1c9"
    kept = replace(POST, key="kept", text="A text that stays.")
    first = replace(
        POST,
        key=f"{canary}-key",
        text=f"{canary} older " * 40,
        title=canary,
        url=canary,
        quoted=canary,
        raw=f"{canary} raw",
    )
    put(store, kept, first, replace(first, text=f"{canary} newer"))
    store.add_draft("d1", canary, canary, {"why": canary}, [identity(first)])
    packed = [zlib.compress(value.encode(), 6) for value in (first.raw, first.text)]
    everything = [canary.encode(), *packed]
    assert any(trace in content(tmp_path) for trace in everything[:1])
    store.forget([identity(first)])
    store.forget_drafts([identity(first)])
    store.compact()
    assert store.count() == 1
    assert not any(trace in content(tmp_path) for trace in everything)
    store.close()
    assert not any(trace in content(tmp_path) for trace in everything)


def content(folder: Path) -> bytes:
    """Every byte of the database, its log included."""
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def test_compacting_works_on_every_engine(store: Store) -> None:
    put(store, POST)
    store.forget([identity(POST)])
    store.compact()
    assert store.count() == 0


def _hold(home: Path, ready: Any, done: Any) -> None:
    with only_writer(home, "training"):
        ready.set()
        done.wait(30)


def test_a_second_writer_hears_who_is_busy(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn")
    ready, done = process.Event(), process.Event()
    other = process.Process(target=_hold, args=(tmp_path, ready, done))
    other.start()
    assert ready.wait(30)
    with pytest.raises(Busy, match=f"training .process {other.pid}"), only_writer(tmp_path, "collecting"):
        pass
    other.kill()
    other.join()
    with only_writer(tmp_path, "collecting"):  # the lock dies with its process
        pass


def test_a_database_that_may_not_be_written_is_not_told_to_free_space(tmp_path: Path) -> None:
    Store(f"sqlite:///{tmp_path}/twin.db").close()
    store = Store(f"sqlite:///file:{tmp_path}/twin.db?mode=ro&uri=true")
    with pytest.raises(StorageFailed, match="readonly") as bad:
        store.identify("Ada Example", [])
    store.close()
    assert "--home" in bad.value.hint
