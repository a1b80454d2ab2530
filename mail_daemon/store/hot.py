"""Statements that every mail needs, turned into text once and handed to SQLite's driver itself.

SQLAlchemy's own way from a statement to the driver costs several times what SQLite then does. PostgreSQL, where
a connection may break at any time, gets its text through `exec_driver_sql`, which knows what to do then.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, CursorResult, Dialect, Insert, Select, Update

from mail_daemon.store.engine import as_named

Result = sqlite3.Cursor | CursorResult[*tuple[Any, ...]]  # alike: fetchone, fetchall, rowcount, iteration
_Statement = Insert | Update | Select[*tuple[Any, ...]]
_Process = Callable[[Any], Any] | None


class Hot:
    """An insert, update or select without IN lists, executed with values for its columns and parameters.

    A row that is read is what the driver makes of it. `id` is the column that `insert` returns. Every engine of
    one kind is opened alike, so that one text serves all of them.
    """

    __slots__ = ("_id", "_statement", "_texts")

    def __init__(self, statement: _Statement, *, id: Column[int] | None = None) -> None:
        self._statement = statement
        self._id = id
        self._texts: dict[tuple[str, ...], _Text] = {}

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> Result:
        text = self._text(connection.dialect, values)
        return run(connection, text.sql, text.parameters(values))

    def row(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The first row of a select that always has one."""
        found = self.execute(connection, values).fetchone()
        assert found is not None
        return tuple(found)

    def execute_all(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Executes it for each of the rows, which all have the same keys; nothing where there are none."""
        if rows:
            text = self._text(connection.dialect, rows[0])
            run(connection, text.sql, [text.parameters(row) for row in rows])

    def insert(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Inserts one row and returns its id."""
        result = self.execute(connection, values)
        return int(result.lastrowid or 0) if isinstance(result, sqlite3.Cursor) else int(result.scalar_one())

    def _text(self, dialect: Dialect, values: Mapping[str, Any]) -> _Text:
        key = (dialect.name, *values)
        found = self._texts.get(key)
        if found is None:
            found = self._texts[key] = _Text(self._for(dialect), dialect, list(values))
        return found

    def _for(self, dialect: Dialect) -> _Statement:
        """SQLite's driver tells the new id by itself, which costs less than RETURNING there."""
        if isinstance(self._statement, Insert) and self._id is not None and dialect.name != "sqlite":
            return self._statement.returning(self._id)
        return self._statement


def run(connection: Connection, sql: str, parameters: Any = None) -> Result:
    """Executes plain SQL; a list of parameters means once for each. Raises what any statement would."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        return connection.exec_driver_sql(sql, parameters)
    try:
        if isinstance(parameters, list):
            return driver.executemany(sql, parameters)
        return driver.execute(sql, parameters or ())
    except sqlite3.Error as error:
        raise as_named(error, connection.engine.url) from error


class _Text:
    """What the driver gets: its SQL, and its parameters by position or by name."""

    __slots__ = ("_positional", "_processes", "sql")

    def __init__(self, statement: _Statement, dialect: Dialect, keys: list[str]) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=keys)
        self.sql: str = compiled.string
        self._positional: bool = compiled.positional
        self._processes: list[tuple[str, _Process]] = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in (compiled.positiontup if self._positional else compiled.binds)
        ]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """Raises KeyError for one that is missing."""
        if self._positional:
            return tuple([process(values[name]) if process else values[name] for name, process in self._processes])
        return {name: process(values[name]) if process else values[name] for name, process in self._processes}
