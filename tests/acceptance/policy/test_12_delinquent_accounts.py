"""Section 12: more than 21 days past due, other tickets than those about the service wait; from 30, portals too."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance import shipped
from tests.acceptance.policy.walked import (
    CUSTOMER,
    INVOICE,
    OUTAGE,
    PARTIAL,
    QUESTION,
    TROUBLE,
    eastern,
    opened,
    replied,
    said,
    subjects,
)
from tests.acceptance.shipped import ADMIN
from tests.commands import Shell
from tests.office import DAY, HOUR, Office, told

pytestmark = pytest.mark.acceptance

MONDAY = eastern(2026, 11, 23, 12)
PASSWORD = {"subject": "Password", "text": "I cannot log in to the portal, please reset my password."}


def owes(office: Office, days: int, *, disputed: bool = False) -> None:
    office.desk = shipped.with_account(office.desk, "Acme", days_past_due=days, disputed=disputed)
    office.tick(office.now + timedelta(minutes=1))


@pytest.mark.parametrize(("days", "status"), [(21, "new"), (22, "on_hold")])
def test_more_than_21_days_is_22_and_more(office: Office, days: int, status: str) -> None:
    number = opened(office, MONDAY, QUESTION)
    owes(office, days)
    assert office.ticket(number).status == status


@pytest.mark.parametrize("words", [QUESTION, INVOICE, PASSWORD])
def test_a_non_service_related_ticket_waits_and_the_customer_is_told(office: Office, words: dict[str, str]) -> None:
    number = opened(office, MONDAY, words)
    owes(office, 22)
    assert office.ticket(number).status == "on_hold"
    (letter,) = said(office, "account-hold", CUSTOMER)
    assert "An invoice on your account (Acme) is overdue" in letter
    assert f"ticket TPBX-{number} is on hold" in letter


@pytest.mark.parametrize("words", [OUTAGE, PARTIAL, TROUBLE])
def test_a_service_related_ticket_goes_on(office: Office, words: dict[str, str]) -> None:
    owes(office, 40)
    assert office.ticket(opened(office, MONDAY, words)).status == "new"


def test_a_new_request_waits_from_the_start_and_its_acknowledgement_says_so(office: Office) -> None:
    owes(office, 22)
    number = opened(office, MONDAY, QUESTION)
    assert office.ticket(number).status == "on_hold"
    assert "It is on hold: an invoice on your account (Acme) is overdue" in said(office, "acknowledgement")[0]
    assert said(office, "account-hold") == []


def test_words_about_the_service_take_it_off_hold(office: Office) -> None:
    owes(office, 22)
    number = opened(office, MONDAY, QUESTION)
    replied(office, number, "And now none of our phones has a dial tone.", MONDAY + HOUR)
    assert office.ticket(number).status == "new"
    assert "Outages and trouble with your service don't wait" in said(office, "account-hold")[0]


@pytest.mark.parametrize(("days", "told_of"), [(29, 0), (30, 1)])
def test_from_thirty_days_on_the_admins_are_told_to_suspend_portal_access(
    office: Office, days: int, told_of: int
) -> None:
    owes(office, days)
    owes(office, days)
    assert subjects(office, "warning", ADMIN) == ["Warning: Suspend the portal access of Acme"] * told_of


def test_until_the_amounts_are_paid(office: Office) -> None:
    number = opened(office, MONDAY, QUESTION)
    office.now = MONDAY + HOUR
    owes(office, 30)
    held = office.now
    office.now = MONDAY + 3 * DAY
    owes(office, 0)
    ticket = office.ticket(number)
    assert ticket.status == "new"
    assert office.clocks(number)["response"].due == MONDAY + 8 * HOUR + (office.now - held)
    assert subjects(office, "warning", ADMIN)[-1] == "Warning: Restore the portal access of Acme"
    assert "Nothing on your account counts as overdue any more" in said(office, "account-hold")[-1]


def test_amounts_in_dispute_do_not_count(office: Office) -> None:
    number = opened(office, MONDAY, QUESTION)
    owes(office, 60, disputed=True)
    assert office.ticket(number).status == "new"
    assert [letter for letter in told(office) if ADMIN in letter] == []


def test_the_days_come_by_import(office: Office, shell: Shell, tmp_path: Path) -> None:
    table = tmp_path / "accounts.csv"
    table.write_text("name,days_past_due,disputed\nAcme,25,no\nBluebird,31,no\nChai,40,yes\n")
    for again in ("3 changed, 0 unchanged", "nothing changed, 3 unchanged"):
        assert again in shell("accounts", "import", table).out
    standings = {row["name"]: row["standing"] for row in shell("accounts", "list", "--json").json}
    assert standings == {"Acme": "held", "Bluebird": "suspended", "Chai": "good"}
