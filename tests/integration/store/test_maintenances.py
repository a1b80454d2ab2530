"""Planned maintenance in the database, and the letters by which it is found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mail_daemon.domain.maintenance import Announcement, Status
from mail_daemon.store.rows_duties import Maintenance, MaintenanceLetter
from mail_daemon.store.store import Store
from tests.stored import MINUTE, NOW, SECOND, letter, open_ticket

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SAID = Announcement(
    key="sbc-1",
    service="Ätna\u202e calls",
    impact="OUTAGE",
    starts=NOW,
    ends=NOW + HOUR,
    accounts=("Acme", "Beta"),
    texts={"de": "Hallo Ätna", "en": "Hello"},
    upgrade=True,
)


def add(store: Store, said: Announcement = SAID) -> Maintenance:
    with store.begin() as work:
        assert work.maintenances.add(said, now=NOW)
        found = work.maintenances.get(said.key, lock=True)
    assert found is not None
    return found


def sent(row: Maintenance, reader: str, message_id: str, sequence: int = 0) -> MaintenanceLetter:
    return MaintenanceLetter(row.id, reader, sequence, "Acme", "announced", message_id)


def test_what_is_announced_comes_back(store: Store) -> None:
    row = add(store)
    assert (row.key, row.sequence, row.status, row.announced) == ("sbc-1", 0, "announced", NOW)
    assert (row.service, row.starts, row.ends, row.accounts) == (SAID.service, SAID.starts, SAID.ends, SAID.accounts)
    assert (row.texts, row.upgrade) == (SAID.texts, True)
    with store.read() as work:
        assert work.maintenances.all() == [row]
        assert work.maintenances.get("other") is None


def test_a_key_is_taken_once(store: Store) -> None:
    row = add(store)
    with store.begin() as work:
        assert not work.maintenances.add(replace(SAID, service="other"), now=NOW)
    with store.read() as work:
        assert work.maintenances.all() == [row]


def test_a_change_takes_the_place_of_what_was_said(store: Store) -> None:
    row = add(store)
    with store.begin() as work:
        said = replace(SAID, accounts=(), texts={"": "x"})
        work.maintenances.change(row.id, said, status=Status.CANCELLED, sequence=4)
    with store.read() as work:
        assert work.maintenances.get("sbc-1") == replace(
            row, accounts=(), texts={"": "x"}, status="cancelled", sequence=4
        )


def test_only_open_windows_are_running(store: Store) -> None:
    row = add(store)
    add(store, replace(SAID, key="later", starts=NOW + DAY, ends=NOW + DAY + HOUR))
    with store.read() as work:
        running = work.maintenances.running
        assert [running(NOW - SECOND), running(NOW), running(NOW + HOUR - SECOND)] == [[], [row], [row]]
        assert running(NOW + HOUR) == []
    with store.begin() as work:
        work.maintenances.change(row.id, SAID, status=Status.COMPLETED, sequence=1)
        assert work.maintenances.running(NOW) == []


def test_letters_are_found_by_maintenance_and_by_message_id(store: Store) -> None:
    row, other = add(store), add(store, replace(SAID, key="other"))
    letters = [sent(row, "a@x", "<2@d>", 1), sent(row, "a@x", "<1@d>"), sent(row, "b@x", "<3@d>")]
    with store.begin() as work:
        work.maintenances.note([*letters, sent(other, "a@x", "<4@d>")])
        work.maintenances.note([])
    with store.read() as work:
        assert [each.message_id for each in work.maintenances.letters(row.id)] == ["<1@d>", "<3@d>", "<2@d>"]
        assert work.maintenances.answered(["<4@d>", "<1@d>", "<0@d>"]) == {"<1@d>": row, "<4@d>": other}
        assert work.maintenances.told() == {row.id: 2, other.id: 1}


def test_nobody_is_told_the_same_twice(store: Store) -> None:
    row = add(store)
    with pytest.raises(Exception, match=r"(?i)unique"), store.begin() as work:
        work.maintenances.note([sent(row, "a@x", "<1@d>"), sent(row, "a@x", "<2@d>")])
    with store.read() as work:
        assert work.maintenances.letters(row.id) == []


def test_requesters_are_the_latest_proven_of_the_account(store: Store) -> None:
    for number, (requester, fields) in enumerate(
        {
            "old@acme.example": {"opened": NOW - 400 * DAY},
            "first@acme.example": {},
            "forged@acme.example": {"proven": False},
            "beta@beta.example": {"account": "Beta"},
            "last@acme.example": {},
        }.items()
    ):
        opened = NOW - DAY + number * MINUTE
        open_ticket(store, **{"requester": requester, "account": "Acme", "proven": True, "opened": opened, **fields})
    open_ticket(store, requester="first@acme.example", account="Acme", proven=True)
    with store.read() as work:
        since = NOW - 365 * DAY
        assert work.maintenances.requesters("Acme", since, 5) == ["first@acme.example", "last@acme.example"]
        assert work.maintenances.requesters("Acme", since, 1) == ["first@acme.example"]
        assert work.maintenances.requesters("Acme", since, 0) == []


def test_its_letters_wait_until_all_others_have_been_taken(store: Store) -> None:
    """Thousands at once: an acknowledgement that comes later still goes first."""
    with store.begin() as work:
        work.outbox.add([letter(f"m{n}", letter="maintenance") for n in range(3)])
        work.outbox.add([letter("later", queued=NOW + SECOND)])
    with store.begin() as work:
        taken = work.outbox.claim(now=NOW + MINUTE, until=NOW + HOUR, limit=2)
        assert [each.message_id for each in taken] == ["<later@desk.example>", "<m0@desk.example>"]
        taken = work.outbox.claim(now=NOW + MINUTE, until=NOW + HOUR, limit=9)
        assert [each.message_id for each in taken] == ["<m1@desk.example>", "<m2@desk.example>"]
