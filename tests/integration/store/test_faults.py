"""What goes wrong outside is StoreDown, in one line; once it is mended, everything goes on."""

from __future__ import annotations

import resource
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mail_daemon.store import engine
from mail_daemon.store.errors import StoreDown
from mail_daemon.store.migrate import upgrade
from mail_daemon.store.store import Store
from tests.servers.postgres import Postgres
from tests.stored import NOW, claim, letter, mail, open_ticket, ticket


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A SQLite store that waits only a second for other processes."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 1)
    store = Store("sqlite:///mail-daemon.db", base=tmp_path)
    upgrade(store)
    yield store
    store.close()


@contextmanager
def locked(store: Store) -> Iterator[sqlite3.Connection]:
    """Another program writes meanwhile."""
    other = sqlite3.connect(store.url.database or "", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


@contextmanager
def no_file_grows_beyond(size: int) -> Iterator[None]:
    """As on a full disk: a write beyond `size` bytes fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_locked_database_is_waited_for(local: Store) -> None:
    with locked(local) as other:
        threading.Timer(0.3, lambda: other.execute("ROLLBACK")).start()
        open_ticket(local)


def test_a_database_locked_for_too_long_is_down_in_one_line(local: Store) -> None:
    with locked(local), pytest.raises(StoreDown, match=r"^/[^ ]+\.db: database is locked$"), local.begin():
        pass
    open_ticket(local)


def test_a_full_disk_loses_nothing_and_heals(local: Store) -> None:
    kept = open_ticket(local)
    size = max(path.stat().st_size for path in Path(local.url.database or "").parent.iterdir())
    with (
        no_file_grows_beyond(size + 100_000),
        pytest.raises(StoreDown, match=r"^[^\n]+$"),
        local.begin() as work,
        work.savepoint(),
    ):
        for number in range(100):
            work.outbox.add([letter(f"{number}", content=b"x" * 1_000_000)])
    with local.begin() as work:
        work.outbox.add([letter("after")])
        assert [row.message_id for row in work.outbox.list()] == ["<after@desk.example>"]
        assert [row.id for row in work.tickets.list()] == [kept]


def test_a_database_that_is_not_there_is_down_and_not_made_by_looking(tmp_path: Path) -> None:
    store = Store("sqlite:///nowhere.db", base=tmp_path)
    with pytest.raises(StoreDown, match="unable to open"), store.read():
        pass
    with pytest.raises(StoreDown, match="unable to open"), store.begin():
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_broken_database_file_is_down(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreDown, match="not a database"):
        upgrade(Store("sqlite:///x.db", base=tmp_path))


@pytest.mark.integration
class TestPostgresRestarts:
    """PostgreSQL is killed and comes back."""

    @pytest.fixture
    def remote(self, postgres_server: Postgres, postgres_template: str) -> Iterator[Store]:
        store = Store(postgres_server.url(postgres_server.database(postgres_template)))
        yield store
        store.close()

    def test_between_transactions_nobody_notices(self, remote: Store, postgres_server: Postgres) -> None:
        with remote.begin() as work, remote.read():  # two connections in the pool
            number = work.tickets.open(ticket())
        postgres_server.kill()
        postgres_server.start()
        with remote.begin() as work, remote.read() as beside:
            assert work.tickets.get(number)
            assert beside.tickets.get(number)

    def test_within_a_transaction_nothing_of_it_remains(self, remote: Store, postgres_server: Postgres) -> None:
        with remote.begin() as work:
            work.inbound.add([mail()], now=NOW)
        (claimed,) = claim(remote)
        with pytest.raises(StoreDown, match=r"^[^\n]+$"), remote.begin() as work, work.savepoint():
            number = work.tickets.open(ticket())
            postgres_server.kill()
            work.inbound.filed(claimed, ticket_id=number, match="new", facts=None)
        postgres_server.start()
        with remote.begin() as work:
            assert work.tickets.list() == []
            number = work.tickets.open(ticket())
            work.inbound.filed(claimed, ticket_id=number, match="new", facts=None)

    def test_while_it_is_away_the_store_is_down(self, remote: Store, postgres_server: Postgres) -> None:
        postgres_server.stop()
        try:
            began = time.monotonic()
            with pytest.raises(StoreDown, match=r"^[^\n]+$"), remote.begin():
                pass
            with pytest.raises(StoreDown, match="refused"), remote.read():
                pass
            assert time.monotonic() - began < 5
        finally:
            postgres_server.start()
        open_ticket(remote)

    def test_data_too_large_for_it_is_that_mails_fault_alone(self, remote: Store) -> None:
        endless = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(50_000))
        with remote.begin() as work:
            with pytest.raises(Exception, match="index row") as caught, work.savepoint():
                work.outbox.add([letter(endless)])
            work.outbox.add([letter()])
        assert not isinstance(caught.value, StoreDown)

    def test_a_password_is_not_in_the_message(self, postgres_server: Postgres) -> None:
        store = Store("postgresql://desk@127.0.0.1:1/none", "s3cret")
        with pytest.raises(StoreDown) as caught, store.read():
            pass
        assert "s3cret" not in f"{caught.value}"
