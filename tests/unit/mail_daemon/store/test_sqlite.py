"""SQLite is set up to be durable, its tables are as declared, and it can be backed up while it works."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, create_engine

from mail_daemon.store.engine import open_engines
from mail_daemon.store.schema import metadata
from mail_daemon.store.store import Store
from tests.stored import open_ticket, ticket

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}  # 2 is FULL


def test_every_connection_is_durable_and_keeps_references_whole(store: Store) -> None:
    for engine in open_engines(store.url):
        with engine.connect() as connection:
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
        assert found == PRAGMAS


def test_the_tables_are_as_declared(store: Store) -> None:
    declared = create_engine("sqlite://")
    metadata.create_all(declared)
    with declared.connect() as wanted, open_engines(store.url)[1].connect() as found:
        assert schema(found) == {"alembic_version": {}, **schema(wanted)}


def schema(connection: Connection) -> dict[str, object]:
    """Each table and index as SQLite reads its declaration, whose clauses may stand in any order."""
    rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    return {name: index(sql) if kind == "index" else table(connection, name, sql) for kind, name, sql in rows}


def index(sql: str) -> list[str]:
    return sorted(sql.replace(",", " ").replace(")", " ) ").split())


def table(connection: Connection, name: str, sql: str) -> dict[str, object]:
    if name == "alembic_version":
        return {}
    columns = connection.exec_driver_sql(f"PRAGMA table_xinfo({name})").all()
    references = connection.exec_driver_sql(f"PRAGMA foreign_key_list({name})").all()
    return {
        "columns": sorted(tuple(column[1:]) for column in columns),
        "references": sorted(tuple(reference[2:]) for reference in references),
        "kind": [word for word in ("AUTOINCREMENT", "WITHOUT ROWID") if word in sql],
    }


def test_a_backup_can_be_taken_while_the_daemon_writes(store: Store, tmp_path: Path) -> None:
    number = open_ticket(store)
    with store.begin() as work:
        work.tickets.open(ticket(subject="not committed yet"))
        other = sqlite3.connect(store.url.database or "")
        other.execute("VACUUM INTO ?", (f"{tmp_path}/backup.db",))
        other.close()
    restored = Store("sqlite:///backup.db", base=tmp_path)
    with restored.begin() as work:
        assert [row.id for row in work.tickets.list()] == [number]
        assert work.tickets.open(ticket()) == number + 1
    restored.close()
