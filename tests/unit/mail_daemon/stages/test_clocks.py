"""Clocks: promises begin at the dispatch, pause, resume, and are re-aimed as the policy is read.

It is Wednesday, 09:32 in New York (14:32 UTC); business hours are 8 to 19 there, and Thursday is a holiday.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mail_daemon.store.rows import Clock
from parsers.mail import Mail
from tests.office import DAY, HOUR, NOW, Office, utc
from tests.written import ANN, CUSTOMER, STRANGER, mail

MINUTE = timedelta(minutes=1)
ALL_DOWN, SITE_DOWN, ONE_PHONE = "Everything is down.", "Our site is down.", "My phone is dead."


def reply(office: Office, number: int, sender: str = CUSTOMER, **fields: Any) -> Mail:
    return mail(sender, **{"in_reply_to": office.key(number, CUSTOMER), "message_id": "<2@acme.example>", **fields})


def set_clock(office: Office, number: int, kind: str, **columns: Any) -> None:
    """As agents' work would leave it."""
    with office.store.begin() as work:
        work.clocks.change(office.clocks(number)[kind].id, **columns)


def dues(office: Office, number: int) -> tuple[datetime | None, datetime | None]:
    """When the response and the resolution are due."""
    clocks = office.clocks(number)
    return clocks["response"].due, clocks["resolution"].due


# --- start ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "response", "resolution"),
    [
        (ALL_DOWN, NOW + 1 * HOUR, None),  # as soon as possible
        (SITE_DOWN, NOW + 2 * HOUR, None),
        (ONE_PHONE, NOW + 4 * HOUR, utc(2026, 11, 25, 22, 32)),  # 17:32 in New York
        ("A question", NOW + 8 * HOUR, utc(2026, 12, 2, 18, 32)),  # 9:28 today, then 11 a day from Friday
    ],
)
def test_both_promises_begin_with_the_ticket(
    office: Office, text: str, response: datetime, resolution: datetime | None
) -> None:
    number = office.open(mail(text=text))
    assert dues(office, number) == (response, resolution)
    for clock in office.clocks(number).values():
        assert (clock.state, clock.started, clock.step) == ("running", NOW, 0)
    assert office.clocks(number)["response"].next_at == NOW + 0.75 * (response - NOW)  # the first warning
    assert office.ticket(number).next_due == response


@pytest.mark.parametrize(("text", "update", "rfo"), [(ALL_DOWN, 1 * HOUR, 24 * HOUR), (SITE_DOWN, 2 * HOUR, 96 * HOUR)])
def test_an_outage_owes_news_and_a_reason(office: Office, text: str, update: timedelta, rfo: timedelta) -> None:
    clocks = office.clocks(office.open(mail(text=text)))
    assert (clocks["update"].due, clocks["update"].next_at) == (NOW + update, NOW + update)
    assert (clocks["rfo"].due, clocks["rfo"].next_at) == (NOW + rfo, NOW + 0.75 * rfo)


def test_nothing_else_owes_them(office: Office) -> None:
    assert set(office.clocks(office.open(mail(text=ONE_PHONE)))) == {"response", "resolution"}


def test_beginning_is_no_event_of_its_own(office: Office) -> None:
    assert office.events(office.open(mail(text=SITE_DOWN)), "clock") == []


@pytest.mark.parametrize(
    ("text", "now", "uncovered"),
    [
        (ALL_DOWN, NOW, False),
        (ALL_DOWN, utc(2026, 11, 26, 3), True),  # 22:00 in New York
        (SITE_DOWN, utc(2026, 11, 26, 3), False),
    ],
)
def test_a_priority_1_outside_standard_hours_is_for_review(
    office: Office, text: str, now: datetime, uncovered: bool
) -> None:
    office.now = now
    assert office.ticket(office.open(mail(text=text))).cause_review is uncovered


def test_they_begin_when_our_own_server_saw_the_mail(office: Office) -> None:
    dispatched = NOW - 3 * HOUR
    ticket = office.file(mail(text=ALL_DOWN), received=dispatched).ticket
    assert ticket is not None
    assert office.clocks(ticket.id)["response"].due == dispatched + HOUR
    assert office.ticket(ticket.id).next_due == dispatched + HOUR  # and is overdue


def test_they_begin_when_an_earlier_server_of_ours_noted_the_mail(office: Office) -> None:
    dispatched = NOW - 3 * HOUR
    number = office.open(mail(text=SITE_DOWN, dispatched=dispatched))
    assert (office.ticket(number).opened, office.ticket(number).next_due) == (dispatched, dispatched + 2 * HOUR)
    assert {clock.started for clock in office.clocks(number).values()} == {dispatched}


def test_a_server_whose_clock_is_fast_does_not_put_them_off(office: Office) -> None:
    number = office.open(mail(dispatched=NOW + HOUR))
    assert office.ticket(number).opened == NOW
    assert office.clocks(number)["response"].started == NOW


def test_responses_are_due_round_the_clock_and_resolutions_in_business_hours(office: Office) -> None:
    office.now = utc(2026, 11, 26, 3)  # Wednesday 22:00 in New York, before the holiday
    number = office.open(mail(text=ONE_PHONE))
    assert dues(office, number) == (utc(2026, 11, 26, 7), utc(2026, 11, 27, 21))  # Friday 16:00


# --- raise ------------------------------------------------------------------------------------------------


def test_a_raise_is_due_at_the_raise_plus_the_new_target(office: Office) -> None:
    number = office.open(mail())
    office.now += HOUR
    office.file(reply(office, number, text=ONE_PHONE))
    assert dues(office, number) == (NOW + 5 * HOUR, utc(2026, 11, 25, 23, 32))
    assert office.ticket(number).next_due == NOW + 5 * HOUR


def test_a_raise_never_grants_more_time_than_was_left(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.now += 3 * HOUR + 30 * MINUTE
    office.file(reply(office, number, text=ALL_DOWN))
    response, resolution = dues(office, number)
    assert response == NOW + 4 * HOUR  # not 4:30
    assert resolution == utc(2026, 11, 25, 22, 32)  # the new one has no due time; the old one stays


def test_a_clock_without_a_due_time_gets_one_when_its_priority_has_a_target(office: Office) -> None:
    number = office.open(mail(text=ALL_DOWN), priority=4)
    office.now += HOUR
    office.file(reply(office, number, text=ONE_PHONE))
    assert office.clocks(number)["resolution"].due == utc(2026, 11, 25, 23, 32)


def test_words_of_the_same_or_a_lesser_priority_move_nothing(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    before = office.clocks(number)
    office.now += HOUR
    office.file(reply(office, number, text=ONE_PHONE))
    office.file(reply(office, number, text="Thank you."))
    assert office.clocks(number) == before


@pytest.mark.parametrize(("sender", "fields"), [(CUSTOMER, {"automatic": "auto-reply"}), (STRANGER, {}), (ANN, {})])
def test_machines_strangers_and_unproven_agents_move_nothing(
    office: Office, sender: str, fields: dict[str, Any]
) -> None:
    number = office.open(mail())
    before = office.clocks(number)
    office.file(reply(office, number, sender, text=ALL_DOWN, **fields))
    assert office.clocks(number) == before


@pytest.mark.parametrize("state", ["met", "ended"])
def test_a_promise_that_is_kept_or_over_is_not_re_aimed(office: Office, state: str) -> None:
    number = office.open(mail(text=ONE_PHONE))
    set_clock(office, number, "response", state=state, next_at=None)
    before = office.clocks(number)["response"]
    office.file(reply(office, number, text=ALL_DOWN))
    assert office.clocks(number)["response"] == before


# --- pause and resume -------------------------------------------------------------------------------------


def paused(office: Office, text: str, *, at: datetime) -> int:
    number = office.open(mail(text=text), status="pending", next_due=None)
    for kind in ("response", "resolution"):
        set_clock(office, number, kind, state="paused", paused_at=at, next_at=None)
    return number


def test_a_reply_resumes_with_what_was_left(office: Office) -> None:
    number = paused(office, ONE_PHONE, at=NOW + HOUR)  # 3 hours left, and 7 business hours
    office.now = utc(2026, 11, 27, 14)  # Friday 09:00 in New York
    office.file(reply(office, number))
    assert dues(office, number) == (utc(2026, 11, 27, 17), utc(2026, 11, 27, 21))
    for clock in office.clocks(number).values():
        assert (clock.state, clock.paused_at) == ("running", None)
    assert office.clocks(number)["response"].next_at == utc(2026, 11, 27, 16)
    assert office.ticket(number).next_due == utc(2026, 11, 27, 17)
    assert office.ticket(number).status == "open"


def test_a_promise_without_a_due_time_resumes_without_one(office: Office) -> None:
    number = paused(office, ALL_DOWN, at=NOW + MINUTE)
    office.now += DAY
    office.file(reply(office, number))
    clock = office.clocks(number)["resolution"]
    assert (clock.state, clock.due) == ("running", None)


@pytest.mark.parametrize(("sender", "fields"), [(CUSTOMER, {"automatic": "out-of-office"}), (STRANGER, {}), (ANN, {})])
def test_machines_strangers_and_unproven_agents_resume_nothing(
    office: Office, sender: str, fields: dict[str, Any]
) -> None:
    number = paused(office, ONE_PHONE, at=NOW)
    office.file(reply(office, number, sender, **fields))
    assert {clock.state for clock in office.clocks(number).values()} == {"paused"}
    assert office.ticket(number).next_due is None


def test_a_reply_that_resumes_and_raises_is_due_at_the_earlier_time(office: Office) -> None:
    number = paused(office, "A question", at=NOW + HOUR)  # 7 hours left
    office.now += DAY
    office.file(reply(office, number, text=ALL_DOWN))
    assert office.clocks(number)["response"].due == office.now + HOUR


# --- reopen -----------------------------------------------------------------------------------------------


def resolved(office: Office, text: str = ONE_PHONE) -> int:
    number = office.open(mail(text=text), status="resolved", next_due=None)
    set_clock(office, number, "response", state="met", next_at=None)
    set_clock(office, number, "resolution", state="ended", next_at=None)
    return number


def all_clocks(office: Office, number: int) -> list[Clock]:
    with office.store.read() as work:
        return work.clocks.of(number)


def test_a_reopened_ticket_is_promised_anew(office: Office) -> None:
    number = resolved(office)
    office.now += HOUR
    office.file(reply(office, number))
    assert [clock.state for clock in all_clocks(office, number)] == ["met", "ended", "running", "running"]
    assert dues(office, number) == (office.now + 4 * HOUR, utc(2026, 11, 25, 23, 32))
    assert office.ticket(number).next_due == office.now + 4 * HOUR


def test_a_reopening_that_raises_is_promised_by_the_new_priority(office: Office) -> None:
    number = resolved(office)
    office.now += HOUR
    office.file(reply(office, number, text=ALL_DOWN))
    assert dues(office, number) == (office.now + HOUR, None)


def test_a_promise_that_still_runs_is_not_begun_a_second_time(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE), status="resolved")
    office.file(reply(office, number))
    assert [clock.kind for clock in all_clocks(office, number)] == ["response", "resolution"]


def test_a_follow_up_has_promises_of_its_own(office: Office) -> None:
    number = resolved(office)
    office.now += 30 * DAY
    ticket = office.file(reply(office, number)).ticket
    assert ticket is not None
    assert len(all_clocks(office, number)) == 2
    assert office.clocks(ticket.id)["response"].due == office.now + 8 * HOUR
