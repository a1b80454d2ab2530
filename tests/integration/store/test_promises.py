"""Promises counted by the database, on both engines as `domain.kept` tells a single one."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from mail_daemon.domain.kept import outcome
from mail_daemon.store.promises import Opened
from mail_daemon.store.rows import NewClock
from mail_daemon.store.rows_duties import Tally
from mail_daemon.store.store import Store
from tests.stored import NOW, open_ticket

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL = Opened()


def clock(store: Store, ticket: int, kind: str = "response", **columns: Any) -> None:
    due = columns.pop("due", NOW + HOUR)
    with store.begin() as work:
        work.clocks.start([NewClock(ticket, kind, NOW, due, None)])
        work.clocks.change(work.clocks.of(ticket)[-1].id, **{"state": "running", **columns})


def tallies(store: Store, by: str = "priority", opened: Opened = ALL, *, now: datetime = NOW) -> list[Tally]:
    with store.read() as work:
        return work.promises.tallies(by, opened, MONTHS, now=now)


def counted(store: Store, by: str, opened: Opened = ALL) -> dict[Any, int]:
    with store.read() as work:
        return work.promises.tickets(by, opened, MONTHS)


MONTHS = [("2026-10", NOW), ("2026-11", NOW + 5 * DAY), ("2026-12", NOW + 36 * DAY)]


def test_every_state_is_counted_as_a_single_clock_is_told(store: Store) -> None:
    number, now = open_ticket(store, priority=2), NOW + 2 * HOUR
    expected: Counter[str] = Counter()
    times = (NOW, NOW + HOUR, NOW + 2 * HOUR, NOW + 3 * HOUR)
    for due, at in product((*times, None), times):
        for state in ("running", "paused", "met", "ended"):
            stopped = at if state in ("met", "ended") else None
            paused = at if state == "paused" else None
            clock(store, number, due=due, state=state, stopped_at=stopped, paused_at=paused)
            expected[outcome(state, due, stopped=stopped, paused=paused, now=now).name.lower()] += 1
    assert tallies(store, now=now) == [Tally(2, "response", **expected)]
    assert set(expected) == {"met", "broken", "open", "ended", "undue"}


def test_kinds_and_groups_are_apart(store: Store) -> None:
    one, two = open_ticket(store, priority=1, account="Acme"), open_ticket(store, priority=4)
    clock(store, one, state="met", stopped_at=NOW)
    clock(store, one, "rfo", state="met", stopped_at=NOW + DAY)
    clock(store, one, "update")  # no promise
    clock(store, two)
    found = {(tally.group, tally.kind): (tally.met, tally.broken, tally.open) for tally in tallies(store, "account")}
    assert found == {("Acme", "response"): (1, 0, 0), ("Acme", "rfo"): (0, 1, 0), (None, "response"): (0, 0, 1)}
    assert counted(store, "account") == {"Acme": 1, None: 1}
    assert counted(store, "priority") == {1: 1, 4: 1}


def test_the_priority_is_the_highest_it_ever_was(store: Store) -> None:
    number = open_ticket(store, priority=1)
    with store.begin() as work:
        work.tickets.change(number, priority=4)
    assert counted(store, "priority") == {1: 1}


def test_a_month_begins_when_the_one_before_it_ends(store: Store) -> None:
    for opened in (NOW - HOUR, NOW, NOW + 5 * DAY, NOW + 6 * DAY):
        clock(store, open_ticket(store, opened=opened))
    assert counted(store, "month") == {"2026-10": 1, "2026-11": 1, "2026-12": 2}
    assert {tally.group: tally.open for tally in tallies(store, "month")} == {"2026-10": 1, "2026-11": 1, "2026-12": 2}


def test_only_the_tickets_asked_for_are_counted(store: Store) -> None:
    for day, account in ((0, "Acme"), (1, "Acme"), (1, "Beta"), (2, "Acme")):
        open_ticket(store, opened=NOW + day * DAY, account=account)
    chosen = Opened(NOW + DAY, NOW + 2 * DAY, "Acme")
    assert counted(store, "account", chosen) == {"Acme": 1}
    with store.read() as work:
        assert work.promises.first_and_last(chosen) == (NOW + DAY, NOW + DAY)
        assert work.promises.first_and_last(ALL) == (NOW, NOW + 2 * DAY)
        assert work.promises.first_and_last(Opened(account="Nobody")) is None
