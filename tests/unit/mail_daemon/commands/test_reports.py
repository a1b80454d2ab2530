"""Orders that only ask: history, help, and the tables for admins."""

from __future__ import annotations

import pytest

from parsers.mail import Authentication
from tests.office import DAY, HOUR, Office
from tests.ordering import BOREALIS, opened, order, shown, staffed, state, to_desk
from tests.written import CUSTOMER, PROVEN, STRANGER


@pytest.fixture
def admin(guarded: Office) -> Office:
    """With ann as an admin, and one ticket of each priority."""
    staffed(guarded, admin=True)
    opened(guarded, text="A question", subject="How to dial")
    opened(guarded, text="Everything is down.", subject="Down")
    opened(guarded, BOREALIS, text="My phone is dead.", subject="Dead phone")
    return guarded


def test_help_shows_what_applies_to_the_ticket_as_it_is(office: Office) -> None:
    ticket = opened(office)
    order(office, ticket, "#help")
    assert "#status pending|vendor|monitoring" in shown(office)
    assert "#reopen" not in shown(office)
    assert "#queue" not in shown(office)
    order(office, ticket, "#close")
    order(office, ticket, "#help")
    assert "#reopen" in shown(office)


def test_history_tells_who_did_what_when(office: Office) -> None:
    ticket = opened(office)
    order(office, ticket, "#priority 2")
    order(office, ticket, "#history")
    told = shown(office)
    assert "Wednesday 25 November 2026, 09:32 EST: opened by cy@acme.example" in told
    assert "priority changed by ann, 4 → 2" in told


def test_the_queue_has_the_most_urgent_first_and_what_waits_for_us_alone(admin: Office) -> None:
    order(admin, 1003, "#pending", authentication=PROVEN)
    to_desk(admin, "#queue")
    told = shown(admin)
    assert told.index("TPBX-1002") < told.index("TPBX-1001")
    assert "TPBX-1003" not in told
    assert "Acme: How to dial" in told
    assert "25 Nov 10:32" in told


def test_overdue_are_the_broken_promises_and_today_what_is_due_until_midnight(admin: Office) -> None:
    admin.now += 2 * HOUR
    to_desk(admin, "#overdue")
    assert "TPBX-1002" in shown(admin)
    assert "TPBX-1001" not in shown(admin)
    to_desk(admin, "#today")
    assert "TPBX-1002" not in shown(admin)
    assert shown(admin).index("TPBX-1003") < shown(admin).index("TPBX-1001")
    admin.now += 3 * DAY
    to_desk(admin, "#today")
    assert "Nothing is due today." in shown(admin)


def test_tables_ask_and_change_nothing_also_in_a_ticket(admin: Office) -> None:
    before = state(admin)
    for text in ("#queue", "#overdue", "#today"):
        to_desk(admin, text)
    assert state(admin) == before


def test_a_long_table_is_cut_and_says_so(admin: Office) -> None:
    for _ in range(100):
        opened(admin, text="My phone is dead.")
    to_desk(admin, "#queue")
    assert shown(admin).count("TPBX-1") == 2 * 100  # in text and HTML
    assert "And 3 more" in shown(admin)


@pytest.mark.parametrize("text", ["#queue", "#overdue", "#today"])
def test_who_is_no_admin_sees_no_table(guarded: Office, text: str) -> None:
    opened(guarded, CUSTOMER)
    to_desk(guarded, text)
    assert "is for admins" in shown(guarded)
    assert "TPBX-1001" not in shown(guarded)


@pytest.mark.parametrize("text", ["#queue", "#help"])
def test_who_claims_to_be_an_admin_is_told_nothing(admin: Office, text: str) -> None:
    before = len(admin.letters())
    to_desk(admin, text, authentication=Authentication())
    to_desk(admin, text, STRANGER)
    assert "transcript" not in [each.letter for each in admin.letters()[before:]]
