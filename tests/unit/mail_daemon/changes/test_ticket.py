"""Moving a ticket from state to state, with the clocks that follow.

It is Wednesday, 09:32 in New York (14:32 UTC); business hours are 8 to 19 there, and Thursday is a holiday.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.ticket import answered, move, rank
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


# --- states -----------------------------------------------------------------------------------------------


def test_a_change_of_state_says_who_when_and_why(office: Office) -> None:
    number = office.open(mail())
    office.now += HOUR
    ticket = office.change(move, number, Cause.ASKED, why="which phone?")
    assert (ticket.status, ticket.changed) == ("pending", office.now)
    (event,) = office.events(number, "status changed")
    assert (event.actor, event.at) == ("ann", office.now)
    assert event.detail == {"from": "new", "to": "pending", "cause": "agent asked", "why": "which phone?"}


def test_what_is_not_in_the_table_can_not_be_done_and_says_what_can(office: Office) -> None:
    number = office.open(mail(), status="closed")
    with pytest.raises(ChangeError, match=r"TPBX-1001 is closed.*open \(taken up again\)"):
        office.change(move, number, Cause.ASKED)
    assert office.ticket(number).status == "closed"
    assert office.events(number, "status changed") == []


# --- pause and resume -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "paused"),
    [
        (Cause.ASKED, {"response", "resolution", "update"}),
        (Cause.GIVEN_TO_VENDOR, {"response", "resolution"}),
        (Cause.HELD, {"response", "resolution", "update"}),
    ],
)
def test_clocks_rest_while_it_is_not_our_turn(office: Office, cause: Cause, paused: set[str]) -> None:
    number = office.open(mail(text=ALL_DOWN))
    office.now += 10 * MINUTE
    ticket = office.change(move, number, cause)
    assert {kind for kind, state in states(office, number).items() if state == "paused"} == paused
    for kind in paused:
        clock = office.clocks(number)[kind]
        assert (clock.paused_at, clock.next_at) == (office.now, None)
    assert ticket.next_due == NOW + DAY  # the Reason for Outage never rests
    assert did(office, number, "response") == ["paused"]


def test_what_comes_back_has_what_was_left(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.now += HOUR
    office.change(move, number, Cause.GIVEN_TO_VENDOR)  # 3 hours left, and 7 business hours
    office.now = utc(2026, 11, 27, 14)  # Friday 09:00
    ticket = office.change(move, number, Cause.REOPENED)
    clocks = office.clocks(number)
    assert clocks["response"].due == utc(2026, 11, 27, 17)
    assert clocks["resolution"].due == utc(2026, 11, 27, 21)
    assert clocks["response"].next_at == utc(2026, 11, 27, 16)  # a quarter of four hours before
    assert (ticket.status, ticket.next_due) == ("open", utc(2026, 11, 27, 17))


def test_an_overdue_ticket_comes_back_overdue_by_as_much(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.now += 5 * HOUR
    waiting = office.change(move, number, Cause.GIVEN_TO_VENDOR)
    assert waiting.overdue is False  # nothing runs
    office.now += 2 * DAY
    ticket = office.change(move, number, Cause.REOPENED)
    assert ticket.overdue is True
    assert office.clocks(number)["response"].due == office.now - HOUR


def test_waiting_for_one_after_the_other_is_one_pause(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.now += HOUR
    office.change(move, number, Cause.GIVEN_TO_VENDOR)
    office.now += HOUR
    office.change(move, number, Cause.ASKED)
    assert office.clocks(number)["response"].paused_at == NOW + HOUR
    assert did(office, number, "response") == ["paused"]


def test_what_an_agent_did_counts_from_the_dispatch_of_his_mail(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.now += 3 * HOUR
    office.change(move, number, Cause.ASKED, at=NOW + HOUR)
    assert office.clocks(number)["response"].paused_at == NOW + HOUR
    assert office.events(number, "status changed")[0].detail["at"] == (NOW + HOUR).isoformat()


# --- hold -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["new", "open", "pending", "vendor", "monitoring"])
def test_what_is_released_is_what_it_was(office: Office, before: str) -> None:
    number = office.open(mail(), status=before)
    held = office.change(move, number, Cause.HELD)
    assert (held.status, held.held_status) == ("on_hold", before)
    released = office.change(move, number, Cause.RELEASED)
    assert (released.status, released.held_status) == (before, None)


def test_what_waited_for_the_customer_before_a_hold_still_waits_after_it(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.change(move, number, Cause.ASKED)
    for cause in (Cause.HELD, Cause.RELEASED):
        office.now += HOUR
        office.change(move, number, cause)
    assert office.clocks(number)["response"].paused_at == NOW
    office.now += HOUR
    office.change(move, number, Cause.REOPENED)
    assert office.clocks(number)["response"].due == office.now + 4 * HOUR


# --- de-escalation and relapse ----------------------------------------------------------------------------


def restored(office: Office, text: str = ALL_DOWN) -> int:
    """An outage that was answered after ten minutes and restored after thirty."""
    number = office.open(mail(text=text))
    office.change(answered, number, at=NOW + 10 * MINUTE)
    office.now += 30 * MINUTE
    office.change(move, number, Cause.RESTORED)
    return number


def test_a_restored_outage_is_monitored_as_3(office: Office) -> None:
    number = restored(office)
    ticket = office.ticket(number)
    assert (ticket.status, ticket.priority, ticket.lowered_from, ticket.highest_priority) == ("monitoring", 3, 1, 1)
    assert states(office, number) == {
        "response": "met",
        "resolution": "met",
        "update": "ended",
        "rfo": "running",
        "page": "met",
    }
    assert office.clocks(number)["resolution"].stopped_at == NOW + 30 * MINUTE
    assert ticket.next_due == NOW + DAY
    assert office.events(number, "priority changed")[0].detail == {"from": 1, "to": 3}


def test_an_outage_that_nobody_has_answered_is_still_to_be_answered_in_its_time(office: Office) -> None:
    number = office.open(mail(text=ALL_DOWN))
    before = office.clocks(number)["response"]
    office.change(move, number, Cause.RESTORED)
    assert office.clocks(number)["response"] == before


def test_a_relapse_restores_the_priority_and_its_clocks(office: Office) -> None:
    number = restored(office)
    office.now += 2 * HOUR
    ticket = office.change(move, number, Cause.RELAPSED)
    assert (ticket.status, ticket.priority, ticket.lowered_from) == ("open", 1, None)
    assert states(office, number) == {
        "response": "met",
        "resolution": "running",
        "update": "running",
        "rfo": "running",
        "page": "running",
    }
    assert office.clocks(number)["update"].due == office.now + HOUR
    assert office.clocks(number)["rfo"].due == NOW + DAY  # it was owed all the time


def test_a_promise_that_a_relapse_takes_up_again_has_what_was_left(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))  # to be resolved within 8 business hours
    office.change(rank, number, 2)
    office.now += HOUR
    office.change(move, number, Cause.RESTORED)
    office.now += HOUR
    office.change(move, number, Cause.RELAPSED)
    resolution = office.clocks(number)["resolution"]
    assert (resolution.state, resolution.stopped_at) == ("running", None)
    assert resolution.due == utc(2026, 11, 25, 23, 32)  # an hour later than before


def test_trouble_that_is_monitored_keeps_its_priority_and_its_promise(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    ticket = office.change(move, number, Cause.RESTORED)
    assert (ticket.status, ticket.priority, ticket.lowered_from) == ("monitoring", 3, None)
    assert states(office, number)["resolution"] == "running"


@pytest.mark.parametrize(("level", "text"), [(1, ALL_DOWN), (2, ALL_DOWN), (1, SITE_DOWN)])
def test_an_agent_who_ranks_what_is_monitored_an_outage_says_that_it_relapsed(
    office: Office, level: int, text: str
) -> None:
    number = restored(office, text)
    ticket = office.change(rank, number, level)
    assert (ticket.status, ticket.priority, ticket.lowered_from) == ("open", level, None)
    assert states(office, number)["update"] == "running"


# --- the end, and after it --------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", [Cause.RESOLVED, Cause.CLOSED])
def test_what_ends_becomes_4_and_no_clock_is_re_aimed_by_it(office: Office, cause: Cause) -> None:
    number = office.open(mail(text=ONE_PHONE))
    before = office.clocks(number)
    office.now += HOUR
    ticket = office.change(move, number, cause)
    assert (ticket.priority, ticket.highest_priority, ticket.resolved) == (4, 3, office.now)
    clocks = office.clocks(number)
    assert (clocks["response"].state, clocks["resolution"].state) == ("ended", "met")
    assert [clocks[kind].due for kind in before] == [clock.due for clock in before.values()]
    assert (ticket.next_due, ticket.overdue) == (None, False)


def test_a_resolved_ticket_closes_by_itself(office: Office) -> None:
    number = office.open(mail())
    office.now += HOUR
    office.change(move, number, Cause.RESOLVED)
    close = office.clocks(number)["close"]
    assert (close.started, close.due, close.next_at) == (office.now, office.now + 7 * DAY, office.now + 3 * DAY)
    office.now += 7 * DAY
    ticket = office.change(move, number, Cause.CLOSED)
    assert (ticket.status, ticket.closed, ticket.resolved) == ("closed", office.now, NOW + HOUR)
    assert office.clocks(number)["close"].state == "met"


def test_an_answered_ticket_keeps_that_it_was_answered_when_it_is_resolved(office: Office) -> None:
    number = office.open(mail())
    office.change(answered, number)
    office.change(move, number, Cause.RESOLVED)
    assert states(office, number)["response"] == "met"


def test_a_reason_for_outage_is_owed_beyond_the_end(office: Office) -> None:
    number = office.open(mail(text=SITE_DOWN))
    ticket = office.change(move, number, Cause.RESOLVED)
    assert states(office, number)["rfo"] == "running"
    assert ticket.next_due == NOW + 96 * HOUR


def test_what_was_overdue_is_not_so_any_more_once_it_has_ended(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.now += 5 * HOUR
    assert office.change(rank, number, 2).overdue is True
    assert office.change(move, number, Cause.RESOLVED).overdue is False


def test_a_promise_that_paused_in_time_is_met_in_time(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.change(move, number, Cause.ASKED)
    office.now += 10 * DAY
    office.change(move, number, Cause.RESOLVED)
    resolution = office.clocks(number)["resolution"]
    assert resolution.stopped_at == office.now
    assert resolution.due is not None
    assert resolution.due > office.now


def test_an_agent_who_takes_up_what_has_ended_begins_new_promises(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.change(move, number, Cause.RESOLVED)
    office.now += HOUR
    ticket = office.change(move, number, Cause.REOPENED)
    assert (ticket.status, ticket.priority) == ("open", 4)
    assert (ticket.reopened, ticket.resolved, ticket.closed) == (office.now, None, None)
    assert states(office, number) == {"response": "running", "resolution": "running", "close": "ended"}
    assert office.clocks(number)["response"].due == office.now + 8 * HOUR
    assert [clock.state for clock in every(office, number, "response")] == ["ended", "running"]
    assert did(office, number, "response") == ["ended", "started"]
