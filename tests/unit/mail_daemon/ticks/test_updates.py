"""Updates: while a service is down its customer hears from us, so agents are reminded (policy section 5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mail_daemon.changes.ticket import answered, move
from mail_daemon.domain.by import By
from mail_daemon.domain.ticket import Cause
from tests.office import HOUR, NOW, Office, read, words
from tests.written import mail

MINUTE = timedelta(minutes=1)


def outage(office: Office) -> int:
    """A priority 1 that an agent has answered at once."""
    number = office.open(mail(subject="Down", text="Everything is down."))
    answer(office, number)
    return number


def answer(office: Office, number: int) -> None:
    with office.store.begin() as work:
        ticket = work.tickets.get(number)
        assert ticket is not None
        answered(work, office.desk, ticket, By("ann", office.now))


def reminders(office: Office) -> list[str]:
    """The reminders that went to ann."""
    shown = [words(read(office, letter)) for letter in office.letters() if letter.letter == "warning"]
    return [" ".join(text.split()) for text in shown if "waits for news" in text]


def test_agents_are_reminded_every_hour_until_they_write(office: Office) -> None:
    number = outage(office)
    office.tick(NOW + HOUR - MINUTE)
    assert reminders(office) == []
    office.tick(NOW + HOUR)
    assert "No word to the customer since Wednesday 25 November 2026, 09:32 EST" in reminders(office)[0]
    office.now = NOW + HOUR + MINUTE
    answer(office, number)
    office.tick(NOW + 2 * HOUR)
    assert len(reminders(office)) == 1
    office.tick(NOW + 2 * HOUR + MINUTE)
    assert len(reminders(office)) == 2


def test_the_customer_gets_no_empty_letter(office: Office) -> None:
    outage(office)
    office.tick(NOW + HOUR)
    assert {letter.letter for letter in office.letters()} <= {"acknowledgement", "notice", "warning", "page"}


def test_two_missed_in_a_row_page_whoever_is_on_call(office: Office) -> None:
    number = outage(office)
    office.tick(NOW + HOUR)
    assert not pages(office, number)
    office.tick(NOW + 2 * HOUR)
    assert pages(office, number)


def pages(office: Office, number: int) -> bool:
    clock = office.clocks(number).get("page")
    return clock is not None and clock.state == "running"


def test_after_thirty_hours_there_is_one_reminder(office: Office) -> None:
    number = outage(office)
    office.tick(NOW + 30 * HOUR)
    assert len(reminders(office)) == 1
    assert "30 updates missed in a row" in reminders(office)[0]
    assert pages(office, number)
    assert office.clocks(number)["update"].next_at == NOW + 31 * HOUR


@pytest.mark.parametrize("cause", [Cause.RESTORED, Cause.RESOLVED, Cause.ASKED])
def test_restored_resolved_or_the_customers_turn_ends_it(office: Office, cause: Cause) -> None:
    number = outage(office)
    with office.store.begin() as work:
        ticket = work.tickets.get(number)
        assert ticket is not None
        move(work, office.desk, ticket, cause, By("ann", NOW))
    office.tick(NOW + 5 * HOUR)
    assert reminders(office) == []
