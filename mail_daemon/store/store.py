"""The database as the stages see it: a transaction is a Work, whose rooms hold the statements."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, exc, inspect, text

from mail_daemon.store.accounts import Accounts
from mail_daemon.store.clocks import Clocks
from mail_daemon.store.confirmations import Confirmations
from mail_daemon.store.engine import locate, one_line, open_engines
from mail_daemon.store.errors import StoreDown
from mail_daemon.store.hot import run
from mail_daemon.store.inbound import InboundMails
from mail_daemon.store.maintenances import Maintenances
from mail_daemon.store.outbox import Outbox
from mail_daemon.store.promises import Promises
from mail_daemon.store.proofs import Proofs
from mail_daemon.store.rehearsal import RehearsedTickets
from mail_daemon.store.rfos import Rfos
from mail_daemon.store.standings import Standings
from mail_daemon.store.tickets import Tickets
from mail_daemon.store.time_entries import TimeEntries


class Work:
    """What can be done within one transaction. Lives in one thread."""

    __slots__ = (
        "_connection",
        "accounts",
        "clocks",
        "confirmations",
        "inbound",
        "maintenances",
        "outbox",
        "promises",
        "proofs",
        "rfos",
        "standings",
        "tickets",
        "time",
    )

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.inbound = InboundMails(connection)
        self.tickets = Tickets(connection)
        self.clocks = Clocks(connection)
        self.outbox = Outbox(connection)
        self.rfos = Rfos(connection)
        self.accounts = Accounts(connection)
        self.standings = Standings(connection)
        self.time = TimeEntries(connection)
        self.promises = Promises(connection)
        self.maintenances = Maintenances(connection)
        self.confirmations = Confirmations(connection)
        self.proofs = Proofs(connection)

    def revision(self) -> str | None:
        """The newest of `migrations/` that the database has seen; None where it has no tables yet."""
        if not inspect(self._connection).has_table("alembic_version"):
            return None
        return self._connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is done within it is undone when it ends with an exception, which goes on."""
        # Plain statements, since SQLAlchemy's nested transactions cost many times as much for every mail.
        run(self._connection, "SAVEPOINT step")
        try:
            yield
        except BaseException:
            self.outbox.forget()
            if not self._connection.invalidated:  # else the server is gone, and all of it is undone
                run(self._connection, "ROLLBACK TO SAVEPOINT step")
                run(self._connection, "RELEASE SAVEPOINT step")
            raise
        run(self._connection, "RELEASE SAVEPOINT step")

    def rehearse(self) -> None:
        """From now on tickets are opened without drawing their numbers, since `rollback` follows."""
        self.tickets = RehearsedTickets(self._connection)

    def rollback(self) -> None:
        """Undoes the whole transaction so far; what is done afterwards belongs to a new one."""
        self._connection.rollback()
        self._connection.begin()


class Store:
    """The database behind `url`: SQLite, whose path starts at `base`, or PostgreSQL.

    Thread-safe. Nothing is opened before the first transaction; `migrate.upgrade` makes the tables.
    Raises ValueError for a URL that is neither.
    """

    def __init__(self, url: str, password: str | None = None, *, base: Path = Path()) -> None:
        self.url = locate(url, password, base)
        self._writer, self._reader = open_engines(self.url)
        # SQLite has one writer; waiting here is fair and cheap, while its own busy handler polls.
        self._writing: AbstractContextManager[object] = (
            threading.Lock() if self.url.get_backend_name() == "sqlite" else nullcontext()
        )

    def exists(self) -> bool:
        """Whether a daemon has made the tables yet. Raises StoreDown where PostgreSQL can't be reached."""
        if self.url.get_backend_name() == "sqlite" and not Path(self.url.database or "").exists():
            return False
        with self.read() as work:
            return work.revision() is not None

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """A transaction that writes: committed and durable at the end, undone on an exception.

        Raises StoreDown when the database can't be reached, is locked by another process or is full.
        """
        with self._writing, _connected(self._writer) as connection:
            yield Work(connection)
            connection.commit()

    @contextmanager
    def read(self) -> Iterator[Work]:
        """A transaction that only reads, beside any writer. Raises StoreDown."""
        with _connected(self._reader) as connection:
            yield Work(connection)

    def close(self) -> None:
        """Closes the connections that are not in use."""
        self._writer.dispose()
        self._reader.dispose()


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        connection = engine.connect()
    except exc.TimeoutError as error:  # every connection of the pool is in use
        raise StoreDown(one_line(error)) from error
    with connection:
        connection.begin()
        yield connection
