"""Orders that move a ticket: the state, its clocks, and what the customer hears of it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tests.office import DAY, HOUR, Office, told, utc
from tests.ordering import names, opened, order, outside, shown, staffed, wrote
from tests.written import ANN, CUSTOMER


@pytest.fixture
def ticket(office: Office) -> int:
    return opened(office, text="Everything is down.")


# --- states -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "status", "news"),
    [
        ("#resolve", "resolved", "Ticket TPBX-1001 is resolved"),
        ("#status resolved", "resolved", "Ticket TPBX-1001 is resolved"),
        ("#close", "closed", "Ticket TPBX-1001 is closed"),
        ("#monitor", "monitoring", "is working again"),
        ("#vendor CASE-7", "vendor", "needs a change by the vendor of our platform"),
    ],
)
def test_what_the_policy_wants_told_is_told_to_the_customer(
    office: Office, ticket: int, text: str, status: str, news: str
) -> None:
    order(office, ticket, text)
    assert office.ticket(ticket).status == status
    assert [each.letter for each in outside(office)] == ["acknowledgement", "status"]
    assert news in shown(office, "status")
    assert f"new → {status}; the customer is told" in shown(office)


@pytest.mark.parametrize("text", ["#resolve", "#close", "#monitor", "#vendor CASE-7"])
def test_an_answer_in_the_same_mail_is_the_only_mail(office: Office, ticket: int, text: str) -> None:
    order(office, ticket, f"{text}\n\nDear Cy, see above.")
    assert [each.letter for each in outside(office)] == ["acknowledgement", "agent-reply"]
    assert office.clocks(ticket)["response"].state == "met"


def test_pending_pauses_and_says_nothing(office: Office, ticket: int) -> None:
    order(office, ticket, "#pending")
    assert (office.ticket(ticket).status, office.clocks(ticket)["response"].state) == ("pending", "paused")
    assert [each.letter for each in outside(office)] == ["acknowledgement"]
    assert "new → pending, until the customer writes" in shown(office)


def test_the_same_state_again_is_no_mistake(office: Office, ticket: int) -> None:
    order(office, ticket, "#resolve")
    order(office, ticket, "#resolve")
    assert "resolved already" in shown(office)
    assert names(office).count("status") == 1


def test_a_ticket_is_taken_up_again_before_the_words_so_that_they_answer_it(office: Office, ticket: int) -> None:
    order(office, ticket, "#close")
    office.now += HOUR
    order(office, ticket, "#reopen\n\nDear Cy, we look again.")
    assert office.ticket(ticket).status == "open"
    assert office.clocks(ticket)["response"].state == "met"


def test_a_new_ticket_is_open_by_an_answer_and_not_by_a_command(office: Office, ticket: int) -> None:
    order(office, ticket, "#open")
    assert "open once you have answered its customer" in shown(office)
    order(office, ticket, "#open\n\nDear Cy, we are on it.")
    assert office.ticket(ticket).status == "open"


def test_nobody_who_owes_nothing_is_put_on_hold(office: Office, ticket: int) -> None:
    order(office, ticket, "#status on_hold")
    assert "Acme owes nothing" in shown(office)
    assert office.ticket(ticket).status == "new"


def test_the_vendors_reference_can_be_corrected(office: Office, ticket: int) -> None:
    order(office, ticket, "#vendor CASE-7")
    order(office, ticket, "#vendor CASE-8")
    assert (office.ticket(ticket).vendor_ref, names(office).count("status")) == ("CASE-8", 1)
    assert "CASE-7 → CASE-8" in shown(office)


# --- priority ---------------------------------------------------------------------------------------------


def test_the_clocks_follow_the_priority(office: Office) -> None:
    ticket = opened(office, text="My phone is dead.")
    order(office, ticket, "#p2")
    assert office.ticket(ticket).priority == 2
    assert office.clocks(ticket)["response"].due == office.now + 2 * HOUR
    assert [each.letter for each in outside(office)] == ["acknowledgement"]


# --- a work-around ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["#workaround Dial 9 first.", "#workaround\n\nDial 9 first."])
def test_a_work_around_goes_out_once_and_is_an_answer(office: Office, ticket: int, text: str) -> None:
    order(office, ticket, text)
    assert [each.letter for each in outside(office)] == ["acknowledgement", "status"]
    assert "Dial 9 first." in shown(office, "status")
    assert (office.ticket(ticket).workaround, office.ticket(ticket).status) == ("Dial 9 first.", "open")
    assert office.clocks(ticket)["response"].state == "met"


# --- pending until ----------------------------------------------------------------------------------------


def test_it_is_taken_up_again_when_the_time_has_come(office: Office, ticket: int) -> None:
    order(office, ticket, "#pending friday 14:00")
    assert "pending, until Friday 27 November 2026, 14:00 EST" in shown(office)
    office.tick(utc(2026, 11, 27, 18, 59))
    assert office.ticket(ticket).status == "pending"
    office.tick(utc(2026, 11, 27, 19))
    assert office.ticket(ticket).status == "open"
    assert told(office)[-1] == ("warning", ANN)
    assert "The customer has not written" in shown(office, "warning")
    office.tick(utc(2026, 11, 27, 19, 5))
    assert office.clocks(ticket)["wait"].state == "met"


@pytest.mark.parametrize("then", ["#pending", "#resolve", "#pending 9d"])
def test_what_comes_later_counts(office: Office, ticket: int, then: str) -> None:
    order(office, ticket, "#pending 3d")
    order(office, ticket, then)
    status = office.ticket(ticket).status
    office.tick(office.now + 4 * DAY)
    assert office.ticket(ticket).status == status


def test_a_customer_who_writes_ends_the_wait(office: Office, ticket: int) -> None:
    order(office, ticket, "#pending 3d")
    wrote(office, ticket, "I restarted it.", CUSTOMER)
    assert office.ticket(ticket).status == "open"
    assert office.clocks(ticket)["wait"].state == "ended"


def test_the_time_is_that_of_the_agents_own_zone(office: Office) -> None:
    ticket = opened(staffed(office, timezone=ZoneInfo("Europe/Berlin")))
    order(office, ticket, "#pending tomorrow 9:00")
    assert office.clocks(ticket)["wait"].due == utc(2026, 11, 26, 8)
    assert "09:00 CET" in shown(office)
