"""A Reason for Outage by mail: drafted, filled in by replies, sent after a yes, shared, waived."""

from __future__ import annotations

import pytest

from tests.office import Office
from tests.ordering import BOREALIS, confirm, names, opened, order, outside, shown, staffed
from tests.written import CUSTOMER

WORDS = "Cause: a router.\n\nImpact: no calls.\n\nResolution: we changed it.\n\nPrevention: two of them."


@pytest.fixture
def ticket(office: Office) -> int:
    return opened(staffed(office), text="Everything is down.")


def test_it_is_drafted_filled_in_and_sent_by_replies(office: Office, ticket: int) -> None:
    order(office, ticket, "#rfo draft")
    draft = next(each for each in office.letters() if each.letter == "rfo-draft")
    order(office, ticket, WORDS, in_reply_to=draft.message_id)
    assert "complete, to be sent" in shown(office)
    order(office, ticket, "#rfo send")
    assert "rfo" not in names(office)
    confirm(office)
    assert (outside(office)[-1].letter, outside(office)[-1].recipients) == ("rfo", (CUSTOMER,))
    assert office.clocks(ticket)["rfo"].state == "met"
    assert "sent to the customer of TPBX-1001" in shown(office)


def test_the_words_may_come_with_the_order_to_send_them(office: Office, ticket: int) -> None:
    order(office, ticket, f"#rfo send\n\n{WORDS}")
    assert "rfo" not in names(office)
    confirm(office)
    assert [each.letter for each in outside(office)] == ["acknowledgement", "rfo"]


def test_one_that_lacks_something_is_not_even_asked_about(office: Office, ticket: int) -> None:
    order(office, ticket, "#rfo send")
    assert "lacks its cause, impact, resolution and prevention" in shown(office)
    assert "confirm" not in names(office)


def test_it_is_shared_and_waived(office: Office, ticket: int) -> None:
    other = opened(office, BOREALIS, text="Everything is down.")
    order(office, ticket, f"#rfo share {other}")
    assert "shared with TPBX-1002" in shown(office)
    order(office, other, "#rfo waive they run a test system")
    assert office.clocks(other)["rfo"].state == "ended"
    assert "waived: they run a test system" in shown(office)
    assert office.clocks(ticket)["rfo"].state == "running"


def test_what_owes_none_says_so(office: Office) -> None:
    ticket = opened(office)
    order(office, ticket, "#rfo draft")
    assert "owes no Reason for Outage" in shown(office)
