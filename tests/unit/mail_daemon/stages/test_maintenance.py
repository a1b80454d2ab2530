"""Mails about planned work: people's answers become tickets, machines' are set aside, and open windows are told of."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mail_daemon.changes import maintenance
from mail_daemon.changes.maintenance_letters import written
from mail_daemon.changes.ticket import move
from mail_daemon.domain.maintenance import Announcement
from mail_daemon.domain.ticket import Cause
from mail_daemon.pipeline import Outcome
from tests.office import HOUR, NOW, Office, acknowledgements, read, words
from tests.written import COLLEAGUE, CUSTOMER, STRANGER, bounce, mail

BOSS = "boss@gmail.com"  # the contact of Acme


def announced(office: Office, **changes: Any) -> str:
    """The Message-ID of the letter to Acme's contact, about a window that is open for an hour from now on."""
    fields: dict[str, Any] = {
        "key": "sbc-1",
        "service": "Outbound calls",
        "impact": "OUTAGE",
        "starts": NOW,
        "ends": NOW + HOUR,
        "accounts": ("Acme",),
        "texts": {"": "We replace a router."},
        **changes,
    }
    with office.store.begin() as work:
        due = maintenance.announce(work, office.desk, Announcement(**fields), now=NOW - HOUR)
        drafts = written(office.desk, due.said, None, due.posts, sequence=0, now=NOW - HOUR)
        maintenance.carry_out(work, due, drafts, now=NOW - HOUR)
    return office.letters()[-1].message_id


def answer(office: Office, to: str, sender: str = BOSS, **fields: Any) -> Outcome:
    return office.file(mail(sender, in_reply_to=to, **{"message_id": f"<{len(office.tickets())}@x>", **fields}))


def shown(office: Office, name: str) -> str:
    (letter,) = [letter for letter in office.letters() if letter.letter == name]
    return " ".join(words(read(office, letter)).split())


# --- answers ------------------------------------------------------------------------------------------------


def test_an_answer_opens_a_ticket_of_its_own_category(office: Office) -> None:
    outcome = answer(office, announced(office), text="Could it be an hour later?")
    assert outcome.ticket is not None
    assert (outcome.ticket.category, outcome.ticket.account) == ("maintenance", "Acme")
    (event,) = office.events(outcome.ticket.id, "opened")
    assert event.detail["maintenance"] == "sbc-1"
    assert "Answers our letter about maintenance sbc-1" in shown(office, "notice")


def test_later_answers_join_the_ticket(office: Office) -> None:
    letter = announced(office)
    first, second = answer(office, letter), answer(office, letter, message_id="<second@x>")
    assert first.ticket and second.ticket
    assert second.ticket.id == first.ticket.id
    office.change(move, first.ticket.id, Cause.RESOLVED)
    third = answer(office, letter, message_id="<third@x>")
    assert third.ticket and third.ticket.id == first.ticket.id
    assert third.ticket.status == "open"


def test_trouble_keeps_its_own_category_and_priority(office: Office) -> None:
    ticket = answer(office, announced(office), text="Everything is down!").ticket
    assert ticket is not None
    assert (ticket.category, ticket.priority) == ("outage", 1)


def test_who_was_forwarded_the_letter_opens_an_ordinary_ticket(office: Office) -> None:
    """And binds the letter to it for nobody: its reader's own answer opens another."""
    letter = announced(office)
    strangers = answer(office, letter, STRANGER).ticket
    assert strangers and strangers.category == "other"
    readers = answer(office, letter, message_id="<boss@x>").ticket
    assert readers and readers.id != strangers.id
    assert answer(office, letter, message_id="<again@x>").ticket == office.ticket(readers.id)


@pytest.mark.parametrize("kind", ["out-of-office", "auto-reply", "read-receipt", "null-sender"])
def test_machines_that_answer_are_set_aside(office: Office, kind: str) -> None:
    outcome = answer(office, announced(office), automatic=kind)
    assert outcome.quarantined == "a machine's answer to the letter about maintenance sbc-1"
    assert office.tickets() == []


def test_an_answer_that_came_through_a_list_is_a_persons(office: Office) -> None:
    assert answer(office, announced(office), automatic="list").ticket is not None


def test_a_pressed_button_of_a_calendar_is_set_aside_even_without_a_thread(office: Office) -> None:
    outcome = office.file(mail(automatic="invitation-answer", subject="Accepted: Planned maintenance"))
    assert outcome.quarantined == "a calendar program's answer to an invitation"


def test_a_machine_within_a_ticket_stays_there(office: Office) -> None:
    letter = announced(office)
    ticket = answer(office, letter).ticket
    assert ticket is not None
    assert answer(office, letter, automatic="out-of-office", message_id="<ooo@x>").ticket == office.ticket(ticket.id)


def test_a_letter_that_comes_back_is_told_from_forged_reports(office: Office) -> None:
    letter = announced(office)
    assert office.file(bounce(letter)).quarantined == "a delivery report about the letter about maintenance sbc-1"
    forged = letter.replace("<TPBX-0.", "<TPBX-0.0")
    assert office.file(bounce(forged)).quarantined == "a delivery report about no letter of ours"


def test_a_guessed_or_changed_id_is_no_answer(office: Office) -> None:
    letter = announced(office)
    ticket = answer(office, letter.replace(letter[20], "7" if letter[20] != "7" else "6", 1)).ticket
    assert ticket is not None
    assert ticket.category == "other"


# --- open windows -------------------------------------------------------------------------------------------


def opened(office: Office, sender: str = CUSTOMER, *, at: datetime = NOW) -> None:
    office.now = at
    office.file(mail(sender, text="My phone is dead"))


def test_a_ticket_during_the_window_is_told_of_it(office: Office) -> None:
    announced(office)
    opened(office)
    assert "We are working on Outbound calls until Wednesday 25 November 2026, 16:32 CET." in shown(
        office, "acknowledgement"
    )
    assert "Outbound calls (sbc-1, outage) is running until Wednesday 25 November 2026, 10:32 EST" in shown(
        office, "notice"
    )


@pytest.mark.parametrize("at", [NOW - timedelta(seconds=1), NOW + HOUR])
def test_not_outside_the_window(office: Office, at: datetime) -> None:
    announced(office)
    opened(office, at=at)
    assert "Outbound calls" not in shown(office, "acknowledgement") + shown(office, "notice")


def test_not_where_it_concerns_others(office: Office) -> None:
    announced(office)
    opened(office, STRANGER)
    assert "Outbound calls" not in shown(office, "acknowledgement") + shown(office, "notice")


def test_what_concerns_all_concerns_those_whom_nobody_knows(office: Office) -> None:
    announced(office, accounts=())
    opened(office, STRANGER)
    assert "We are working on Outbound calls" in shown(office, "acknowledgement")


def test_customers_are_not_told_of_what_they_can_t_notice(office: Office) -> None:
    announced(office, impact="NO-IMPACT")
    opened(office)
    assert "Outbound calls" not in shown(office, "acknowledgement")
    assert "Outbound calls (sbc-1, no-impact) is running" in shown(office, "notice")


def test_a_reply_within_a_ticket_is_no_news_of_it(office: Office) -> None:
    opened(office, at=NOW - HOUR)
    (acknowledgement,) = acknowledgements(office)
    announced(office)
    office.now = NOW
    office.file(mail(COLLEAGUE, in_reply_to=acknowledgement.message_id, message_id="<r@x>"))
    reply = [letter for letter in office.letters() if letter.letter == "notice"][-1]
    assert "is running" not in words(read(office, reply))
