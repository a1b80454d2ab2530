"""Section 5: four priorities, each with the time until an answer and until the solution."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mail_daemon.changes.ticket import answered, move, rank
from mail_daemon.domain.ticket import Cause
from tests.acceptance.policy.walked import (
    BY_LEVEL,
    OUTAGE,
    PARTIAL,
    QUESTION,
    TROUBLE,
    did,
    eastern,
    mail,
    opened,
    replied,
    said,
    subjects,
)
from tests.acceptance.shipped import OLGA
from tests.office import DAY, HOUR, Office, told
from tests.written import ANN

pytestmark = pytest.mark.acceptance

MINUTE = timedelta(minutes=1)
MONDAY = eastern(2026, 11, 23, 12)
FRIDAY = eastern(2026, 11, 20, 17)
BEFORE_HOLIDAY = eastern(2026, 11, 25, 17)  # Thursday is Thanksgiving


# --- which priority ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "words"),
    [
        (1, "We have no dial tone on any phone in the company."),
        (1, "None of our phones can register."),
        (1, "Nobody in our company can complete any calls."),
        (2, "Outbound calls to area code 303 are not completing."),
        (2, "Inbound calls keep dropping for the whole sales group."),
        (2, "We have one-way audio on calls at our Denver branch."),
        (2, "The web interface is not available."),
        (3, "Call transfers stopped working on my phone."),
        (3, "My voicemail does not work any more."),
        (3, "I need a password reset for the portal."),
        (4, "Please set up an auto attendant for us."),
        (4, "We would like a custom dial plan."),
        (4, "How do I configure a simultaneous ring group?"),
        (4, "We need custom programming for our call flow."),
        (4, "Please help me with the configuration of a new device."),
    ],
)
def test_the_policys_own_examples_have_the_priority_that_it_gives_them(office: Office, level: int, words: str) -> None:
    assert office.ticket(opened(office, MONDAY, {"subject": "Support", "text": words})).priority == level


def test_one_user_without_dial_tone_is_3(office: Office) -> None:
    number = opened(office, MONDAY, {"subject": "Phone", "text": "My phone has no dial tone."})
    assert office.ticket(number).priority == 3


def test_a_question_about_a_past_outage_is_4(office: Office) -> None:
    number = opened(office, MONDAY, {"subject": "Report", "text": "What was the reason for the outage last week?"})
    assert office.ticket(number).priority == 4


# --- until when -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "hours"), [(1, 1), (2, 2), (3, 4), (4, 8)])
def test_time_to_respond_runs_round_the_clock(office: Office, level: int, hours: int) -> None:
    number = opened(office, FRIDAY + 6 * HOUR, BY_LEVEL[level])
    assert office.clocks(number)["response"].due == FRIDAY + (6 + hours) * HOUR


@pytest.mark.parametrize("level", [1, 2])
def test_an_outage_is_restored_as_soon_as_possible(office: Office, level: int) -> None:
    number = opened(office, MONDAY, BY_LEVEL[level])
    assert office.clocks(number)["resolution"].due is None
    assert "as soon as possible" in said(office, "acknowledgement")[0]


@pytest.mark.parametrize(
    ("at", "level", "due"),
    [
        (FRIDAY, 3, eastern(2026, 11, 23, 14)),  # two hours on Friday, six on Monday
        (BEFORE_HOLIDAY, 3, eastern(2026, 11, 27, 14)),  # two on Wednesday, six on Friday
        (eastern(2026, 10, 30, 17), 3, eastern(2026, 11, 2, 14)),  # the clocks go back on Sunday
        (MONDAY, 4, eastern(2026, 11, 30, 16)),  # 7, 11, 11, none, 11, and 8 on Monday
        (eastern(2026, 12, 31, 18), 3, eastern(2027, 1, 4, 15)),  # over the turn of the year
    ],
)
def test_within_business_hours_it_is_solved(office: Office, at: datetime, level: int, due: datetime) -> None:
    number = opened(office, at, BY_LEVEL[level])
    assert office.clocks(number)["resolution"].due == due
    assert {3: "8 business hours", 4: "48 business hours"}[level] in said(office, "acknowledgement")[0]


def test_agents_are_warned_before_a_promise_breaks(office: Office) -> None:
    opened(office, MONDAY, TROUBLE)
    for minutes in range(0, 240, 4):
        office.tick(MONDAY + minutes * MINUTE)
    assert [subject.partition(" [")[0] for subject in subjects(office, "warning", ANN)] == [
        "Warning: The first answer is due in 1 hour",
        "Warning: The first answer is due in 24 minutes",
    ]


# --- outages without news ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "hours"), [(1, 1), (2, 2)])
def test_agents_are_reminded_of_news_and_the_customer_gets_no_empty_mail(
    office: Office, level: int, hours: int
) -> None:
    number = opened(office, MONDAY, BY_LEVEL[level])
    did(office, answered, number)
    before = len(told(office))
    office.tick(MONDAY + hours * HOUR - MINUTE)
    assert told(office)[before:] == []
    office.tick(MONDAY + hours * HOUR)
    assert told(office)[before:] == [("warning", ANN)]
    assert "The customer waits for news" in subjects(office, "warning")[-1]


def test_two_missed_updates_page_the_next_on_call_level(office: Office) -> None:
    number = opened(office, MONDAY, OUTAGE)
    office.tick()
    did(office, answered, number)
    office.tick(MONDAY + HOUR)
    assert [to for letter, to in told(office) if letter == "page"] == [ANN]
    office.tick(MONDAY + 2 * HOUR)
    assert [to for letter, to in told(office) if letter == "page"] == [ANN, ANN, OLGA]


# --- de-escalation ----------------------------------------------------------------------------------------


def test_an_outage_that_is_restored_is_left_open_for_monitoring_as_3(office: Office) -> None:
    number = opened(office, MONDAY, OUTAGE)
    did(office, answered, number)
    did(office, move, number, Cause.RESTORED)
    ticket, clocks = office.ticket(number), office.clocks(number)
    assert (ticket.status, ticket.priority) == ("monitoring", 3)
    assert (clocks["resolution"].state, clocks["update"].state) == ("met", "ended")
    before = len(told(office))
    office.tick(MONDAY + 5 * HOUR)
    assert told(office)[before:] == []


def test_a_relapse_restores_the_old_priority_and_its_clocks(office: Office) -> None:
    number = opened(office, MONDAY, OUTAGE)
    did(office, answered, number)
    did(office, move, number, Cause.RESTORED)
    replied(office, number, "It is down again: none of our phones has a dial tone.", MONDAY + 3 * HOUR)
    ticket, clocks = office.ticket(number), office.clocks(number)
    assert (ticket.status, ticket.priority) == ("open", 1)
    assert (clocks["resolution"].state, clocks["update"].state) == ("running", "running")
    assert clocks["update"].due == MONDAY + 4 * HOUR


def test_thanks_for_the_restored_service_are_no_relapse(office: Office) -> None:
    number = opened(office, MONDAY, {"subject": "All phones are down", "text": "Nobody can call."})
    did(office, answered, number)
    did(office, move, number, Cause.RESTORED)
    replied(office, number, "Thank you, that helps.", MONDAY + 3 * HOUR)
    assert (office.ticket(number).status, office.ticket(number).priority) == ("monitoring", 3)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_final_priority_of_1_2_and_3_is_4(office: Office, level: int) -> None:
    number = opened(office, MONDAY, BY_LEVEL[level])
    did(office, answered, number)
    did(office, move, number, Cause.RESOLVED)
    ticket = office.ticket(number)
    assert (ticket.status, ticket.priority, ticket.highest_priority) == ("resolved", 4, level)
    running = [clock.kind for clock in office.clocks(number).values() if clock.state == "running"]
    assert running == (["rfo", "close"] if level < 3 else ["close"])


def test_a_resolved_ticket_is_warned_about_and_then_closed(office: Office) -> None:
    number = opened(office, MONDAY, TROUBLE)
    did(office, answered, number)
    did(office, move, number, Cause.RESOLVED)
    office.tick(MONDAY + 3 * DAY - MINUTE)
    assert said(office, "closing-warning") == []
    office.tick(MONDAY + 3 * DAY)
    (letter,) = said(office, "closing-warning")
    assert "Monday 30 November 2026, 12:00 EST" in letter
    office.tick(MONDAY + 7 * DAY)
    assert (office.ticket(number).status, office.ticket(number).priority) == ("closed", 4)


def test_reopening_starts_a_new_response_clock(office: Office) -> None:
    number = opened(office, MONDAY, TROUBLE)
    did(office, answered, number)
    did(office, move, number, Cause.RESOLVED)
    replied(office, number, "Is there any news?", MONDAY + DAY)
    clock = office.clocks(number)["response"]
    assert (clock.state, clock.started, clock.due) == ("running", MONDAY + DAY, MONDAY + DAY + 8 * HOUR)
    assert office.clocks(number)["close"].state == "ended"


# --- a priority that changes ------------------------------------------------------------------------------


def test_a_raise_is_due_at_the_earlier_of_the_old_time_and_the_raise_plus_the_new_target(office: Office) -> None:
    early, late = opened(office, MONDAY, QUESTION), opened(office, MONDAY, QUESTION, "c2@acme.example")
    office.now = MONDAY + HOUR
    did(office, rank, early, 3)
    assert office.clocks(early)["response"].due == MONDAY + 5 * HOUR
    office.now = MONDAY + 6 * HOUR
    did(office, rank, late, 3)
    assert office.clocks(late)["response"].due == MONDAY + 8 * HOUR


def test_a_lowering_is_due_at_the_start_plus_the_new_target(office: Office) -> None:
    number = opened(office, MONDAY, TROUBLE)
    office.now = MONDAY + HOUR
    did(office, rank, number, 4)
    assert office.clocks(number)["response"].due == MONDAY + 8 * HOUR
    assert office.clocks(number)["resolution"].due == eastern(2026, 11, 30, 16)


def test_a_resolution_clock_without_due_time_starts_at_the_change(office: Office) -> None:
    number = opened(office, MONDAY, OUTAGE)
    office.now = MONDAY + HOUR
    did(office, rank, number, 3)
    assert office.clocks(number)["resolution"].due == eastern(2026, 11, 24, 10)  # six hours today, two tomorrow


def test_a_reply_can_raise_and_never_lowers(office: Office) -> None:
    number = opened(office, MONDAY, TROUBLE)
    replied(office, number, "How do I set up a ring group?")
    assert office.ticket(number).priority == 3
    replied(office, number, "Now the phones of our whole Dallas branch have no dial tone.")
    assert office.ticket(number).priority == 2


def test_a_pause_keeps_what_is_left(office: Office) -> None:
    number = opened(office, MONDAY, QUESTION)
    office.now = MONDAY + HOUR
    did(office, move, number, Cause.ASKED)
    assert office.clocks(number)["response"].state == "paused"
    replied(office, number, "It is for ten people.", MONDAY + DAY)
    assert office.ticket(number).status == "open"
    assert office.clocks(number)["response"].due == MONDAY + DAY + 7 * HOUR


def test_every_decision_keeps_its_reasons(office: Office) -> None:
    number = opened(office, MONDAY, PARTIAL)
    assert "one-way-audio" in office.ticket(number).reasons[0].rule
    assert "one way audio" in said(office, "acknowledgement")[0]
    assert "one-way-audio" in said(office, "notice", ANN)[0]


def test_a_mark_is_no_reason_that_a_customer_is_told(office: Office) -> None:
    number = opened(office, MONDAY, {"subject": "Pregunta", "text": "Hola, ¿cómo configuro el desvío de llamadas?"})
    assert [reason.evidence for reason in office.ticket(number).reasons] == ["?"]
    assert "We chose this priority because" not in said(office, "acknowledgement")[0]
    assert "“?”" in said(office, "notice")[0]


def test_shouting_raises_nothing(office: Office) -> None:
    office.now = MONDAY
    shouted = mail(subject="URGENT!!! ASAP!!!", text="URGENT: how do I set up a ring group?!", importance="high")
    assert office.ticket(office.open(shouted)).priority >= 3
