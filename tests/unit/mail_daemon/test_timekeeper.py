"""The timekeeper: each due clock acts once, whatever is rolled back, lost or broken meanwhile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mail_daemon import ticks
from mail_daemon.domain import clockwork
from mail_daemon.store.errors import StoreDown
from mail_daemon.store.store import Store
from mail_daemon.timekeeper import Beginning, Timekeeper
from tests.fakes import FailingStore
from tests.office import HOUR, NOW, Office, desk
from tests.stored import mail as stored_mail
from tests.written import mail

MINUTE = timedelta(minutes=1)


@pytest.fixture
def failing(store: Store, tmp_path: Path) -> FailingStore:
    """The same database, through a store whose commits fail on request."""
    return FailingStore("sqlite:///mail-daemon.db", base=tmp_path)


def keeper(office: Office, store: Store | None = None, *, ready: bool = True) -> Timekeeper:
    return Timekeeper(
        store or office.store,
        desk=lambda: office.desk,
        clock=lambda: office.now,
        ready=lambda: ready,
        fired=lambda: None,
    )


def overdue(office: Office, count: int = 1) -> list[int]:
    """Tickets whose answer is late."""
    numbers = [
        office.open(mail(f"c{each}@acme.example", text="My phone is dead.", message_id=f"<{each}@acme.example>"))
        for each in range(count)
    ]
    office.now = NOW + 5 * HOUR
    return numbers


def escalated(office: Office) -> list[int | None]:
    return [letter.ticket_id for letter in office.letters() if letter.letter == "escalation"]


def test_nothing_is_done_before_its_time(office: Office) -> None:
    office.open(mail())
    assert keeper(office).step() is False
    assert escalated(office) == []


def test_what_is_rolled_back_is_done_again_and_once(office: Office, failing: FailingStore) -> None:
    (number,) = overdue(office)
    failing.failing = 1
    with pytest.raises(StoreDown):
        keeper(office, failing).step()
    assert escalated(office) == []
    assert not office.ticket(number).overdue
    office.tick()
    assert escalated(office) == [number]


def test_a_commit_whose_answer_is_lost_is_not_done_twice(office: Office, failing: FailingStore) -> None:
    (number,) = overdue(office)
    failing.losing = 1
    with pytest.raises(StoreDown):
        keeper(office, failing).step()
    keeper(office, failing).step()
    assert escalated(office) == [number]


def test_more_tickets_than_a_batch_are_all_looked_at(office: Office) -> None:
    numbers = overdue(office, 60)
    keeping = keeper(office)
    assert keeping.step() is True
    assert 0 < len(escalated(office)) < 60
    while keeping.step():
        pass
    assert sorted(filter(None, escalated(office))) == numbers


def test_a_ticket_whose_clock_raises_holds_up_no_other_and_is_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    guilty, other = overdue(office, 2)
    fire = ticks.fire

    def broken(work, desk, ticket, clock, *, now):  # type: ignore[no-untyped-def]
        fire(work, desk, ticket, clock, now=now)
        if ticket.id == guilty:
            raise ZeroDivisionError("a defect")

    monkeypatch.setattr(ticks, "fire", broken)
    office.tick()
    assert escalated(office) == [other]
    assert "ZeroDivisionError: a defect" in capsys.readouterr().out
    monkeypatch.undo()
    office.tick(office.now + MINUTE)
    assert escalated(office) == [other]
    office.tick(office.now + 5 * MINUTE)
    assert escalated(office) == [other, guilty]


def test_a_clock_that_stays_due_sends_nothing_for_ever(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    (number,) = overdue(office)
    monkeypatch.setattr(ticks, "fire", lambda *_, **__: None)
    office.tick()
    assert escalated(office) == []
    assert office.clocks(number)[clockwork.RESPONSE].next_at == office.now + 5 * MINUTE


def test_it_waits_until_it_is_ready(office: Office) -> None:
    overdue(office)
    assert keeper(office, ready=False).step() is False
    assert escalated(office) == []


def test_after_the_clock_was_set_back_nothing_is_repeated(office: Office) -> None:
    (number,) = overdue(office)
    office.tick()
    office.tick(NOW)
    office.tick(NOW + 5 * HOUR)
    assert escalated(office) == [number]


# --- the start of the daemon ------------------------------------------------------------------------------


def test_clocks_wait_for_the_mailboxes_and_for_what_lies_in_them(store: Store) -> None:
    looked = False
    beginning = Beginning(store, lambda: looked)
    assert not beginning.over()
    office = Office(store, desk())
    claimed = office.take_in()
    looked = True
    assert not beginning.over()
    with store.begin() as work:
        work.inbound.quarantine(claimed, reason="no ticket")
    assert beginning.over()
    with store.begin() as work:
        work.inbound.add([stored_mail("later")], now=NOW)
    assert beginning.over()


def test_a_mailbox_that_is_down_does_not_stop_them_for_ever(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = 0.0
    monkeypatch.setattr("time.monotonic", lambda: seconds)
    beginning = Beginning(store, lambda: False)
    seconds = 119.0
    assert not beginning.over()
    seconds = 121.0
    assert beginning.over()
