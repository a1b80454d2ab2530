"""Closing: a resolved ticket is warned about and then closed, unless somebody writes."""

from __future__ import annotations

from mail_daemon.changes.ticket import move
from mail_daemon.domain.by import By
from mail_daemon.domain.ticket import Cause
from tests.office import DAY, NOW, Office, read, words
from tests.written import CUSTOMER, mail


def resolved(office: Office) -> int:
    number = office.open(mail(subject="Dead phone", text="My phone is dead."))
    with office.store.begin() as work:
        ticket = work.tickets.get(number)
        assert ticket is not None
        move(work, office.desk, ticket, Cause.RESOLVED, By("ann", NOW))
    return number


def warned(office: Office) -> list[str]:
    return [words(read(office, letter)) for letter in office.letters() if letter.letter == "closing-warning"]


def test_after_three_days_the_customer_is_told_when_it_closes(office: Office) -> None:
    number = resolved(office)
    office.tick(NOW + 2 * DAY)
    assert warned(office) == []
    office.tick(NOW + 3 * DAY)
    (letter,) = warned(office)
    assert "as resolved on Wednesday 25 November 2026, 15:32 CET" in " ".join(letter.split())
    assert "Wednesday 2 December 2026, 15:32 CET" in " ".join(letter.split())
    assert "In-Reply-To: <1@acme.example>" in letter
    assert office.ticket(number).status == "resolved"


def test_after_seven_days_it_is_closed_with_priority_4_and_without_a_letter(office: Office) -> None:
    number = resolved(office)
    office.tick(NOW + 3 * DAY)
    letters = len(office.letters())
    office.tick(NOW + 7 * DAY)
    ticket = office.ticket(number)
    assert (ticket.status, ticket.priority, ticket.highest_priority) == ("closed", 4, 3)
    assert len(office.letters()) == letters
    office.tick(NOW + 70 * DAY)
    assert len(office.letters()) == letters


def test_a_reply_keeps_it_open(office: Office) -> None:
    number = resolved(office)
    office.tick(NOW + 3 * DAY)
    office.now = NOW + 4 * DAY
    office.file(mail(in_reply_to=office.key(number, CUSTOMER), message_id="<2@acme.example>", text="Still dead."))
    assert office.ticket(number).status == "open"
    office.tick(NOW + 7 * DAY)
    assert office.ticket(number).status == "open"


def test_nobody_is_closed_unwarned_because_the_daemon_was_down(office: Office) -> None:
    number = resolved(office)
    office.tick(NOW + 20 * DAY)
    assert len(warned(office)) == 1
    assert "Saturday 19 December 2026" in " ".join(warned(office)[0].split())  # four days from then
    assert office.ticket(number).status == "resolved"
    office.tick(NOW + 24 * DAY)
    assert office.ticket(number).status == "closed"
