"""What the timekeeper costs, with few tickets in the database and with very many."""

from __future__ import annotations

import contextlib
import io
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mail_daemon.store.store import Store
from mail_daemon.timekeeper import Timekeeper
from tests import office
from tests.bench import old_tickets
from tests.bench.desk import Desk
from tests.bench.figures import Figure, Report

DUE = 50  # tickets whose promise is broken, in each round
LOOKS = 50  # look-ups in each round
NOW = datetime.now(UTC)

# Every ticket is still promised something, so that the index of what comes next is as long as it can be.
RUNNING = "UPDATE clocks SET state = 'running', stopped_at = NULL, due = :then, next_at = :then"
BROKEN = "UPDATE clocks SET due = :then, next_at = :then WHERE id > :first AND id <= :first + :count"


def clocks(desk: Desk, report: Report, *, few: int, many: int, rounds: int) -> None:
    """Finding what is due, and one pass over it with all its letters; the least of the rounds is compared."""
    stores = [_with_tickets(desk, few), _with_tickets(desk, many)]
    looks = [[_look(store) for store in stores] for _ in range(rounds)]
    passes = [[_pass(store, number) for store in stores] for number in range(rounds)]
    for name, measured in (("finding due clocks", looks), (f"a pass over {DUE} of them", passes)):
        small, large = (min(each) for each in zip(*measured, strict=True))
        report.add(Figure(f"{name}, {many:,} tickets", large * 1000, "ms"))
        report.add(Figure(f"{name}, {many:,} tickets against {few:,}", large / small, "x", 1.25))


def _with_tickets(desk: Desk, count: int) -> Store:
    installation = desk.install(f"clocks-{count}")
    desk.fill([])
    installation.run_once()
    old_tickets.add(installation.database, count)
    _execute(installation.database, RUNNING, then=_iso(NOW + timedelta(days=1)))
    return Store("sqlite:///mail-daemon.db", base=installation.database.parent)


def _look(store: Store) -> float:
    """Seconds for one look-up, among many."""

    def look() -> None:
        for _ in range(LOOKS):
            with store.read() as work:
                work.clocks.due_tickets(NOW, DUE)

    return _seconds(look) / LOOKS


def _pass(store: Store, number: int) -> float:
    """Seconds for one step of the timekeeper, each time over other tickets."""
    database = Path(store.url.database or "")
    _execute(database, BROKEN, then=_iso(NOW - timedelta(minutes=1)), first=number * DUE, count=DUE)
    keeper = Timekeeper(store, desk=office.desk, clock=lambda: NOW, ready=lambda: True, fired=lambda: None)
    with contextlib.redirect_stdout(io.StringIO()):  # the log
        took = _seconds(keeper.step)
    with store.read() as work:
        sent = {letter.ticket_id for letter in work.outbox.list("waiting") if letter.letter == "escalation"}
    if len(sent) != DUE * (number + 1):
        raise RuntimeError(f"{len(sent)} customers were written to, {DUE * (number + 1)} expected")
    return took


def _seconds(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def _execute(database: Path, statement: str, **values: object) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement, values)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
