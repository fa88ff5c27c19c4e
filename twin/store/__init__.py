"""The system of record: SQLite by default, PostgreSQL by URL; numbered migrations."""

from twin.store.intake import Intake, Scanned
from twin.store.store import Store

__all__ = ["Intake", "Scanned", "Store"]
