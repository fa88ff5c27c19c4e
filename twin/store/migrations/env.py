"""Alembic's entry: runs the numbered migrations on the connection it is handed."""

from alembic import context

from twin.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
