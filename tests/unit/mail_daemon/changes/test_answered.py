"""An agent's answer, when it was dispatched, and the clocks that follow.

It is Wednesday, 09:32 in New York (14:32 UTC); business hours are 8 to 19 there, and Thursday is a holiday.
"""

from __future__ import annotations

from datetime import timedelta

from mail_daemon import timing
from mail_daemon.changes.ticket import answered, move
from mail_daemon.domain.by import By
from mail_daemon.domain.ticket import Cause
from tests.office import DAY, HOUR, NOW, Office, utc
from tests.written import mail

MINUTE = timedelta(minutes=1)
ALL_DOWN, SITE_DOWN, ONE_PHONE, QUESTION = "Everything is down.", "Our site is down.", "My phone is dead.", "A question"
NIGHT = utc(2026, 11, 26, 3)  # 22:00 in New York


def states(office: Office, number: int) -> dict[str, str]:
    return {kind: clock.state for kind, clock in office.clocks(number).items()}


def did(office: Office, number: int, kind: str) -> list[str]:
    return [event.detail["did"] for event in office.events(number, "clock") if event.detail["clock"] == kind]


def test_an_answer_meets_the_response_when_it_was_dispatched(office: Office) -> None:
    number = office.open(mail(text=ALL_DOWN))
    office.now += 3 * HOUR  # the daemon was down meanwhile
    with office.store.begin() as work:
        work.tickets.change(number, overdue=True)
    ticket = office.change(answered, number, at=NOW + 50 * MINUTE)
    response = office.clocks(number)["response"]
    assert (response.state, response.stopped_at, response.next_at) == ("met", NOW + 50 * MINUTE, None)
    assert response.due == NOW + HOUR  # in time
    assert (ticket.status, ticket.overdue, ticket.next_due) == ("open", False, NOW + DAY)


def test_news_are_due_again_an_interval_after_the_answer(office: Office) -> None:
    number = office.open(mail(text=ALL_DOWN))
    with office.store.begin() as work:
        work.clocks.change(office.clocks(number)["update"].id, step=2)
    office.now += 3 * HOUR
    office.change(answered, number)
    update = office.clocks(number)["update"]
    assert (update.started, update.step) == (office.now, 0)
    assert (update.due, update.next_at) == (office.now + HOUR, office.now + HOUR)


def test_an_answer_that_was_sent_before_the_question_answers_nothing(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.change(move, number, Cause.RESOLVED)
    office.now += HOUR
    office.change(move, number, Cause.REOPENED)
    office.change(answered, number, at=NOW + 30 * MINUTE)
    assert states(office, number)["response"] == "running"


def test_an_answer_while_the_promises_rest_is_in_time_and_news_rest_on(office: Office) -> None:
    number = office.open(mail(text=ALL_DOWN))
    office.change(move, number, Cause.HELD)
    office.now += 2 * HOUR
    ticket = office.change(answered, number)
    clocks = office.clocks(number)
    assert clocks["response"].due is not None
    assert (clocks["response"].state, clocks["response"].due > office.now) == ("met", True)
    assert (clocks["update"].state, clocks["update"].next_at) == ("paused", None)
    assert (ticket.status, ticket.held_status) == ("on_hold", "open")
    office.now += HOUR
    office.change(move, number, Cause.RELEASED)
    assert office.clocks(number)["update"].due == office.now + HOUR


def test_a_second_answer_is_no_second_response(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    office.change(answered, number)
    before = office.clocks(number)
    office.now += HOUR
    office.change(answered, number)
    assert office.clocks(number) == before
    assert did(office, number, "response") == ["met"]


def test_an_answer_ends_the_page(office: Office) -> None:
    number = office.open(mail(text=ONE_PHONE))
    with office.store.begin() as work:
        timing.start(work, office.desk, office.ticket(number), ["page"], By("mail-daemon", office.now))
    page = office.clocks(number)["page"]
    assert (page.due, page.next_at) == (None, office.now)
    office.change(answered, number)
    assert states(office, number)["page"] == "met"
