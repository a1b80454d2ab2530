"""Section 8: from the dispatch of the ticket until a person's response, which need not be a solution."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mail_daemon.changes.ticket import answered
from tests.acceptance.policy.walked import CUSTOMER, TROUBLE, did, eastern, mail, opened
from tests.office import HOUR, Office
from tests.written import ANN

pytestmark = pytest.mark.acceptance

MINUTE = timedelta(minutes=1)
MONDAY = eastern(2026, 11, 23, 12)


def test_it_counts_from_the_earliest_time_that_our_own_servers_saw_the_mail(office: Office) -> None:
    office.now = MONDAY
    sent = mail(**TROUBLE, dispatched=MONDAY - 30 * MINUTE, date=MONDAY - 9 * HOUR)
    outcome = office.file(sent, received=MONDAY - 10 * MINUTE)
    assert outcome.ticket is not None
    assert outcome.ticket.opened == MONDAY - 30 * MINUTE
    assert office.clocks(outcome.ticket.id)["response"].due == MONDAY - 30 * MINUTE + 4 * HOUR


def test_the_date_header_moves_nothing(office: Office) -> None:
    office.now = MONDAY
    number = office.open(mail(**TROUBLE, date=MONDAY - 300 * HOUR))
    assert office.clocks(number)["response"].started == MONDAY


def test_the_acknowledgement_is_no_response(office: Office) -> None:
    number = opened(office, MONDAY, TROUBLE)
    assert office.letters()[0].letter == "acknowledgement"
    assert (office.clocks(number)["response"].state, office.ticket(number).status) == ("running", "new")


def test_an_absence_note_is_none_either(office: Office) -> None:
    number = opened(office, MONDAY, TROUBLE)
    office.file(mail(ANN, automatic="out-of-office", in_reply_to=office.key(number, CUSTOMER)))
    office.file(mail(CUSTOMER, automatic="out-of-office", in_reply_to=office.key(number, CUSTOMER)))
    assert (office.clocks(number)["response"].state, office.ticket(number).status) == ("running", "new")


def test_an_agents_answer_is_one_as_of_its_dispatch(office: Office) -> None:
    number = opened(office, MONDAY, TROUBLE)
    office.now = MONDAY + 5 * HOUR  # it lay in the mailbox while the daemon was down
    did(office, answered, number, at=MONDAY + 3 * HOUR)
    clock = office.clocks(number)["response"]
    assert (clock.state, clock.stopped_at) == ("met", MONDAY + 3 * HOUR)
    assert clock.due is not None
    assert clock.due > MONDAY + 3 * HOUR  # in time


def test_a_response_is_no_solution(office: Office) -> None:
    number = opened(office, MONDAY, TROUBLE)
    did(office, answered, number)
    assert (office.ticket(number).status, office.clocks(number)["resolution"].state) == ("open", "running")
