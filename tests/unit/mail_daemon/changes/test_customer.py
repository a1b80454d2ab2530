"""What a customer's own words do to a ticket that goes on, that waits, that is monitored, or that has ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mail_daemon.changes.customer import customer_wrote
from mail_daemon.changes.ticket import answered, move, rank
from mail_daemon.domain.priority import Ranking
from mail_daemon.domain.ticket import Cause
from parsers.mail import Mail
from tests.office import DAY, HOUR, NOW, Office, utc
from tests.written import CUSTOMER, mail

MINUTE = timedelta(minutes=1)
ALL_DOWN, SITE_DOWN, ONE_PHONE = "Everything is down.", "Our site is down.", "My phone is dead."


def reply(office: Office, number: int, text: str = "Thank you.", **fields: Any) -> Mail:
    return mail(in_reply_to=office.key(number, CUSTOMER), message_id="<2@acme.example>", text=text, **fields)


def states(office: Office, number: int) -> dict[str, str]:
    return {kind: clock.state for kind, clock in office.clocks(number).items()}


# --- what waits for the customer --------------------------------------------------------------------------


def test_a_reply_resumes_from_its_dispatch_though_it_is_filed_later(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.change(move, number, Cause.ASKED)
    office.now += 5 * HOUR  # the daemon was down for three of them
    office.file(reply(office, number), received=NOW + 2 * HOUR)
    assert office.ticket(number).status == "open"
    assert office.clocks(number)["response"].due == NOW + 6 * HOUR
    (event,) = [event for event in office.events(number, "clock") if event.detail["did"] == "resumed"][:1]
    assert (event.actor, event.detail["clock"]) == (CUSTOMER, "response")
    assert event.detail["at"] == (NOW + 2 * HOUR).isoformat()


def test_a_reply_that_crossed_the_question_pauses_for_no_time(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    before = office.clocks(number)["response"].due
    office.now += HOUR
    office.change(move, number, Cause.ASKED)
    office.file(reply(office, number), received=NOW + 30 * MINUTE)
    assert office.clocks(number)["response"].due == before


@pytest.mark.parametrize("cause", [Cause.GIVEN_TO_VENDOR, Cause.HELD])
def test_a_reply_leaves_what_is_at_the_vendor_or_on_hold(office: Office, cause: Cause) -> None:
    number = office.open(mail(text=ONE_PHONE))
    before = office.change(move, number, cause)
    office.file(reply(office, number))
    assert office.ticket(number).status == before.status
    assert states(office, number)["response"] == "paused"


def test_a_reply_beneath_a_hold_counts_once_it_is_released(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    for cause in (Cause.ASKED, Cause.HELD):
        office.change(move, number, cause)
    office.file(reply(office, number))
    assert (office.ticket(number).status, office.ticket(number).held_status) == ("on_hold", "open")
    office.now += DAY
    assert office.change(move, number, Cause.RELEASED).status == "open"
    assert office.clocks(number)["response"].due == office.now + 4 * HOUR


def test_a_raise_counts_from_the_dispatch_of_the_mail(office: Office) -> None:
    number = office.open(mail())
    office.now += 3 * HOUR
    office.file(reply(office, number, ALL_DOWN), received=NOW + HOUR)
    clocks = office.clocks(number)
    assert clocks["response"].due == NOW + 2 * HOUR
    assert (clocks["update"].due, clocks["rfo"].due) == (NOW + 2 * HOUR, NOW + 25 * HOUR)
    assert office.ticket(number).overdue is True


# --- what is monitored ------------------------------------------------------------------------------------


def monitored(office: Office, text: str = SITE_DOWN) -> int:
    number = office.open(mail(text=text))
    office.change(answered, number)
    office.change(move, number, Cause.RESTORED)
    office.now += HOUR
    return number


def test_thanks_leave_it_monitored(office: Office) -> None:
    number = monitored(office)
    office.file(reply(office, number))
    office.file(reply(office, number, ONE_PHONE))
    ticket = office.ticket(number)
    assert (ticket.status, ticket.priority, ticket.lowered_from) == ("monitoring", 3, 2)


@pytest.mark.parametrize(
    ("text", "said", "level"), [(SITE_DOWN, SITE_DOWN, 2), (SITE_DOWN, ALL_DOWN, 1), (ALL_DOWN, SITE_DOWN, 1)]
)
def test_words_of_an_outage_are_a_relapse_and_lower_nothing(office: Office, text: str, said: str, level: int) -> None:
    number = monitored(office, text)
    office.file(reply(office, number, said))
    ticket = office.ticket(number)
    assert (ticket.status, ticket.priority, ticket.lowered_from) == ("open", level, None)
    assert states(office, number)["update"] == states(office, number)["resolution"] == "running"


def test_an_out_of_office_is_no_relapse(office: Office) -> None:
    number = monitored(office)
    office.file(reply(office, number, ALL_DOWN, automatic="out-of-office"))
    assert office.ticket(number).status == "monitoring"


# --- what has ended ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", [Cause.RESOLVED, Cause.CLOSED])
@pytest.mark.parametrize(("text", "level"), [("Thank you.", 4), (ONE_PHONE, 3), (ALL_DOWN, 1)])
def test_it_is_open_again_with_the_priority_of_the_new_words(
    office: Office, cause: Cause, text: str, level: int
) -> None:
    number = office.open(mail(text=SITE_DOWN))
    office.change(move, number, cause)
    office.now += HOUR
    office.file(reply(office, number, text))
    ticket = office.ticket(number)
    assert (ticket.status, ticket.priority, ticket.highest_priority) == ("open", level, min(level, 2))
    assert (ticket.reopened, ticket.resolved, ticket.closed) == (office.now, None, None)


def test_its_new_promises_begin_with_the_dispatch_of_the_mail(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.change(move, number, Cause.RESOLVED)
    office.now += 2 * HOUR
    office.file(reply(office, number, ONE_PHONE), received=NOW + HOUR)
    clocks = office.clocks(number)
    assert (clocks["response"].started, clocks["response"].due) == (NOW + HOUR, NOW + 5 * HOUR)
    assert clocks["resolution"].due == utc(2026, 11, 25, 23, 32)
    assert (clocks["close"].state, clocks["close"].next_at) == ("ended", None)


def test_an_outage_that_comes_back_after_the_end_owes_all_that_outages_owe(office: Office) -> None:
    number = office.open(mail())
    office.change(move, number, Cause.RESOLVED)
    office.now += HOUR
    office.file(reply(office, number, ALL_DOWN))
    clocks = office.clocks(number)
    assert clocks["response"].due == office.now + HOUR
    assert (clocks["resolution"].state, clocks["resolution"].due) == ("running", None)
    assert (clocks["update"].due, clocks["rfo"].due) == (office.now + HOUR, office.now + DAY)


def test_a_machine_opens_nothing_again(office: Office) -> None:
    number = office.open(mail())
    office.change(move, number, Cause.RESOLVED)
    office.file(reply(office, number, ALL_DOWN, automatic="auto-reply"))
    assert (office.ticket(number).status, states(office, number)["close"]) == ("resolved", "running")


def test_words_raise_what_an_agent_has_lowered(office: Office) -> None:
    number = office.open(mail(text=SITE_DOWN))
    office.change(rank, number, 4)
    office.file(reply(office, number, SITE_DOWN))
    assert office.ticket(number).priority == 2


def test_weak_signs_raise_nothing(office: Office) -> None:
    number = office.open(mail())
    office.change(customer_wrote, number, Ranking("trouble", 3, (), weak=True))
    assert office.ticket(number).priority == 4
    office.change(customer_wrote, number, Ranking("trouble", 3, ()))
    assert office.ticket(number).priority == 3
