"""A statement that is turned into text once does what SQLAlchemy's own way does, on both engines."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, insert, select, update

from mail_daemon.store.hot import Hot
from mail_daemon.store.schema import events, tickets
from mail_daemon.store.store import Store
from tests.stored import NOW, open_ticket

NOTE = Hot(insert(events), id=events.c.id)
CHANGE = Hot(update(tickets).where(tickets.c.id == bindparam("of_id")))
WHAT = Hot(select(events.c.what).where(events.c.actor == bindparam("by")).order_by(events.c.id))


def event(ticket_id: int, what: str = "opened", at: datetime = NOW) -> dict[str, object]:
    return {"ticket_id": ticket_id, "at": at, "actor": "cy\0", "what": what, "detail": {"how": [None, "é%s%%"]}}


def test_an_inserted_row_has_an_id_and_reads_as_it_was_written(store: Store) -> None:
    number = open_ticket(store)
    new_york = timezone(timedelta(hours=-5))
    with store.begin() as work:
        id = NOTE.insert(work._connection, event(number, at=NOW.astimezone(new_york)))
        (read,) = work.tickets.events(number)
        assert (read.id, read.at, read.actor, read.detail) == (id, NOW, "cy", {"how": [None, "é%s%%"]})


def test_an_id_may_be_given(store: Store) -> None:
    number = open_ticket(store)
    with store.begin() as work:
        assert NOTE.insert(work._connection, {"id": 77, **event(number)}) == 77


def test_many_rows_are_written_in_order_and_none_are_no_error(store: Store) -> None:
    number = open_ticket(store)
    with store.begin() as work:
        NOTE.execute_all(work._connection, [])
        NOTE.execute_all(work._connection, [event(number, "first"), event(number, "second")])
        assert [row[0] for row in WHAT.execute(work._connection, {"by": "cy"})] == ["first", "second"]


def test_one_statement_sets_different_columns(store: Store) -> None:
    number = open_ticket(store)
    with store.begin() as work:
        assert CHANGE.execute(work._connection, {"of_id": number, "status": "open"}).rowcount == 1
        assert CHANGE.execute(work._connection, {"of_id": number, "reopened": NOW, "overdue": True}).rowcount == 1
        assert CHANGE.execute(work._connection, {"of_id": number + 1, "status": "closed"}).rowcount == 0
        found = work.tickets.get(number)
        assert found is not None
        assert (found.status, found.reopened, found.overdue) == ("open", NOW, True)


def test_a_value_that_is_missing_or_unfit_is_refused(store: Store) -> None:
    number = open_ticket(store)
    with store.begin() as work, pytest.raises(KeyError):
        WHAT.execute(work._connection, {})
    with store.begin() as work, pytest.raises(ValueError, match="naive"):
        NOTE.execute(work._connection, event(number, at=NOW.replace(tzinfo=None)))
