"""Raising and lowering a ticket's priority, with the clocks that follow.

It is Wednesday, 09:32 in New York (14:32 UTC); business hours are 8 to 19 there, and Thursday is a holiday.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.ticket import move, rank
from mail_daemon.domain.ticket import Cause
from mail_daemon.store.rows import Clock
from tests.office import DAY, HOUR, NOW, Office, utc
from tests.written import mail

MINUTE = timedelta(minutes=1)
ALL_DOWN, SITE_DOWN, ONE_PHONE, QUESTION = "Everything is down.", "Our site is down.", "My phone is dead.", "A question"
NIGHT = utc(2026, 11, 26, 3)  # 22:00 in New York


def states(office: Office, number: int) -> dict[str, str]:
    return {kind: clock.state for kind, clock in office.clocks(number).items()}


def did(office: Office, number: int, kind: str) -> list[str]:
    return [event.detail["did"] for event in office.events(number, "clock") if event.detail["clock"] == kind]


def every(office: Office, number: int, kind: str) -> list[Clock]:
    with office.store.read() as work:
        return [clock for clock in work.clocks.of(number) if clock.kind == kind]


def dues(office: Office, number: int) -> tuple[datetime | None, datetime | None]:
    clocks = office.clocks(number)
    return clocks["response"].due, clocks["resolution"].due


def test_a_raise_is_due_at_the_raise_plus_the_new_target_unless_it_was_due_before(office: Office) -> None:
    number = office.open(mail(text=QUESTION))
    office.now += HOUR
    office.change(rank, number, 3)
    assert dues(office, number) == (NOW + 5 * HOUR, utc(2026, 11, 25, 23, 32))
    office.now += 3 * HOUR + 30 * MINUTE
    office.change(rank, number, 1)
    assert dues(office, number) == (NOW + 5 * HOUR, utc(2026, 11, 25, 23, 32))


def test_a_lowering_is_due_at_the_start_plus_the_new_target(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.now += HOUR
    office.change(rank, number, 4)
    assert dues(office, number) == (NOW + 8 * HOUR, utc(2026, 12, 2, 18, 32))


def test_a_lowered_ticket_keeps_the_time_that_it_did_not_run(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.now += HOUR
    office.change(move, number, Cause.GIVEN_TO_VENDOR)
    office.now += 10 * HOUR
    office.change(move, number, Cause.REOPENED)
    office.change(rank, number, 4)
    assert office.clocks(number)["response"].due == office.now + 7 * HOUR


def test_a_waiting_ticket_is_re_aimed_as_of_its_pause(office: Office) -> None:
    number = office.open(mail(text=QUESTION))
    office.now += HOUR
    office.change(move, number, Cause.GIVEN_TO_VENDOR)
    office.now += DAY
    office.change(rank, number, 3)
    assert office.clocks(number)["response"].next_at is None
    office.now += DAY
    office.change(move, number, Cause.REOPENED)
    assert office.clocks(number)["response"].due == office.now + 4 * HOUR


def test_a_resolution_that_had_no_time_starts_at_the_lowering(office: Office) -> None:
    number = office.open(mail(text=ALL_DOWN))
    office.now += HOUR
    office.change(rank, number, 3)
    assert dues(office, number) == (NOW + 4 * HOUR, utc(2026, 11, 25, 23, 32))
    office.change(rank, number, 4)
    assert office.clocks(number)["resolution"].due == utc(2026, 12, 2, 19, 32)  # 48 hours from the first lowering


def test_an_overdue_ticket_that_is_lowered_may_be_in_time_again(office: Office) -> None:
    number = office.open(mail(text=ALL_DOWN))
    office.now += 2 * HOUR
    with office.store.begin() as work:
        work.clocks.change(office.clocks(number)["response"].id, step=3, next_at=None)
        work.tickets.change(number, overdue=True)
    ticket = office.change(rank, number, 3)
    assert (ticket.overdue, ticket.next_due) == (False, NOW + 4 * HOUR)
    response = office.clocks(number)["response"]
    assert (response.step, response.next_at) == (0, NOW + 3 * HOUR)


def test_warnings_whose_time_has_passed_are_skipped(office: Office) -> None:
    number = office.open(mail(text=QUESTION))
    office.now += 7 * HOUR + 50 * MINUTE
    office.change(rank, number, 1)  # due in ten minutes, as before
    response = office.clocks(number)["response"]
    assert (response.due, response.step) == (NOW + 8 * HOUR, 1)
    assert response.next_at == NOW + 8 * HOUR - 6 * MINUTE


def test_what_is_overdue_keeps_its_step(office: Office) -> None:
    number = office.open(mail(text=QUESTION))
    office.now += 9 * HOUR
    with office.store.begin() as work:
        work.clocks.change(office.clocks(number)["response"].id, step=2)
    office.change(rank, number, 1)
    response = office.clocks(number)["response"]
    assert (response.due, response.step, response.next_at) == (NOW + 8 * HOUR, 2, NOW + 8 * HOUR)


def test_a_raise_to_an_outage_owes_news_and_a_reason_from_then_on(office: Office) -> None:
    number = office.open(mail(text=QUESTION))
    office.now += HOUR
    office.change(rank, number, 2)
    clocks = office.clocks(number)
    assert (clocks["update"].due, clocks["rfo"].due) == (office.now + 2 * HOUR, office.now + 96 * HOUR)
    assert did(office, number, "rfo") == ["started"]
    office.now += HOUR
    office.change(rank, number, 1)
    clocks = office.clocks(number)
    assert (clocks["update"].due, clocks["rfo"].due) == (office.now + HOUR, office.now + 24 * HOUR)
    assert did(office, number, "rfo") == ["started", "re-aimed"]


def test_a_reason_is_never_owed_later_by_a_raise(office: Office) -> None:
    number = office.open(mail(text=SITE_DOWN))
    office.now += 90 * HOUR
    office.change(rank, number, 1)
    assert office.clocks(number)["rfo"].due == NOW + 96 * HOUR


def test_a_lowered_outage_owes_no_news_but_still_its_reason(office: Office) -> None:
    number = office.open(mail(text=ALL_DOWN))
    office.change(rank, number, 3)
    assert states(office, number)["update"] == "ended"
    rfo = office.clocks(number)["rfo"]
    assert (rfo.state, rfo.due, rfo.next_at) == ("running", NOW + DAY, NOW + 18 * HOUR)


def test_a_new_outage_owes_a_new_reason_where_the_last_was_sent(office: Office) -> None:
    number = office.open(mail(text=SITE_DOWN))
    with office.store.begin() as work:
        work.clocks.change(office.clocks(number)["rfo"].id, state="met", stopped_at=NOW, next_at=None)
    office.change(rank, number, 1)
    assert [clock.state for clock in every(office, number, "rfo")] == ["met", "running"]


def test_who_sets_a_priority_is_its_reason(office: Office) -> None:
    number = office.open(mail(text=QUESTION))
    ticket = office.change(rank, number, 2, why="the whole branch")
    (reason,) = ticket.reasons
    assert (reason.rule, reason.evidence, reason.where) == ("set by ann", "the whole branch", "agent")
    assert ticket.highest_priority == 2
    assert office.change(rank, number, 4).highest_priority == 2


def test_the_same_priority_changes_nothing(office: Office) -> None:
    number = office.open(mail(text=QUESTION))
    before = office.ticket(number)
    assert office.change(rank, number, 4) == before


@pytest.mark.parametrize(("status", "level", "said"), [("open", 7, "write one of 1, 2, 3, 4"), ("closed", 1, "final")])
def test_a_priority_that_can_not_be_says_why(office: Office, status: str, level: int, said: str) -> None:
    number = office.open(mail(), status=status)
    with pytest.raises(ChangeError, match=said):
        office.change(rank, number, level)


@pytest.mark.parametrize(("now", "level", "uncovered"), [(NOW, 1, False), (NIGHT, 1, True), (NIGHT, 2, False)])
def test_a_raise_to_1_outside_standard_hours_is_for_review(
    office: Office, now: datetime, level: int, uncovered: bool
) -> None:
    number = office.open(mail(text=QUESTION))
    office.now = now
    assert office.change(rank, number, level).cause_review is uncovered
