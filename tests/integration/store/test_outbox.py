"""A letter leaves in order, is one sender's at a time, and is never sent again once accepted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from mail_daemon.store.errors import StaleClaim
from mail_daemon.store.rows import Waiting
from mail_daemon.store.store import Store
from tests.stored import MINUTE, NOW, SECOND, letter, open_ticket

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


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


def test_answers_of_the_same_transaction_count_and_those_that_leave_the_window_do_not(store: Store) -> None:
    with store.begin() as work:
        work.outbox.add([letter("a", queued=NOW - MINUTE)])
        assert work.outbox.answered("cy@acme.example", NOW - MINUTE) == (1, 1)
        others = [letter("c", letter="notice"), letter("d", proven=True), letter("e", queued=NOW - 2 * MINUTE)]
        work.outbox.add([letter("b", recipients=("victim@else.example",)), *others])
        assert work.outbox.answered("nobody@else.example", NOW - MINUTE) == (0, 2)
        assert work.outbox.answered("nobody@else.example", NOW) == (0, 1)
        assert work.outbox.answered("nobody@else.example", NOW - 2 * MINUTE) == (0, 3)


def test_an_answer_that_is_undone_does_not_count(store: Store) -> None:
    with store.begin() as work:
        work.outbox.add([letter("a")])
        assert work.outbox.answered("cy@acme.example", NOW) == (1, 1)
        with pytest.raises(LookupError), work.savepoint():
            work.outbox.add([letter("b")])
            raise LookupError
        assert work.outbox.answered("cy@acme.example", NOW) == (1, 1)


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


def test_letters_that_a_wrong_clock_put_off_are_due_again(store: Store) -> None:
    with store.begin() as work:
        work.outbox.add([letter("a", next_attempt=NOW + DAY), letter("b", next_attempt=NOW + MINUTE), letter("c")])
        work.outbox.claim(now=NOW, until=NOW + DAY, limit=1)  # c
    with store.begin() as work:
        assert work.outbox.bring_back(now=NOW, beyond=NOW + HOUR) == 2
    assert [each.message_id for each in claim(store)] == ["<a@desk.example>", "<c@desk.example>"]
    with store.begin() as work:
        assert work.outbox.bring_back(now=NOW, beyond=NOW + HOUR) == 0


def test_what_caused_letters_is_counted_by_mailbox_and_letter(store: Store) -> None:
    with store.begin() as work:
        ann, bob = {"recipients": ("ann@desk.example",)}, {"recipients": ("bob+desk@desk.example",)}
        notices = [letter(f"n{number}", letter="notice", cause="cy@acme.example", **ann) for number in range(3)]
        late = letter("late", letter="notice", cause="cy@acme.example", queued=NOW - HOUR, **ann)
        other = letter("other", letter="notice", cause="dee@acme.example", **ann)
        work.outbox.add([*notices, late, other, letter("w", letter="warning", cause="cy@acme.example", **bob)])
        counted = work.outbox.caused("cy@acme.example", NOW - MINUTE)
    assert counted == {("ann@desk.example", "notice"): 3, ("bob@desk.example", "warning"): 1}


def test_answers_to_a_mailbox_are_counted(store: Store) -> None:
    with store.begin() as work:
        work.outbox.add([letter("a"), letter("b", recipients=("cy+1@acme.example",)), letter("c", letter="notice")])
        work.outbox.add([letter("old", queued=NOW - DAY), letter("d", recipients=("dee@acme.example",))])
        assert work.outbox.answers_to("cy+2@acme.example", NOW - HOUR) == 2


def test_failures_are_counted_and_a_letter_that_waits_can_be_rewritten(store: Store) -> None:
    with store.begin() as work:
        work.outbox.add([letter("a"), letter("b", letter="warning"), letter("c", cause="tried")])
        for each in work.outbox.claim(now=NOW, until=NOW + MINUTE, limit=2):
            work.outbox.failed(each, error="550 no", now=NOW)
        assert (work.outbox.failures(NOW), work.outbox.failures(NOW + SECOND)) == (1, 0)
        (tried,) = work.outbox.claim(now=NOW, until=NOW + MINUTE, limit=1)
        work.outbox.deferred(tried, error="451 later", next_attempt=NOW)
        (id,) = work.outbox.add([letter("d", cause="new", next_attempt=NOW + HOUR)])
        assert [work.outbox.due_of(cause) for cause in ("tried", "new", "none")] == [None, NOW + HOUR, None]
        assert not work.outbox.rewrite(letter("e", cause="tried"))
        assert not work.outbox.rewrite(letter("e", cause="new", recipients=("dee@acme.example",)))
        assert work.outbox.rewrite(letter("e", cause="new", content=b"newer"))
    with store.read() as work:
        assert [each.message_id for each in work.outbox.list("waiting")] == ["<c@desk.example>", "<e@desk.example>"]
        assert work.outbox.content(id) == b"newer"


def test_each_channel_is_claimed_and_given_back_by_itself(store: Store) -> None:
    with store.begin() as work:
        work.outbox.add([letter("mail"), letter("push", channel="push", recipients=("ann/1",))])
    (mail,) = claim(store)
    assert (mail.channel, mail.recipients) == ("mail", ("cy@acme.example",))
    with store.begin() as work:
        (push,) = work.outbox.claim(now=NOW, until=NOW + MINUTE, limit=100, channel="push")
        assert (push.channel, push.recipients) == ("push", ("ann/1",))
        assert work.outbox.reclaim("push") == 1
        assert work.outbox.reclaim("push") == 0
        assert work.outbox.reclaim() == 1
