"""A mail is stored once, is one reader's at a time, and leaves the queue exactly once."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from mail_daemon.store.errors import StaleClaim
from mail_daemon.store.store import Store
from tests.stored import MINUTE, NOW, SECOND, claim, mail, open_ticket


def test_a_mail_comes_back_as_it_was_stored(store: Store) -> None:
    received = (NOW - MINUTE).astimezone(timezone(timedelta(hours=-5)))
    with store.begin() as work:
        work.inbound.add([mail(received=received, envelope_sender="", refused="too large")], now=NOW)
    (claimed,) = claim(store)
    assert (claimed.attempts, claimed.blob, claimed.size, claimed.mailbox) == (1, "blob-a", 1000, "support")
    assert (claimed.envelope_sender, claimed.refused) == ("", "too large")
    assert claimed.received == received
    assert claimed.received.utcoffset() == timedelta(0)
    with store.read() as work:
        row = work.inbound.get(claimed.id)
    assert row is not None
    assert (row.state, row.stored_at, row.fingerprint, row.key) == ("received", NOW, "print-a", "1:a")


def test_the_same_mail_from_two_mailboxes_is_stored_once_and_known_in_both(store: Store) -> None:
    first, second = mail(), mail(mailbox="billing", key="9:7", blob="blob-b")
    with store.begin() as work:
        assert work.inbound.add([first, mail("b")], now=NOW) == 2
        assert work.inbound.add([second, mail("c")], now=NOW) == 1
    with store.read() as work:
        assert work.inbound.known("support", ["1:a", "1:b", "1:x"]) == {"1:a", "1:b"}
        assert work.inbound.known("billing", ["1:a", "9:7"]) == {"9:7"}
    assert [claimed.blob for claimed in claim(store)] == ["blob-a", "blob-b", "blob-c"]


def test_the_same_mail_twice_in_one_batch_is_stored_once(store: Store) -> None:
    with store.begin() as work:
        assert work.inbound.add([mail(), mail(key="1:z")], now=NOW) == 1
        assert work.inbound.add([], now=NOW) == 0
    with store.read() as work:
        assert work.inbound.known("support", ["1:a", "1:z"]) == {"1:a", "1:z"}


def test_thousands_of_keys_can_be_asked_about_at_once(store: Store) -> None:
    with store.begin() as work:
        work.inbound.add([mail(f"{number}") for number in range(1200)], now=NOW)
    keys = [f"1:{number}" for number in range(5000)]
    with store.read() as work:
        assert len(work.inbound.known("support", keys)) == 1200
        assert len(work.inbound.blobs_in_use([f"blob-{number}" for number in range(5000)])) == 1200


def test_claims_take_the_oldest_first_and_no_mail_twice(store: Store) -> None:
    with store.begin() as work:
        work.inbound.add([mail(name) for name in "abc"], now=NOW)
    assert [claimed.blob for claimed in claim(store, limit=2)] == ["blob-a", "blob-b"]
    assert [claimed.blob for claimed in claim(store, limit=2)] == ["blob-c"]
    assert claim(store) == []


def test_a_claim_that_ran_out_is_taken_over_and_its_first_holder_is_fenced_off(store: Store) -> None:
    with store.begin() as work:
        work.inbound.add([mail()], now=NOW)
    number = open_ticket(store)
    (first,) = claim(store)
    assert claim(store, now=NOW + MINUTE - SECOND) == []
    (second,) = claim(store, now=NOW + MINUTE)
    assert (first.attempts, second.attempts) == (1, 2)
    with pytest.raises(StaleClaim), store.begin() as work:
        work.inbound.filed(first, ticket_id=number, match="new", facts=None)
    with pytest.raises(StaleClaim), store.begin() as work:
        work.inbound.deferred(first, reason="late", next_attempt=NOW)
    with pytest.raises(StaleClaim), store.begin() as work:
        work.inbound.quarantine(first, reason="late")
    with store.begin() as work:
        work.inbound.release([first])
        work.inbound.filed(second, ticket_id=number, match="new", facts={"subject": "x"})
    with store.read() as work:
        row = work.inbound.get(second.id)
    assert row is not None
    assert (row.state, row.ticket_id, row.match, row.facts) == ("filed", number, "new", {"subject": "x"})


def test_a_filed_mail_can_not_be_filed_again(store: Store) -> None:
    with store.begin() as work:
        work.inbound.add([mail()], now=NOW)
    number = open_ticket(store)
    (claimed,) = claim(store)
    with store.begin() as work:
        work.inbound.filed(claimed, ticket_id=number, match="new", facts=None)
    with pytest.raises(StaleClaim), store.begin() as work:
        work.inbound.filed(claimed, ticket_id=number, match="new", facts=None)


def test_a_deferred_mail_waits_for_its_time(store: Store) -> None:
    with store.begin() as work:
        work.inbound.add([mail()], now=NOW)
    (claimed,) = claim(store)
    with store.begin() as work:
        work.inbound.deferred(claimed, reason="the account list is being read", next_attempt=NOW + MINUTE)
    assert claim(store, now=NOW + MINUTE - SECOND) == []
    (again,) = claim(store, now=NOW + MINUTE)
    assert again.attempts == 2


def test_released_mails_are_free_at_once_and_count_no_attempt(store: Store) -> None:
    with store.begin() as work:
        work.inbound.add([mail("a"), mail("b")], now=NOW)
    held = claim(store)
    with store.begin() as work:
        work.inbound.release(held)
        work.inbound.release([])
    assert [claimed.attempts for claimed in claim(store)] == [1, 1]


def test_a_daemon_that_starts_alone_takes_over_what_the_dead_one_held(store: Store) -> None:
    with store.begin() as work:
        work.inbound.add([mail()], now=NOW)
    claim(store)
    with store.begin() as work:
        assert work.inbound.reclaim() == 1
    (claimed,) = claim(store)
    assert claimed.attempts == 2


def test_quarantine_keeps_why_until_the_mail_is_retried_or_dropped(store: Store) -> None:
    with store.begin() as work:
        work.inbound.add([mail("a"), mail("b")], now=NOW)
    first, second = claim(store)
    with store.begin() as work:
        work.inbound.quarantine(
            first, reason="unreadable", traceback="Traceback ...", facts={"from": "cy@acme.example"}
        )
        work.inbound.quarantine(second, reason="too large")
    assert claim(store, now=NOW + 2 * MINUTE) == []
    with store.read() as work:
        listed = work.inbound.quarantined()
    assert [(row.id, row.reason, row.attempts) for row in listed] == [
        (first.id, "unreadable", 1),
        (second.id, "too large", 1),
    ]
    assert (listed[0].traceback, listed[0].facts) == ("Traceback ...", {"from": "cy@acme.example"})
    with store.begin() as work:
        assert work.inbound.retry(first.id, NOW)
        assert work.inbound.drop(second.id)
        assert not work.inbound.retry(second.id, NOW)
        assert not work.inbound.drop(first.id)
        assert work.inbound.quarantined() == []
    assert [(claimed.id, claimed.attempts) for claimed in claim(store)] == [(first.id, 1)]


def test_a_blob_is_in_use_as_long_as_a_row_names_it(store: Store) -> None:
    with store.begin() as work:
        work.inbound.add([mail()], now=NOW)
        assert work.inbound.blobs_in_use(["blob-a", "blob-x"]) == {"blob-a"}
        assert work.inbound.blobs_in_use([]) == set()


def test_mails_that_a_wrong_clock_put_off_are_due_again(store: Store) -> None:
    day, hour = timedelta(days=1), timedelta(hours=1)
    with store.begin() as work:
        work.inbound.add([mail("a"), mail("b"), mail("c")], now=NOW)
        first, second = work.inbound.claim(now=NOW, until=NOW + day, limit=2)  # b stays claimed
        work.inbound.deferred(first, reason="no child", next_attempt=NOW + day)
        (third,) = work.inbound.claim(now=NOW, until=NOW + MINUTE, limit=2)
        work.inbound.deferred(third, reason="no child", next_attempt=NOW + MINUTE)
    with store.begin() as work:
        assert work.inbound.bring_back(now=NOW, beyond=NOW + hour) == 2
    assert [claimed.blob for claimed in claim(store)] == [first.blob, second.blob]
