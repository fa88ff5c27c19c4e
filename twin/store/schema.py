"""The tables. A change here comes with a numbered migration in `migrations/versions/`; a test compares the two."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
)

metadata = MetaData()


class Utc(TypeDecorator[datetime]):
    """Aware UTC datetimes on every engine; SQLite has none of its own."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value.replace(tzinfo=UTC) if value else None


class Packed(TypeDecorator[str]):
    """Text kept compressed: raw payloads are many times larger than what they say."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else zlib.compress(value.encode("utf-8", "surrogatepass"), 6)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else zlib.decompress(bytes(value)).decode("utf-8", "surrogatepass")


author = Table("author", metadata, Column("id", Integer, primary_key=True), Column("name", Text, nullable=False))

handles = Table("handles", metadata, Column("value", Text, primary_key=True), Column("added", Utc, nullable=False))

sources = Table(
    "sources",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("location", Text, nullable=False),
    Column("consent", String(32), nullable=False),
    Column("added", Utc, nullable=False),
    Column("options", JSON, nullable=False, server_default="{}"),
    Column("counts", JSON, nullable=False),
    Column("seen", String(32), nullable=False, server_default=""),
    Column("collected", Utc),
)

documents = Table(
    "documents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("version", String(32), nullable=False),
    Column("source", ForeignKey("sources.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("key", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("place", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("fingerprint", String(32), nullable=False, index=True),
    Column("quoted", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("published", Utc),
    Column("language", String(8), nullable=False),
    Column("words", Integer, nullable=False),
    Column("authorship", String(16), nullable=False),
    Column("licence", Text, nullable=False),
    Column("draft", Boolean, nullable=False),
    Column("truncated", Boolean, nullable=False, server_default=false()),
    Column("visibility", String(32), nullable=False, server_default=""),
    Column("private", JSON, nullable=False),
    Column("runs", LargeBinary, nullable=False, server_default=""),
    Column("scans", String(16), nullable=False, server_default=""),
    Column("raw", Packed, nullable=False),
    Column("raw_type", String(64), nullable=False),
    Column("work", String(32), nullable=False, index=True),
    Column("stored", Utc, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("document", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("version", String(32), primary_key=True),
    Column("text", Packed, nullable=False),
    Column("raw", Packed, nullable=False),
    Column("replaced", Utc, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("document", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("field", String(16), primary_key=True),
    Column("value", Text, nullable=False),
    Column("marked", Utc, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("document", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("section", String(32), primary_key=True),
    Column("excluded", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("decided", Utc, nullable=False),
)

helped = Table(
    "helped",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("document", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("value", JSON, nullable=False),
)

sides = Table(
    "sides",
    metadata,
    Column("work", String(32), primary_key=True),
    Column("side", String(8), nullable=False),
    Column("decided", Utc, nullable=False),
)

skips = Table(
    "skips",
    metadata,
    Column("source", ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(512), primary_key=True),
    Column("reason", Text, nullable=False),
)

tombstones = Table(
    "tombstones", metadata, Column("digest", String(32), primary_key=True), Column("forgotten", Utc, nullable=False)
)

state = Table("state", metadata, Column("name", String(64), primary_key=True), Column("value", JSON, nullable=False))

datasets = Table(
    "datasets",
    metadata,
    Column("version", String(32), primary_key=True),
    Column("path", Text, nullable=False),
    Column("manifest", JSON, nullable=False),
    Column("created", Utc, nullable=False),
)

adapters = Table(
    "adapters",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("dataset", String(32), nullable=False),
    Column("base", Text, nullable=False),
    Column("method", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("path", Text, nullable=False),
    Column("losses", JSON, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("gate", JSON, nullable=False),
    Column("documents", JSON, nullable=False),
    Column("refit_of", String(32), nullable=False),
    Column("created", Utc, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("request", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("documents", JSON, nullable=False),
    Column("created", Utc, nullable=False),
)

preferences = Table(
    "preferences",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("draft", String(32), nullable=False),
    Column("prompt", JSON, nullable=False),
    Column("chosen", Text, nullable=False),
    Column("rejected", Text, nullable=False),
    Column("documents", JSON, nullable=False),
    Column("created", Utc, nullable=False),
)

generations = Table(
    "generations",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("adapter", String(32), nullable=False, index=True),
    Column("value", JSON, nullable=False),
)
