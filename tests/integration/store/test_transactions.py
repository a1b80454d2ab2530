"""A transaction is all or nothing, a savepoint undoes one mail, and no two workers get the same work."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mail_daemon.store.errors import StoreDown
from mail_daemon.store.rows_inbound import Claimed
from mail_daemon.store.store import Store
from tests.stored import MINUTE, NOW, claim, letter, mail, open_ticket, ticket


class Mishap(Exception):
    pass


def subjects(store: Store) -> list[str]:
    with store.read() as work:
        return [row.subject for row in work.tickets.list()]


def test_an_exception_undoes_the_whole_transaction(store: Store) -> None:
    with pytest.raises(Mishap), store.begin() as work:
        work.tickets.open(ticket())
        work.outbox.add([letter()])
        raise Mishap
    assert subjects(store) == []
    with store.read() as work:
        assert work.outbox.list() == []


def test_a_savepoint_undoes_only_what_was_done_within(store: Store) -> None:
    with store.begin() as work:
        work.tickets.open(ticket(subject="before"))
        with pytest.raises(Mishap), work.savepoint():
            work.tickets.open(ticket(subject="undone"))
            with work.savepoint():
                work.tickets.open(ticket(subject="undone too"))
            raise Mishap
        with work.savepoint():
            work.tickets.open(ticket(subject="kept"))
            with pytest.raises(Mishap), work.savepoint():
                work.tickets.open(ticket(subject="undone as well"))
                raise Mishap
        work.tickets.open(ticket(subject="after"))
    assert subjects(store) == ["before", "kept", "after"]


def test_a_statement_that_fails_spoils_only_its_savepoint(store: Store) -> None:
    with store.begin() as work:
        work.outbox.add([letter("a")])
        with pytest.raises(Exception, match=r"(?i)unique"), work.savepoint():
            work.outbox.add([letter("a")])
        work.outbox.add([letter("b")])
    with store.read() as work:
        assert len(work.outbox.list()) == 2


def test_after_a_rollback_a_new_transaction_begins(store: Store) -> None:
    with store.begin() as work:
        work.tickets.open(ticket(subject="undone"))
        work.rollback()
        work.tickets.open(ticket(subject="kept"))
    assert subjects(store) == ["kept"]


def test_reading_goes_on_beside_a_writer_and_sees_what_is_committed(store: Store) -> None:
    open_ticket(store, subject="committed")
    with store.begin() as work:
        work.tickets.open(ticket(subject="not yet"))
        assert subjects(store) == ["committed"]


def test_a_reading_transaction_writes_nothing(store: Store) -> None:
    with pytest.raises(StoreDown), store.read() as work:
        work.tickets.open(ticket())
    open_ticket(store)
    assert len(subjects(store)) == 1


def test_writers_in_many_threads_wait_for_one_another(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(lambda _: open_ticket(store), range(40)))
    assert len(set(numbers)) == 40


def test_no_two_threads_claim_the_same_mail(store: Store) -> None:
    with store.begin() as work:
        work.inbound.add([mail(f"{number}") for number in range(60)], now=NOW)
    start = threading.Barrier(6)

    def take(_: int) -> list[Claimed]:
        start.wait()
        return [claimed for _ in range(4) for claimed in claim(store, limit=5)]

    with ThreadPoolExecutor(6) as threads:
        taken = [claimed.id for some in threads.map(take, range(6)) for claimed in some]
    assert len(taken) == len(set(taken)) == 60


def test_a_claim_passes_over_what_another_daemon_is_claiming(store: Store) -> None:
    if store.url.get_backend_name() == "sqlite":
        pytest.skip("SQLite has one writer at a time, which waits")
    with store.begin() as work:
        work.outbox.add([letter("a"), letter("b")])
    with store.begin() as one, store.begin() as other:
        (first,) = one.outbox.claim(now=NOW, until=NOW + MINUTE, limit=1)
        (second,) = other.outbox.claim(now=NOW, until=NOW + MINUTE, limit=5)
    assert {first.message_id, second.message_id} == {"<a@desk.example>", "<b@desk.example>"}


def test_a_ticket_that_another_transaction_holds_is_not_waited_for(store: Store) -> None:
    if store.url.get_backend_name() == "sqlite":
        pytest.skip("SQLite has one writer at a time, which waits")
    number = open_ticket(store)
    with store.begin() as one, store.begin() as other:
        assert one.tickets.take(number) is not None
        assert other.tickets.take(number) is None
    with store.begin() as work:
        assert work.tickets.take(number) is not None


def test_the_same_mail_from_two_daemons_at_once_is_stored_once(store: Store) -> None:
    start = threading.Barrier(4)

    def receive(number: int) -> int:
        start.wait()
        with store.begin() as work:
            return work.inbound.add([mail(key=f"{number}:1")], now=NOW)

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(receive, range(4))) == 1
    with store.read() as work:
        assert work.inbound.known("support", ["0:1", "1:1", "2:1", "3:1"]) == {"0:1", "1:1", "2:1", "3:1"}
