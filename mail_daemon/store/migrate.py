"""Brings a database to the tables that this program needs, in one transaction, or says why not."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from mail_daemon.store.engine import open_for_migration
from mail_daemon.store.errors import DatabaseNewer
from mail_daemon.store.schema import REVISION
from mail_daemon.store.store import Store, Work

_LOCK = 7_281_960  # any number: of several daemons that start at once, one upgrades and the others wait


def upgrade(store: Store) -> None:
    """Makes the database if there is none, and whatever tables and columns it lacks.

    Raises DatabaseNewer and DatabaseUnfit, before anything is changed, and StoreDown.
    """
    engine = open_for_migration(store.url)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            found = Work(connection).revision()
            if found != REVISION:
                _run(connection, found)
                _check_foreign_keys(connection)
    finally:
        engine.dispose()


def _run(connection: Connection, found: str | None) -> None:
    # Imported here since a daemon whose database is up to date, as most are, has no use for it.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    folder = f"{Path(__file__).with_name('migrations')}"
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise DatabaseNewer(
            f"the database was written by a newer mail-daemon (revision {found}); "
            "upgrade the program or restore a backup"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        orphans = connection.execute(text("PRAGMA foreign_key_check")).fetchmany(5)
        assert not orphans, f"the upgrade would leave rows that refer to nothing: {orphans}"
