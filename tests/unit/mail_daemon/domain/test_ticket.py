"""What happens to a ticket's state, and what does not."""

from __future__ import annotations

import pytest

from mail_daemon.domain.ticket import CATEGORIES, ENDED, TRANSITIONS, Cause, Status, after


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


def test_nothing_becomes_new_again() -> None:
    assert Status.NEW not in TRANSITIONS.values()


def test_resolved_and_closed_tickets_have_ended() -> None:
    assert {Status.RESOLVED, Status.CLOSED} == ENDED


def test_the_categories_are_those_that_scripts_rely_on() -> None:
    assert set(CATEGORIES) == {
        "outage", "trouble", "account", "request", "install", "billing", "maintenance", "other",
    }  # fmt: skip
