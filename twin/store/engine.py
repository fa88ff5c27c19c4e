"""A database URL in, an engine at the newest schema out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from twin.core.errors import StorageFailed

HEAD = "0004"
_MIGRATIONS = Path(__file__).with_name("migrations")


def open_engine(url: str) -> Engine:
    """Raises: StorageFailed when the database cannot be opened or was written by a newer version."""
    try:
        engine = create_engine(url)
    except (SQLAlchemyError, ImportError) as bad:
        raise _cannot_open(bad, url) from bad
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
    try:
        with engine.begin() as connection:
            if current_revision(connection) != HEAD:
                migrate(connection)
    except SQLAlchemyError as bad:
        engine.dispose()
        raise _cannot_open(bad, url) from bad
    except StorageFailed:
        engine.dispose()
        raise
    return engine


def _cannot_open(bad: Exception, url: str) -> StorageFailed:
    hint = "see that store.url is a database that this machine reaches, and that its driver is installed"
    if url.startswith("sqlite:"):
        hint = f"see that {url.partition('///')[2] or url} is a database, and that its folder can be written"
    return StorageFailed(f"cannot open the database: {_first_line(bad)}", hint)


def current_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(connection: Connection) -> None:
    """Runs every migration that this database has not seen, in one transaction."""
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as bad:
        raise StorageFailed(
            f"the database was written by another version: {_first_line(bad)}", "update with: pip install -U llm-twin"
        ) from bad


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=5000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
