"""How each engine is opened, so that what is committed is durable, and how its faults are named."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, event, exc
from sqlalchemy.engine import URL, ExceptionContext, make_url

from mail_daemon.store.errors import DatabaseUnfit, StoreDown

BUSY_SECONDS = 30  # how long a writer waits for another process, such as a command beside the daemon

_JSON = json.JSONEncoder(separators=(",", ":"))

# A network that swallows packets must not hold a thread for longer than half a minute.
_POSTGRES = {
    "connect_timeout": "10",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "options": "-c lock_timeout=30s -c idle_in_transaction_session_timeout=60s",
}


def locate(url: str, password: str | None, base: Path) -> URL:
    """The database's URL with its password and, for SQLite, a path that starts at `base`.

    Raises ValueError, which shows the form, for anything but a SQLite file or PostgreSQL.
    """
    try:
        found = make_url(url)
    except exc.ArgumentError as error:
        raise ValueError(f"no database URL; {_FORMS}") from error
    if found.get_backend_name() == "sqlite" and found.database not in (None, "", ":memory:"):
        return found.set(drivername="sqlite", database=str(base / found.database))
    if found.get_backend_name() in ("postgresql", "postgres"):
        return found.set(drivername="postgresql+psycopg", password=password or found.password)
    raise ValueError(f"the database is neither a SQLite file nor PostgreSQL; {_FORMS}")


_FORMS = "write sqlite:///var/mail-daemon.db or postgresql://user@host/name"


def open_engines(url: URL) -> tuple[Engine, Engine]:
    """An engine whose transactions write and one whose transactions only read."""
    if url.get_backend_name() == "sqlite":
        return (
            _sqlite(url, "BEGIN IMMEDIATE", foreign_keys="ON", query_only="OFF"),
            _sqlite(url, "BEGIN", foreign_keys="ON", query_only="ON"),
        )
    engine = _postgres(url)
    return engine, engine.execution_options(postgresql_readonly=True)


def open_for_migration(url: URL) -> Engine:
    """An engine whose transactions may rebuild tables; makes the SQLite file, for our user alone.

    SQLite rebuilds a table by dropping it, which would take along the rows that refer to it, so its foreign
    keys rest. Raises StoreDown.
    """
    if url.get_backend_name() != "sqlite":
        return _postgres(url)
    try:
        path = Path(url.database or "")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreDown(one_line(error)) from error
    return _sqlite(url, "BEGIN IMMEDIATE", foreign_keys="OFF", query_only="OFF")


def _postgres(url: URL) -> Engine:
    engine = create_engine(
        url,
        connect_args={name: value for name, value in _POSTGRES.items() if name not in url.query},
        pool_pre_ping=True,  # a restart of the server heals without a failed transaction
        json_serializer=_JSON.encode,
    )
    event.listen(engine, "do_connect", _connect_to_utf8)
    event.listen(engine, "handle_error", _name_the_fault)
    return engine


def _connect_to_utf8(dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
    """Refuses a database of another encoding before any statement: some mails could never be stored in it."""
    connection = dialect.connect(*arguments, **options)
    encoding = connection.info.parameter_status("server_encoding")
    if encoding == "UTF8":
        return connection
    name = connection.info.dbname
    connection.close()
    raise DatabaseUnfit(
        f"the database {name} is encoded in {encoding}, which can't hold every mail; "
        f"make it anew by `createdb --encoding=UTF8 --template=template0 {name}`"
    )


def _sqlite(url: URL, begin: str, **pragmas: str) -> Engine:
    engine = create_engine(url, creator=_opener(url, pragmas), json_serializer=_JSON.encode)
    event.listen(engine, "handle_error", _name_the_fault)

    # The driver's own BEGIN comes too late for savepoints and reads, so it is off (isolation_level None) and comes
    # from here. The event "begin", which SQLAlchemy's documentation proposes, slows down every single statement.
    def start(connection: Any) -> None:
        connection.execute(begin)

    engine.dialect.do_begin = start  # type: ignore[assignment,method-assign]
    return engine


def _opener(url: URL, pragmas: Mapping[str, str]) -> Callable[[], sqlite3.Connection]:
    """Opens a database that exists: an empty one must not appear because a command only looked."""
    path = f"file:{quote(url.database or '')}?mode=rw"
    settings = {"journal_mode": "WAL", "synchronous": "FULL", "journal_size_limit": "67108864", **pragmas}

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path,
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        for name, value in settings.items():
            _set(connection, name, value)
        return connection

    return connect


def _set(connection: sqlite3.Connection, name: str, value: str) -> None:
    """SQLite's own waiting does not cover the change to WAL, which two that open a new database may both want."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute(f"PRAGMA {name} = {value}")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # an extended code says which kind of busy
            if not busy or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _name_the_fault(context: ExceptionContext) -> None:
    """Turns what time or an admin must mend into StoreDown; what a mail's data caused stays as it is."""
    if context.is_pre_ping and context.is_disconnect:
        return  # the pool goes on to a fresh connection
    if getattr(context.original_exception, "sqlstate", None) in _TOO_LARGE:
        return
    if context.is_disconnect or _is_fault(context.sqlalchemy_exception):
        place = context.engine.url if context.engine else None
        raise _down(context.original_exception, place) from context.original_exception


def as_named(error: sqlite3.Error, url: URL) -> Exception:
    """What becomes of the error of a statement that went to SQLite past SQLAlchemy: the same as of any other's."""
    wrapped = exc.DBAPIError.instance(None, None, error, sqlite3.Error)
    return _down(error, url) if _is_fault(wrapped) else wrapped


def _is_fault(error: BaseException | None) -> bool:
    return isinstance(error, _FAULTS) or type(error) is exc.DatabaseError


def _down(error: BaseException, place: URL | None) -> StoreDown:
    named = f"{place.database}: " if place and place.get_backend_name() == "sqlite" else ""
    return StoreDown(f"{named}{one_line(error)}")


# PostgreSQL counts a row or statement beyond its limits as operational, yet one mail's data alone
# causes it, and that mail must not hold up all the others.
_TOO_LARGE = ("54000", "54001", "54011", "54023")
_FAULTS = (exc.OperationalError, exc.InterfaceError, exc.InternalError)


def one_line(error: BaseException) -> str:
    """The error's words for the log: a single line of at most 300 characters."""
    return " ".join(f"{error}".split())[:300] or type(error).__name__
