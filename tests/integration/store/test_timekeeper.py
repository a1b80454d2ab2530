"""Clocks act alike on SQLite and PostgreSQL: once, undone alone where they raise, never waiting for another writer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mail_daemon import ticks
from mail_daemon.store.store import Store
from mail_daemon.timekeeper import Timekeeper
from tests.office import HOUR, NOW, Office, desk
from tests.stored import letter
from tests.written import mail

MINUTE = timedelta(minutes=1)


def overdue(store: Store, count: int) -> tuple[Office, list[int]]:
    office = Office(store, desk())
    numbers = [
        office.open(mail(f"c{each}@acme.example", text="My phone is dead.", message_id=f"<{each}@acme.example>"))
        for each in range(count)
    ]
    office.now = NOW + 5 * HOUR
    return office, numbers


def escalated(office: Office) -> list[int | None]:
    return [letter.ticket_id for letter in office.letters() if letter.letter == "escalation"]


def test_each_breach_is_told_once(store: Store) -> None:
    office, numbers = overdue(store, 3)
    for _ in range(3):
        office.tick()
    assert escalated(office) == numbers
    assert all(office.ticket(number).overdue for number in numbers)


def test_what_one_ticket_has_begun_is_undone_and_the_others_stay(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    office, (guilty, other) = overdue(store, 2)
    fire = ticks.fire

    def broken(work: Any, desk: Any, ticket: Any, clock: Any, *, now: Any) -> None:
        fire(work, desk, ticket, clock, now=now)
        if ticket.id == guilty:
            work.outbox.add([letter("same"), letter("same")])  # no two letters have one Message-ID

    monkeypatch.setattr(ticks, "fire", broken)
    office.tick()
    assert escalated(office) == [other]
    monkeypatch.undo()
    office.tick(office.now + 5 * MINUTE)
    assert escalated(office) == [other, guilty]


def test_a_ticket_that_is_being_written_to_is_left_for_the_next_tick(store: Store) -> None:
    if store.url.get_backend_name() == "sqlite":
        pytest.skip("SQLite has one writer at a time, which waits")
    office, (held, free) = overdue(store, 2)
    keeper = Timekeeper(
        store, desk=lambda: office.desk, clock=lambda: office.now, ready=lambda: True, fired=lambda: None
    )
    with store.begin() as other:
        other.tickets.get(held, lock=True)
        while keeper.step():
            pass
        assert escalated(office) == [free]
    office.tick()
    assert escalated(office) == [free, held]
