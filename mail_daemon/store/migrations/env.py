"""How alembic runs the versions: on the connection that `migrate.upgrade` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from mail_daemon.store import schema_agents

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema_agents.confirmations.metadata,  # with the tables of the other schemas
    render_as_batch=True,  # SQLite changes a table by building it anew
    transactional_ddl=True,
)
context.run_migrations()
