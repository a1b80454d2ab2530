"""A ticket that was left pending until a time is taken up again then, once."""

from __future__ import annotations

from mail_daemon import timing
from mail_daemon.changes.ticket import move, rank
from mail_daemon.domain.by import By
from mail_daemon.domain.ticket import Cause
from tests.office import DAY, HOUR, Office
from tests.written import mail


def left_pending(office: Office) -> int:
    number = office.open(mail(text="Our site is down."))
    office.change(move, number, Cause.ASKED)
    with office.store.begin() as work:
        ticket = work.tickets.get(number, lock=True)
        assert ticket is not None
        timing.wait(work, office.desk, ticket, office.now + DAY, By("ann", office.now))
    return number


def test_its_clocks_go_on_with_what_was_left(office: Office) -> None:
    number = left_pending(office)
    office.tick(office.now + DAY)
    assert office.ticket(number).status == "open"
    assert office.clocks(number)["response"].due == office.now + 2 * HOUR
    (event,) = office.events(number, "status changed")[1:]
    assert (event.actor, event.detail["why"]) == ("mail-daemon", "the customer has not written")


def test_a_daemon_that_was_down_takes_it_up_late_and_once(office: Office) -> None:
    number = left_pending(office)
    office.tick(office.now + 3 * DAY)
    office.tick(office.now + HOUR)
    assert len(office.events(number, "status changed")) == 2


def test_it_is_no_promise(office: Office) -> None:
    number = left_pending(office)
    assert office.ticket(number).next_due == office.clocks(number)["rfo"].due
    assert not office.ticket(number).overdue


def test_a_new_priority_leaves_it_alone(office: Office) -> None:
    number = left_pending(office)
    before = office.clocks(number)["wait"]
    office.change(rank, number, 1)
    assert office.clocks(number)["wait"] == before
