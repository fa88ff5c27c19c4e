"""The system of record: SQLite by default, PostgreSQL by URL; numbered migrations."""

from twin.store.store import Store

__all__ = ["Store"]
