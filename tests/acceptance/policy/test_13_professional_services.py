"""Section 13: professional services and custom programming cost 125 dollars an hour in half-hour increments."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from mail_daemon.changes.time import log_time
from mail_daemon.domain.by import By
from tests.acceptance.policy.walked import eastern, opened
from tests.commands import Shell
from tests.office import Office

pytestmark = pytest.mark.acceptance

MONDAY = eastern(2026, 11, 23, 12)
PROGRAMMING = {"subject": "Call flow", "text": "We need custom programming for our call flow."}


def log(office: Office, number: int, minutes: int, text: str = "A call flow") -> None:
    with office.store.begin() as work:
        ticket = work.tickets.get(number, lock=True)
        assert ticket is not None
        by = By("ann", office.now)
        log_time(work, office.desk, ticket, minutes=minutes, kind="professional", text=text, by=by)


@pytest.mark.parametrize(
    ("minutes", "amount"), [(1, "62.50"), (30, "62.50"), (31, "125.00"), (90, "187.50"), (91, "250.00")]
)
def test_half_hours_begun_are_billed_without_further_minimum(
    office: Office, shell: Shell, minutes: int, amount: str
) -> None:
    log(office, opened(office, MONDAY, PROGRAMMING), minutes)
    (line,) = shell("report", "billing", "--json").json["lines"]
    assert (line["account"], line["state"], line["amount"]) == ("Acme", "billed", amount)


def test_entries_of_a_ticket_are_added_up_before_they_are_rounded(office: Office, shell: Shell) -> None:
    number = opened(office, MONDAY, PROGRAMMING)
    for minutes in (10, 10, 10, 10):
        log(office, number, minutes)
    lines = shell("report", "billing", "--json").json["lines"]
    assert sum(Decimal(line["amount"]) for line in lines) == Decimal("125.00")


def test_lines_go_to_a_table_that_a_spreadsheet_opens_safely(office: Office, shell: Shell) -> None:
    log(office, opened(office, MONDAY, PROGRAMMING), 30, '=HYPERLINK("http://evil.example")')
    (row,) = csv.DictReader(io.StringIO(shell("report", "billing", "--csv", "-").out, newline=""))
    assert (row["amount"], row["rate"], row["currency"]) == ("62.50", "125.00", "USD")
    assert not any(cell.startswith("=") for cell in row.values())
