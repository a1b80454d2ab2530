"""Section 6: a Reason for Outage within 24 hours for any priority 1, within 96 for any priority 2."""

from __future__ import annotations

import io
from datetime import timedelta

import pypdf
import pytest

from mail_daemon.changes import rfo
from mail_daemon.changes.ticket import answered, move, rank
from mail_daemon.domain.by import By
from mail_daemon.domain.rfo import Sections
from mail_daemon.domain.ticket import Cause
from tests.acceptance.policy.walked import (
    BY_LEVEL,
    CUSTOMER,
    OUTAGE,
    PARTIAL,
    TROUBLE,
    did,
    eastern,
    opened,
    said,
    subjects,
)
from tests.acceptance.shipped import ADMIN, OLGA
from tests.office import HOUR, Office, read, told
from tests.written import ANN

pytestmark = pytest.mark.acceptance

MINUTE = timedelta(minutes=1)
FRIDAY = eastern(2026, 11, 20, 17)
WORDS = Sections(
    service="Voice",
    cause="A routing change sent calls to a drained gateway.",
    impact="Nobody could call.",
    resolution="We took the change back.",
    prevention="Drained gateways take no new calls.",
)


@pytest.mark.parametrize(("level", "hours"), [(1, 24), (2, 96)])
def test_any_priority_1_owes_it_within_24_hours_and_any_priority_2_within_96(
    office: Office, level: int, hours: int
) -> None:
    number = opened(office, FRIDAY, BY_LEVEL[level])
    assert office.clocks(number)["rfo"].due == FRIDAY + hours * HOUR  # over the weekend, by the clock on the wall


def test_it_counts_from_the_moment_of_a_raise(office: Office) -> None:
    number = opened(office, FRIDAY, TROUBLE)
    assert "rfo" not in office.clocks(number)
    office.now = FRIDAY + HOUR
    did(office, rank, number, 2)
    assert office.clocks(number)["rfo"].due == FRIDAY + 97 * HOUR
    office.now = FRIDAY + 3 * HOUR
    did(office, rank, number, 1)
    assert office.clocks(number)["rfo"].due == FRIDAY + 27 * HOUR


def test_it_stays_owed_when_the_ticket_was_de_escalated_and_resolved(office: Office) -> None:
    number = opened(office, FRIDAY, OUTAGE)
    did(office, answered, number)
    did(office, move, number, Cause.RESTORED)
    did(office, move, number, Cause.RESOLVED)
    assert office.clocks(number)["rfo"].state == "running"
    office.tick(FRIDAY + 18 * HOUR)
    assert len(said(office, "rfo-draft", ANN)) == 1


def test_agents_get_its_draft_in_time_and_are_warned(office: Office) -> None:
    number = opened(office, FRIDAY, OUTAGE)
    did(office, answered, number)
    did(office, move, number, Cause.RESTORED)
    office.tick(FRIDAY + 18 * HOUR)
    (draft,) = said(office, "rfo-draft", ANN)
    assert f"TPBX-{number} owes its customer a Reason for Outage by Saturday 21 November 2026, 17:00 EST" in draft
    office.tick(FRIDAY + 21.6 * HOUR)
    assert "The Reason for Outage is due in" in subjects(office, "warning", ANN)[-1]


def test_an_overdue_one_escalates_to_who_is_on_call_and_the_admins_and_not_to_the_customer(office: Office) -> None:
    number = opened(office, FRIDAY, OUTAGE)
    did(office, answered, number)
    did(office, move, number, Cause.RESTORED)
    office.tick(FRIDAY + 22 * HOUR)
    before = len(told(office))
    office.tick(FRIDAY + 24 * HOUR)
    assert sorted(told(office)[before:]) == [("warning", ANN), ("warning", OLGA), ("warning", ADMIN)]
    assert "The Reason for Outage is overdue" in subjects(office, "warning", ADMIN)[-1]


def test_the_customer_gets_it_in_the_thread_as_a_mail_and_a_pdf(office: Office) -> None:
    number = opened(office, FRIDAY, OUTAGE, message_id="<outage@acme.example>")
    did(office, rfo.complete, number, WORDS)
    did(office, rfo.send, number)
    (letter,) = [read(office, each) for each in office.letters() if each.letter == "rfo"]
    assert letter["In-Reply-To"] == "<outage@acme.example>"
    (paper,) = [part for part in letter.iter_attachments() if part.get_content_type() == "application/pdf"]
    pages = pypdf.PdfReader(io.BytesIO(paper.get_content())).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for words in (WORDS.cause, WORDS.impact, WORDS.resolution, WORDS.prevention):
        assert words in text
        assert words in said(office, "rfo")[0]
    clock = office.clocks(number)["rfo"]
    assert (clock.state, clock.stopped_at) == ("met", FRIDAY)


def test_an_agent_may_waive_it_with_a_reason(office: Office) -> None:
    number = opened(office, FRIDAY, PARTIAL)
    did(office, rfo.waive, number, "the customer tested his own failover")
    assert office.clocks(number)["rfo"].state == "ended"
    (event,) = office.events(number, "rfo waived")
    assert event.detail["reason"] == "the customer tested his own failover"


def test_tickets_of_one_outage_share_one_and_each_customer_gets_it_alone(office: Office) -> None:
    numbers = [opened(office, FRIDAY, OUTAGE), opened(office, FRIDAY, OUTAGE, "dee@bluebird.example")]
    with office.store.begin() as work:
        tickets = [ticket for number in numbers if (ticket := work.tickets.get(number, lock=True))]
        by = By("ann", office.now)
        rfo.share(work, office.desk, tickets, by)
        rfo.complete(work, office.desk, tickets[0], WORDS, by)
        rfo.send(work, office.desk, tickets[0], by)
    sent = [letter for letter in told(office) if letter[0] == "rfo"]
    assert sent == [("rfo", CUSTOMER), ("rfo", "dee@bluebird.example")]
    assert all(office.clocks(number)["rfo"].state == "met" for number in numbers)
