"""A letter leaves in order, is one sender's at a time, and is never sent again once accepted."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.exc import IntegrityError

from mail_daemon.store.errors import StaleClaim
from mail_daemon.store.rows import Waiting
from mail_daemon.store.store import Store
from tests.stored import MINUTE, NOW, SECOND, letter, open_ticket


def claim(store: Store, *, now: datetime = NOW, limit: int = 100) -> list[Waiting]:
    with store.begin() as work:
        return work.outbox.claim(now=now, until=now + MINUTE, limit=limit)


def test_a_letter_comes_back_as_it_was_put_in(store: Store) -> None:
    number = open_ticket(store)
    draft = letter(ticket_id=number, proven=True, recipients=("cy@acme.example", "dee@acme.example"))
    with store.begin() as work:
        (id,) = work.outbox.add([draft])
    assert claim(store) == [
        Waiting(
            id=id,
            attempts=1,
            ticket_id=number,
            letter=draft.letter,
            recipients=draft.recipients,
            envelope_from=draft.envelope_from,
            message_id=draft.message_id,
            content=draft.content,
            queued=NOW,
            proven=True,
        )
    ]
    with store.read() as work:
        assert work.outbox.content(id) == draft.content
        assert work.outbox.content(0) is None


def test_letters_leave_in_the_order_in_which_they_are_due(store: Store) -> None:
    with store.begin() as work:
        ids = work.outbox.add(
            [
                letter("a", next_attempt=NOW + SECOND),
                letter("b"),
                letter("c"),
                letter("d", queued=NOW + MINUTE),
            ]
        )
        assert work.outbox.add([]) == []
    assert ids == sorted(ids)
    due = claim(store, now=NOW + SECOND)
    assert [waiting.message_id for waiting in due] == [
        "<b@desk.example>",
        "<c@desk.example>",
        "<a@desk.example>",
    ]


def test_no_letter_is_claimed_twice_until_its_claim_runs_out(store: Store) -> None:
    with store.begin() as work:
        work.outbox.add([letter("a"), letter("b")])
    (first,) = claim(store, limit=1)
    (second,) = claim(store, now=NOW + SECOND)
    assert first.id != second.id
    assert claim(store, now=NOW + MINUTE - SECOND) == []
    (again,) = claim(store, now=NOW + MINUTE)
    assert (again.id, again.attempts) == (first.id, 2)


def test_who_was_overtaken_changes_nothing(store: Store) -> None:
    with store.begin() as work:
        work.outbox.add([letter("a"), letter("b")])
    first, _ = claim(store)
    claim(store, now=NOW + MINUTE)
    with pytest.raises(StaleClaim), store.begin() as work:
        work.outbox.sent(first, now=NOW)
    with pytest.raises(StaleClaim), store.begin() as work:
        work.outbox.deferred(first, error="451", next_attempt=NOW)
    with pytest.raises(StaleClaim), store.begin() as work:
        work.outbox.failed(first, error="550", now=NOW)
    with store.begin() as work:
        work.outbox.release([first])
        assert [(row.state, row.attempts, row.error) for row in work.outbox.list()] == [("waiting", 2, None)] * 2


def test_a_sent_letter_stays_sent(store: Store) -> None:
    with store.begin() as work:
        work.outbox.add([letter("a"), letter("b")])
    first, _ = claim(store)
    with store.begin() as work:
        work.outbox.sent(first, now=NOW + SECOND)
    assert [waiting.message_id for waiting in claim(store, now=NOW + MINUTE)] == ["<b@desk.example>"]
    with pytest.raises(StaleClaim), store.begin() as work:
        work.outbox.deferred(first, error="late", next_attempt=NOW)
    with store.read() as work:
        sent, waiting = work.outbox.list()
        assert (sent.state, sent.sent_at, sent.attempts) == ("sent", NOW + SECOND, 1)
        assert work.outbox.list("sent") == [sent]
        assert work.outbox.list("waiting") == [waiting]


def test_a_deferred_letter_waits_and_a_failed_one_is_given_up(store: Store) -> None:
    with store.begin() as work:
        work.outbox.add([letter("a"), letter("b")])
    first, second = claim(store)
    with store.begin() as work:
        work.outbox.deferred(first, error="451 come back", next_attempt=NOW + MINUTE)
        work.outbox.failed(second, error="550 no such user", now=NOW)
    assert claim(store, now=NOW + MINUTE - SECOND) == []
    (again,) = claim(store, now=NOW + MINUTE)
    assert (again.id, again.attempts) == (first.id, 2)
    with store.read() as work:
        rows = [(row.state, row.error, row.next_attempt) for row in work.outbox.list()]
    assert rows == [("failed", "550 no such user", NOW), ("waiting", "451 come back", NOW + MINUTE)]


def test_released_letters_are_free_at_once_and_count_no_attempt(store: Store) -> None:
    with store.begin() as work:
        work.outbox.add([letter()])
    held = claim(store)
    with store.begin() as work:
        work.outbox.release(held)
        work.outbox.release([])
    assert [waiting.attempts for waiting in claim(store)] == [1]


def test_a_daemon_that_starts_alone_takes_over_what_the_dead_one_held(store: Store) -> None:
    with store.begin() as work:
        work.outbox.add([letter()])
    claim(store)
    with store.begin() as work:
        assert work.outbox.reclaim() == 1
    assert [waiting.attempts for waiting in claim(store)] == [2]


def test_acknowledgements_are_counted_by_address_and_window(store: Store) -> None:
    with store.begin() as work:
        work.outbox.add(
            [
                letter("a"),
                letter("b", queued=NOW - MINUTE),
                letter("c", proven=True),
                letter("d", letter="notice"),
                letter("e", recipients=("victim@else.example", "cy@acme.example")),
            ]
        )
        assert work.outbox.answered("cy@acme.example", NOW) == (2, 2)
        assert work.outbox.answered("cy@acme.example", NOW - MINUTE) == (3, 3)
        assert work.outbox.answered("nobody@else.example", NOW - MINUTE) == (0, 3)


def test_a_bounce_finds_its_letter(store: Store) -> None:
    with store.begin() as work:
        (id,) = work.outbox.add([letter()])
        found = work.outbox.by_message_id("<a@desk.example>")
        assert found is not None
        assert (found.id, found.recipients, found.state) == (id, ("cy@acme.example",), "waiting")
        assert work.outbox.by_message_id("<x@desk.example>") is None


def test_no_two_letters_share_a_message_id(store: Store) -> None:
    with pytest.raises(IntegrityError), store.begin() as work:
        work.outbox.add([letter(), letter()])
