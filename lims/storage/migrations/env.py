"""Alembic's way in: it migrates on the connection that it is handed."""

from alembic import context

from lims.records import catalogue

context.configure(connection=context.config.attributes["connection"], target_metadata=catalogue.metadata())
with context.begin_transaction():
    context.run_migrations()
