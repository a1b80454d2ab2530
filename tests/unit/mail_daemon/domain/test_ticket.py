"""What happens to a ticket's state, and what does not."""

from __future__ import annotations

import pytest

from mail_daemon.domain.ticket import CATEGORIES, ENDED, TRANSITIONS, Cause, Status, after, ways

IN_WORK = ("new", "open", "pending", "vendor")


@pytest.mark.parametrize("status", [Status.PENDING, Status.RESOLVED, Status.CLOSED])
def test_a_customers_reply_opens_what_waits_or_has_ended(status: Status) -> None:
    assert after(status, Cause.CUSTOMER_REPLIED) is Status.OPEN


@pytest.mark.parametrize("status", ["new", "open", "vendor", "monitoring", "on_hold"])
def test_a_customers_reply_leaves_what_is_in_our_hands(status: str) -> None:
    assert after(Status(status), Cause.CUSTOMER_REPLIED) == status


def test_a_new_ticket_is_open_once_an_agent_has_answered() -> None:
    assert after(Status.NEW, Cause.AGENT_REPLIED) is Status.OPEN


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.NEW])
def test_an_agents_words_alone_change_no_other_state(status: Status) -> None:
    assert after(status, Cause.AGENT_REPLIED) is status


@pytest.mark.parametrize("status", ["pending", "vendor", "resolved", "closed"])
def test_an_agent_takes_up_again_what_waits_or_has_ended(status: str) -> None:
    assert after(Status(status), Cause.REOPENED) is Status.OPEN


@pytest.mark.parametrize("status", IN_WORK)
def test_a_restored_service_is_monitored(status: str) -> None:
    assert after(Status(status), Cause.RESTORED) is Status.MONITORING


def test_only_what_is_monitored_relapses() -> None:
    assert [status for status in Status if Cause.RELAPSED in ways(status)] == [Status.MONITORING]


@pytest.mark.parametrize("status", [*IN_WORK, "monitoring"])
def test_all_that_goes_on_may_be_held(status: str) -> None:
    assert after(Status(status), Cause.HELD) is Status.ON_HOLD


@pytest.mark.parametrize("status", [*IN_WORK, "monitoring", "on_hold"])
def test_all_that_goes_on_may_be_resolved_or_closed(status: str) -> None:
    assert after(Status(status), Cause.RESOLVED) is Status.RESOLVED
    assert after(Status(status), Cause.CLOSED) is Status.CLOSED


def test_what_has_ended_is_only_taken_up_again_or_closed() -> None:
    assert set(ways(Status.CLOSED)) == {Cause.CUSTOMER_REPLIED, Cause.REOPENED}
    assert set(ways(Status.RESOLVED)) == {Cause.CUSTOMER_REPLIED, Cause.REOPENED, Cause.CLOSED}


def test_what_is_on_hold_is_not_worked_on() -> None:
    assert set(ways(Status.ON_HOLD)) == {Cause.RELEASED, Cause.RESOLVED, Cause.CLOSED}


def test_nothing_becomes_new_again() -> None:
    assert Status.NEW not in TRANSITIONS.values()


def test_every_cause_does_something() -> None:
    assert {cause for _, cause in TRANSITIONS} == set(Cause)


def test_resolved_and_closed_tickets_have_ended() -> None:
    assert {Status.RESOLVED, Status.CLOSED} == ENDED


def test_the_categories_are_those_that_scripts_rely_on() -> None:
    assert set(CATEGORIES) == {
        "outage", "trouble", "account", "request", "install", "billing", "maintenance", "other",
    }  # fmt: skip
