"""What `accounts import` has read about customers (policy section 12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, func, select

# PostgreSQL's construct, since both engines render its ON CONFLICT DO UPDATE alike.
from sqlalchemy.dialects.postgresql import insert

from mail_daemon.store.rows_duties import ImportedAccount
from mail_daemon.store.schema_duties import accounts

_NAMES = [field.name for field in fields(ImportedAccount)]
_ALL = select(*(accounts.c[name] for name in _NAMES)).order_by(accounts.c.name)
_NEWEST = select(func.max(accounts.c.imported))
_ADD = insert(accounts)
_PUT = _ADD.on_conflict_do_update(
    index_elements=[accounts.c.name], set_={name: _ADD.excluded[name] for name in _NAMES if name != "name"}
)


class Accounts:
    """The table `accounts` within one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[ImportedAccount]:
        return [ImportedAccount(*row) for row in self._connection.execute(_ALL)]

    def newest(self) -> datetime | None:
        """When an import last changed something; whoever has read the accounts before must read them again."""
        newest: datetime | None = self._connection.scalar(_NEWEST)
        return newest

    def put(self, imported: Sequence[ImportedAccount]) -> None:
        """Adds accounts, or puts them in the place of those of the same name."""
        if imported:
            self._connection.execute(_PUT, [asdict(account) for account in imported])
