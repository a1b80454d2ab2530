"""Reasons for Outage: a ticket has one at a time, and several tickets may share one."""

from __future__ import annotations

from datetime import timedelta

from mail_daemon.store.rows_duties import Rfo
from mail_daemon.store.store import Store
from tests.stored import NOW, open_ticket


def add(store: Store, *tickets: int) -> Rfo:
    with store.begin() as work:
        return work.rfos.add(tickets, drafted=NOW, author="mail-daemon", service="Calls")


def of(store: Store, ticket: int) -> Rfo | None:
    with store.read() as work:
        return work.rfos.of(ticket)


def sharing(store: Store, rfo: Rfo) -> list[int]:
    with store.read() as work:
        return work.rfos.sharing(rfo.id)


def test_a_new_one_is_an_empty_draft(store: Store) -> None:
    number = open_ticket(store)
    assert of(store, number) is None
    made = add(store, number)
    assert made == Rfo(1, "draft", "Calls", "", "", "", "", NOW, "mail-daemon", None, None)
    assert of(store, number) == made


def test_what_is_written_comes_back(store: Store) -> None:
    number = open_ticket(store)
    made = add(store, number)
    words = {"cause": "Ätna\x00\u202e", "impact": "i" * 4000, "sent_at": NOW + timedelta(hours=1), "state": "sent"}
    with store.begin() as work:
        work.rfos.change(made.id, **words)
    found = of(store, number)
    assert found is not None
    assert (found.state, found.impact, found.sent_at) == ("sent", "i" * 4000, NOW + timedelta(hours=1))
    assert found.cause.startswith("Ätna")


def test_several_tickets_share_one(store: Store) -> None:
    first, second, third = (open_ticket(store) for _ in range(3))
    shared, own = add(store, third, first), add(store, second)
    assert sharing(store, shared) == [first, third]
    with store.begin() as work:
        work.rfos.give(shared.id, [second, first])
    assert sharing(store, shared) == [first, second, third]
    assert sharing(store, own) == []
    assert of(store, second) == shared


def test_a_second_one_takes_the_place_of_the_first(store: Store) -> None:
    number = open_ticket(store)
    first, second = add(store, number), add(store, number)
    assert of(store, number) == second
    assert sharing(store, first) == []
