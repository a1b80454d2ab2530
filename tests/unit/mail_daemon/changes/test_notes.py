"""What agents put down about a ticket, and what they are told where it can't be."""

from __future__ import annotations

from typing import Any

import pytest

from mail_daemon import timing
from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.notes import assign, categorise, note_fault, note_vendor, note_workaround
from mail_daemon.domain.by import By
from tests.office import Office
from tests.written import mail


@pytest.mark.parametrize(
    ("verb", "given", "column", "kept", "what"),
    [
        (note_vendor, " CASE-77 \n of May ", "vendor_ref", "CASE-77 of May", "vendor noted"),
        (note_workaround, "Dial *9 first.\n", "workaround", "Dial *9 first.", "work-around noted"),
        (assign, "bob", "assignee", "bob", "assignee changed"),
        (categorise, "billing", "category", "billing", "category changed"),
    ],
)
def test_what_an_agent_says_is_kept_with_who_and_when(
    office: Office, verb: Any, given: str, column: str, kept: str, what: str
) -> None:
    number = office.open(mail())
    ticket = office.change(verb, number, given)
    assert getattr(ticket, column) == kept
    (event,) = office.events(number, what)
    assert (event.actor, event.at) == ("ann", office.now)
    assert kept in event.detail.values()


@pytest.mark.parametrize(
    ("verb", "given", "said"),
    [
        (note_vendor, " \n", "one line"),
        (note_vendor, "x" * 201, "at most 200"),
        (note_workaround, "  ", "in words"),
        (note_workaround, "x" * 20_001, "at most 20000"),
        (assign, "zoe", "There is no agent 'zoe'; write one of ann, bob"),
        (categorise, "phones", "no category 'phones'; write one of outage, trouble"),
        (note_fault, "mine", "write one of customer, provider"),
        (note_fault, "customer", "TPBX-1001 has no cause to review"),
    ],
)
def test_what_can_not_be_says_why_and_changes_nothing(office: Office, verb: Any, given: str, said: str) -> None:
    number = office.open(mail())
    before = office.ticket(number)
    with pytest.raises(ChangeError, match=said):
        office.change(verb, number, given)
    assert office.ticket(number) == before


def test_whose_fault_an_uncovered_outage_was_may_be_corrected(office: Office) -> None:
    number = office.open(mail(), cause_review=True)
    assert office.change(note_fault, number, "customer").fault == "customer"
    assert office.change(note_fault, number, "provider").fault == "provider"
    assert [event.detail["to"] for event in office.events(number, "fault noted")] == ["customer", "provider"]


def test_who_is_given_a_ticket_need_not_be_called_to_it(office: Office) -> None:
    number = office.open(mail())
    with office.store.begin() as work:
        timing.start(work, office.desk, office.ticket(number), ["page"], By("mail-daemon", office.now))
    office.change(assign, number, None)
    assert office.clocks(number)["page"].state == "running"
    office.change(assign, number, "ann")
    assert office.clocks(number)["page"].state == "met"
