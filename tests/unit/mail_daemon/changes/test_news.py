"""News: the customer hears of a work-around and of what became of the ticket, in their own thread."""

from __future__ import annotations

import pytest

from mail_daemon.changes import news
from mail_daemon.changes.notes import note_workaround
from mail_daemon.changes.ticket import move
from mail_daemon.domain.by import By
from mail_daemon.domain.ticket import Cause
from tests.office import Office, read, words
from tests.written import CUSTOMER, STRANGER, mail


def status(office: Office) -> list[str]:
    return [
        words(read(office, letter)).replace("\r\n", "\n") for letter in office.letters() if letter.letter == "status"
    ]


def tell(office: Office, number: int, what: str) -> None:
    with office.store.begin() as work:
        news.tell(work, office.desk, office.ticket(number), what, By("ann", office.now))


def test_a_workaround_is_sent_as_it_was_written(office: Office) -> None:
    number = office.open(mail(subject="Dead phone"))
    office.change(note_workaround, number, "Dial 9 first.\nThen the number.")
    (shown,) = status(office)
    assert "> Dial 9 first.\n> Then the number." in shown
    assert "In-Reply-To: <1@acme.example>" in shown
    assert f"To: Cy Carter <{CUSTOMER}>" in shown


def test_resolved_says_when_it_closes(office: Office) -> None:
    number = office.open(mail(subject="Dead phone"))
    office.change(move, number, Cause.RESOLVED)
    tell(office, number, news.RESOLVED)
    assert "Otherwise it closes by itself on Wednesday 2 December 2026" in " ".join(status(office)[0].split())


@pytest.mark.parametrize("what", [news.VENDOR, news.RESTORED, news.CLOSED])
def test_nobody_unproven_reads_his_own_words(office: Office, what: str) -> None:
    number = office.open(mail(STRANGER, subject="Secret"))
    tell(office, number, what)
    (shown,) = status(office)
    assert "Secret" not in shown
    assert "Cy Carter" not in shown
