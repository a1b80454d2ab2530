"""Section 9: what needs a change of the vendor's software waits for it, and the customer gets a work-around."""

from __future__ import annotations

import pytest

from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.notes import note_vendor, note_workaround
from mail_daemon.changes.ticket import answered, move
from mail_daemon.domain.ticket import Cause
from tests.acceptance.policy.walked import CUSTOMER, OUTAGE, TROUBLE, did, eastern, opened, said
from tests.office import DAY, HOUR, Office, told
from tests.written import ANN

pytestmark = pytest.mark.acceptance

MONDAY = eastern(2026, 11, 23, 12)


def test_an_issue_escalated_to_the_vendor_keeps_the_vendors_reference(office: Office) -> None:
    number = opened(office, MONDAY, TROUBLE)
    did(office, move, number, Cause.GIVEN_TO_VENDOR)
    did(office, note_vendor, number, "CASE-77 1/2")
    assert (office.ticket(number).status, office.ticket(number).vendor_ref) == ("vendor", "CASE-77 1/2")
    with pytest.raises(ChangeError):
        did(office, note_vendor, number, " ")


def test_its_clocks_rest_while_the_vendor_has_it(office: Office) -> None:
    number = opened(office, MONDAY, TROUBLE)
    office.now = MONDAY + HOUR
    did(office, move, number, Cause.GIVEN_TO_VENDOR)
    before = len(told(office))
    office.tick(MONDAY + 2 * DAY + HOUR)
    assert told(office)[before:] == []
    did(office, move, number, Cause.REOPENED)
    clocks = office.clocks(number)
    assert clocks["response"].due == MONDAY + 2 * DAY + 4 * HOUR
    assert clocks["resolution"].due == eastern(2026, 11, 27, 9)  # six of seven hours today; Thursday is Thanksgiving


def test_news_of_an_outage_are_owed_on(office: Office) -> None:
    number = opened(office, MONDAY, OUTAGE)
    did(office, answered, number)
    did(office, move, number, Cause.GIVEN_TO_VENDOR)
    before = len(told(office))
    office.tick(MONDAY + HOUR)
    assert told(office)[before:] == [("warning", ANN)]


def test_a_work_around_is_kept_and_goes_to_the_customer(office: Office) -> None:
    number = opened(office, MONDAY, TROUBLE)
    did(office, move, number, Cause.GIVEN_TO_VENDOR)
    did(office, note_workaround, number, "Dial *98 to hear your messages.")
    assert office.ticket(number).workaround == "Dial *98 to hear your messages."
    (words,) = said(office, "status", CUSTOMER)
    assert "Dial *98 to hear your messages." in words
    assert "The ticket stays open" in words
    assert office.ticket(number).status == "vendor"
