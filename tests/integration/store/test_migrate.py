"""The tables are made by migrations, in one transaction, and never by a program older than the database."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Text, inspect, text

from mail_daemon.store import migrate
from mail_daemon.store.engine import open_for_migration
from mail_daemon.store.errors import DatabaseNewer, DatabaseUnfit
from mail_daemon.store.schema import REVISION
from mail_daemon.store.schema_agents import metadata  # with the tables of schema.py and schema_duties.py
from mail_daemon.store.store import Store
from tests.servers.postgres import Postgres
from tests.stored import open_ticket

MIGRATIONS = Path(migrate.__file__).with_name("migrations")


def test_a_new_database_gets_every_table(blank: Store) -> None:
    migrate.upgrade(blank)
    assert open_ticket(blank) == 1001
    with blank.read() as work:
        assert work.revision() == REVISION


def test_the_migrations_build_what_the_program_uses(blank: Store) -> None:
    migrate.upgrade(blank)
    with open_for_migration(blank.url).begin() as connection:
        context = MigrationContext.configure(connection, opts={"render_as_batch": True})
        assert compare_metadata(context, metadata) == []
        indexes = {
            index["name"]: (
                index["column_names"],
                any(option.endswith("_where") for option in index["dialect_options"]),
            )
            for name in metadata.tables
            for index in inspect(connection).get_indexes(name)
            if "duplicates_constraint" not in index
        }
    for table in metadata.tables.values():
        for index in table.indexes:
            partial = index.dialect_options["sqlite"]["where"] is not None
            assert indexes[f"{index.name}"] == ([column.name for column in index.columns], partial)


def test_upgrading_again_changes_nothing(blank: Store) -> None:
    migrate.upgrade(blank)
    open_ticket(blank)
    migrate.upgrade(blank)
    assert open_ticket(blank) == 1002


def test_two_daemons_that_start_at_once_upgrade_once(blank: Store) -> None:
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(migrate.upgrade, [blank, blank]))
    open_ticket(blank)


def test_a_newer_database_is_refused_and_left_as_it_is(blank: Store) -> None:
    migrate.upgrade(blank)
    with open_for_migration(blank.url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseNewer, match=r"newer mail-daemon \(revision 9999\); upgrade the program or restore"):
        migrate.upgrade(blank)
    with blank.read() as work:
        assert work.revision() == "9999"


def test_an_upgrade_that_fails_leaves_nothing_behind(blank: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken migration")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(migrate, "_check_foreign_keys", fail)
        migrate.upgrade(blank)
    with blank.read() as work:
        assert work.revision() is None
    migrate.upgrade(blank)


def test_a_table_can_be_rebuilt_without_losing_what_refers_to_it(blank: Store) -> None:
    migrate.upgrade(blank)
    number = open_ticket(blank)
    with blank.begin() as work:
        work.tickets.remember_ids(number, ["<a@x>"], "sent")
    with open_for_migration(blank.url).begin() as connection:
        operations = Operations(MigrationContext.configure(connection, opts={"transactional_ddl": True}))
        with operations.batch_alter_table("tickets") as table:
            table.alter_column("zone", existing_type=Text(), nullable=True)
    with blank.begin() as work:
        assert work.tickets.by_message_ids(["<a@x>"]) == {"<a@x>": number}
    assert open_ticket(blank) == 1002


def test_the_program_needs_the_newest_migration() -> None:
    assert ScriptDirectory(f"{MIGRATIONS}").get_current_head() == REVISION


def test_a_database_that_is_up_to_date_costs_no_alembic(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path;"
        "from mail_daemon.store.store import Store; from mail_daemon.store.migrate import upgrade;"
        "upgrade(Store('sqlite:///x.db', base=Path(sys.argv[1]))); print('alembic' in sys.modules)"
    )
    for expected in ("True", "False"):
        ran = subprocess.run([sys.executable, "-c", program, f"{tmp_path}"], capture_output=True, text=True, check=True)
        assert (ran.stdout.strip(), ran.stderr) == (expected, "")
    assert (tmp_path / "x.db").stat().st_mode & 0o077 == 0


@pytest.mark.integration
@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_postgresql_that_can_not_hold_every_mail_is_refused(postgres_server: Postgres, encoding: str) -> None:
    name = postgres_server.database("template0", encoding=encoding)
    store = Store(postgres_server.url(name))
    told = (
        rf"{name} is encoded in {encoding}, .*; make it anew by `createdb --encoding=UTF8 --template=template0 {name}`"
    )
    for use in (store.exists, lambda: migrate.upgrade(store)):
        with pytest.raises(DatabaseUnfit, match=told):
            use()
    store.close()
