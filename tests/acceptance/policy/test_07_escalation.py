"""Section 7: when the standard channels don't solve it, the customer learns whom to turn to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mail_daemon.changes.ticket import answered
from mail_daemon.settings.policy import Contact
from tests.acceptance.policy.walked import CUSTOMER, TROUBLE, did, eastern, mail, opened, replied, said
from tests.acceptance.shipped import OLGA
from tests.office import HOUR, Office, read, told
from tests.written import ANN

pytestmark = pytest.mark.acceptance

MINUTE = timedelta(minutes=1)
EVENING = eastern(2026, 11, 23, 17)
DUE = EVENING + 4 * HOUR


def with_second_contact(office: Office) -> None:
    later = Contact(
        name="Dora Diaz",
        title="Director",
        address="dora@threepbx.com",
        telephone="877-771-7464 Ext 103",
        after=timedelta(hours=2),
    )
    policy = office.desk.policy.model_copy(update={"escalation": (*office.desk.policy.escalation, later)})
    office.desk = replace(office.desk, policy=policy)


def test_at_the_breach_the_customer_gets_one_apology_with_the_contact_in_his_own_thread(office: Office) -> None:
    opened(office, EVENING, TROUBLE, message_id="<trouble@acme.example>")
    office.tick(DUE - MINUTE)
    assert said(office, "escalation") == []
    office.tick(DUE)
    office.tick(DUE + 3 * HOUR)
    (letter,) = [read(office, each) for each in office.letters() if each.letter == "escalation"]
    assert letter["In-Reply-To"] == "<trouble@acme.example>"
    (words,) = said(office, "escalation", CUSTOMER)
    assert "We are sorry" in words
    assert "A first answer was due at Monday 23 November 2026, 21:00 EST" in words
    assert "Carlos Roman, Regional Sales Manager: carlos@threepbx.com" in words
    assert "877-771-7464 Ext 102" in words


def test_agents_and_the_on_call_person_are_told(office: Office) -> None:
    number = opened(office, EVENING, TROUBLE)
    office.tick(DUE - MINUTE)
    before = len(told(office))
    office.tick(DUE)
    assert sorted(told(office)[before:]) == [("escalation", CUSTOMER), ("warning", ANN), ("warning", OLGA)]
    assert office.ticket(number).overdue


def test_further_contacts_are_named_after_their_times(office: Office) -> None:
    with_second_contact(office)
    opened(office, EVENING, TROUBLE)
    office.tick(DUE)
    office.tick(DUE + 2 * HOUR)
    first, second = said(office, "escalation")
    assert "Dora Diaz" not in first
    assert "Carlos Roman" in second
    assert "Dora Diaz, Director: dora@threepbx.com" in second


def test_who_writes_again_gets_the_contacts_once_in_four_hours(office: Office) -> None:
    number = opened(office, EVENING, TROUBLE)
    office.tick(DUE)
    for hours in (1, 3, 5, 6, 10):
        replied(office, number, "Is there any news?", DUE + hours * HOUR)
    assert len(said(office, "escalation")) == 1 + 2  # after five hours, and after ten


def test_an_answer_in_time_leaves_nothing_to_escalate(office: Office) -> None:
    number = opened(office, EVENING, TROUBLE)
    did(office, answered, number)
    office.tick(DUE)
    assert said(office, "escalation") == []


def test_after_a_day_without_the_daemon_one_letter_says_when_it_was_due(office: Office) -> None:
    opened(office, EVENING, TROUBLE)
    office.tick(EVENING + 30 * HOUR)
    office.tick(EVENING + 30 * HOUR + MINUTE)
    (words,) = said(office, "escalation")
    assert "was due at Monday 23 November 2026, 21:00 EST, 26 hours ago" in words
    assert "The solution was due at Tuesday 24 November 2026, 14:00 EST" in words


def test_a_forged_sender_is_not_bombed(office: Office) -> None:
    office.now = EVENING
    office.open(mail("eve@elsewhere.example", **TROUBLE, authentication=mail().authentication.__class__()))
    office.tick(DUE)
    office.tick(DUE + 20 * HOUR)
    (words,) = said(office, "escalation")
    assert TROUBLE["subject"] not in words
