"""Section 3: new installs are scheduled three business days ahead; help after 7 pm or ahead of others is billed."""

from __future__ import annotations

import pytest

from mail_daemon.changes.time import log_time, note_billable
from mail_daemon.domain.by import By
from tests.acceptance.policy.walked import INSTALL, did, eastern, opened, said
from tests.commands import Shell
from tests.office import Office

pytestmark = pytest.mark.acceptance

MONDAY = eastern(2026, 11, 23, 12)
WEDNESDAY = eastern(2026, 11, 25, 12)  # Thursday is Thanksgiving


def log(office: Office, number: int, minutes: int) -> None:
    with office.store.begin() as work:
        ticket = work.tickets.get(number, lock=True)
        assert ticket is not None
        by = By("ann", office.now)
        log_time(work, office.desk, ticket, minutes=minutes, kind="install", text="Set up phones", by=by)


def billed(shell: Shell) -> list[tuple[str, str]]:
    return [(line["state"], line["amount"]) for line in shell("report", "billing", "--json").json["lines"]]


def test_new_customers_are_told_of_three_business_days_and_the_earliest_date(office: Office) -> None:
    number = opened(office, MONDAY, INSTALL)
    assert office.ticket(number).category == "install"
    (letter,) = said(office, "acknowledgement")
    assert "We schedule new installations 3 business days in advance" in letter
    assert "The earliest date is Friday 27 November 2026, 08:00 EST" in letter


def test_holidays_and_weekends_are_no_business_days(office: Office) -> None:
    opened(office, WEDNESDAY, INSTALL)
    assert "The earliest date is Tuesday 1 December 2026, 08:00 EST" in said(office, "acknowledgement")[0]


def test_the_acknowledgement_names_the_rate_and_the_minimum(office: Office) -> None:
    opened(office, MONDAY, INSTALL)
    assert "is billed at 125.00 USD per hour, with a minimum of 1 hour" in said(office, "acknowledgement")[0]


@pytest.mark.parametrize(
    ("at", "more", "why"),
    [
        (MONDAY, "", None),
        (MONDAY, " Please expedite this installation.", "priority handling"),
        (MONDAY, " Could you do it tonight?", "work after hours"),
        (eastern(2026, 11, 23, 19, 1), "", None),  # only sent then
    ],
)
def test_after_seven_pm_or_with_priority_handling_it_is_billable(
    office: Office, at: object, more: str, why: str | None
) -> None:
    words = {**INSTALL, "text": INSTALL["text"] + more}
    assert office.ticket(opened(office, at, words)).billable == why  # type: ignore[arg-type]


def test_billable_work_costs_125_an_hour_with_a_one_hour_minimum(office: Office, shell: Shell) -> None:
    number = opened(office, MONDAY, {**INSTALL, "text": INSTALL["text"] + " Please expedite this installation."})
    log(office, number, 10)
    assert billed(shell) == [("billed", "125.00")]
    log(office, number, 51)  # a minute beyond the first hour
    assert billed(shell) == [("billed", "125.00"), ("billed", "62.50")]


def test_what_is_planned_within_standard_hours_is_free(office: Office, shell: Shell) -> None:
    number = opened(office, MONDAY, INSTALL)
    log(office, number, 90)
    assert billed(shell) == [("free", "0.00")]


def test_an_agent_can_take_the_mark_off(office: Office, shell: Shell) -> None:
    number = opened(office, eastern(2026, 11, 23, 21), INSTALL)
    log(office, number, 90)
    did(office, note_billable, number, "")
    assert billed(shell) == [("free", "0.00")]
