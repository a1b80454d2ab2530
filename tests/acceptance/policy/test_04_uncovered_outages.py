"""Section 4: the cause of a priority 1 outside standard hours is reviewed, and only the customer's fault is billed."""

from __future__ import annotations

from datetime import datetime

import pytest

from mail_daemon.changes.notes import note_fault
from mail_daemon.changes.ticket import rank
from mail_daemon.changes.time import log_time
from mail_daemon.domain.by import By
from tests.acceptance.policy.walked import OUTAGE, PARTIAL, TROUBLE, did, eastern, opened, said
from tests.commands import Shell
from tests.office import Office

pytestmark = pytest.mark.acceptance

DAY, NIGHT = eastern(2026, 11, 24, 12), eastern(2026, 11, 24, 22)


def log(office: Office, number: int, minutes: int) -> None:
    with office.store.begin() as work:
        ticket = work.tickets.get(number, lock=True)
        assert ticket is not None
        by = By("ann", office.now)
        log_time(work, office.desk, ticket, minutes=minutes, kind="emergency", text="Restored calls", by=by)


def billed(shell: Shell) -> list[tuple[str, str]]:
    return [(line["state"], line["amount"]) for line in shell("report", "billing", "--json").json["lines"]]


@pytest.mark.parametrize(
    ("at", "words", "reviewed"), [(NIGHT, OUTAGE, True), (DAY, OUTAGE, False), (NIGHT, PARTIAL, False)]
)
def test_a_priority_1_outside_standard_hours_is_to_be_reviewed(
    office: Office, at: datetime, words: dict[str, str], *, reviewed: bool
) -> None:
    number = opened(office, at, words)
    assert office.ticket(number).cause_review is reviewed
    assert ("we will go through its cause with you afterwards" in said(office, "acknowledgement")[0]) is reviewed


def test_so_is_what_is_raised_to_it_then(office: Office) -> None:
    number = opened(office, NIGHT, TROUBLE)
    did(office, rank, number, 1)
    assert office.ticket(number).cause_review


def test_nothing_is_billed_before_the_cause_is_known(office: Office, shell: Shell) -> None:
    log(office, opened(office, NIGHT, OUTAGE), 20)
    assert [state for state, _ in billed(shell)] == ["open"]


def test_the_customers_fault_costs_125_an_hour_with_a_one_hour_minimum(office: Office, shell: Shell) -> None:
    number = opened(office, NIGHT, OUTAGE)
    did(office, note_fault, number, "customer")
    log(office, number, 20)
    log(office, number, 55)  # 75 minutes: the first hour, and a half hour begun
    assert billed(shell) == [("billed", "125.00"), ("billed", "62.50")]


def test_our_fault_costs_nothing(office: Office, shell: Shell) -> None:
    number = opened(office, NIGHT, OUTAGE)
    did(office, note_fault, number, "provider")
    log(office, number, 200)
    assert billed(shell) == [("free", "0.00")]


def test_within_standard_hours_emergency_work_costs_nothing(office: Office, shell: Shell) -> None:
    log(office, opened(office, DAY, OUTAGE), 200)
    assert billed(shell) == [("free", "0.00")]
