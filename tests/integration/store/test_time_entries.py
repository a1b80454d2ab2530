"""Time on tickets: what is put down comes back, and a bill gets all that it must know of a ticket."""

from __future__ import annotations

from datetime import datetime, timedelta

from mail_daemon.store.rows_duties import TimeEntry
from mail_daemon.store.store import Store
from tests.stored import NOW, open_ticket

DAY = timedelta(days=1)


def put(store: Store, ticket: int, minutes: int, *, kind: str = "install", at: datetime = NOW) -> TimeEntry:
    with store.begin() as work:
        return work.time.add(ticket, at=at, agent="ann", minutes=minutes, kind=kind, text="ä\x00")


def test_what_is_put_down_comes_back_in_order(store: Store) -> None:
    number = open_ticket(store)
    put(store, number, 90)
    put(store, number, -30)
    with store.read() as work:
        assert work.time.of(number) == [
            TimeEntry(1, number, NOW, "ann", 90, "install", "ä"),
            TimeEntry(2, number, NOW, "ann", -30, "install", "ä"),
        ]
        assert work.time.of(number + 1) == []


def test_a_tickets_minutes_of_one_kind(store: Store) -> None:
    number, other = open_ticket(store), open_ticket(store)
    for minutes in (90, -30):
        put(store, number, minutes)
    put(store, number, 5, kind="emergency")
    put(store, other, 7)
    with store.read() as work:
        assert [work.time.minutes(number, kind) for kind in ("install", "emergency", "professional")] == [60, 5, 0]


def test_a_ticket_with_an_entry_in_the_time_is_there_with_all_of_its_entries(store: Store) -> None:
    acme, other = open_ticket(store, account="Acme", billable="tonight"), open_ticket(store)
    for day in (0, 1, 2):
        put(store, acme, 10, at=NOW + day * DAY)
    put(store, other, 20, at=NOW)
    with store.read() as work:
        found = work.time.worked(since=NOW + DAY, until=NOW + 2 * DAY)
        assert [(each.entry.ticket_id, each.entry.at) for each in found] == [
            (acme, NOW),
            (acme, NOW + DAY),
            (acme, NOW + 2 * DAY),
        ]
        assert (found[0].account, found[0].requester, found[0].subject) == ("Acme", "cy@acme.example", "No dial tone")
        assert (found[0].billable, found[0].cause_review, found[0].fault) == ("tonight", False, None)
        assert {each.entry.ticket_id for each in work.time.worked()} == {acme, other}
        assert {each.entry.ticket_id for each in work.time.worked(account="Acme")} == {acme}
        assert work.time.worked(account="acme") == []
