"""Section 2: support round the clock, with lesser capacity and an on-call engineer after 7 pm Eastern."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mail_daemon.changes.ticket import answered
from tests.acceptance.policy.walked import OUTAGE, TROUBLE, did, eastern, mail, opened, said
from tests.acceptance.shipped import ADMIN, OLGA, PBX
from tests.office import HOUR, Office, told
from tests.written import ANN, attachment

pytestmark = pytest.mark.acceptance

MINUTE = timedelta(minutes=1)
EVENING = eastern(2026, 11, 23, 21)  # a Monday
THANKSGIVING = eastern(2026, 11, 26, 3)


def pages(office: Office) -> list[str]:
    return [to for letter, to in told(office) if letter == "page"]


def test_twenty_four_hours_a_day_holidays_included_a_first_answer_is_promised(office: Office) -> None:
    number = opened(office, THANKSGIVING, TROUBLE)
    assert office.clocks(number)["response"].due == THANKSGIVING + 4 * HOUR


@pytest.mark.parametrize(
    ("hour", "minute", "after_hours"), [(7, 59, True), (8, 0, False), (18, 59, False), (19, 0, True), (2, 0, True)]
)
@pytest.mark.parametrize("day", [23, 28])  # a Monday, a Saturday
def test_calls_after_seven_pm_eastern_are_after_hours_until_eight(
    office: Office, day: int, hour: int, minute: int, *, after_hours: bool
) -> None:
    opened(office, eastern(2026, 11, day, hour, minute), TROUBLE)
    assert ("It is after hours here" in said(office, "acknowledgement")[0]) is after_hours


def test_after_hours_the_acknowledgement_tells_whom_to_ring_and_what_to_send(office: Office) -> None:
    opened(office, EVENING, TROUBLE)
    (letter,) = said(office, "acknowledgement")
    assert "877-771-7464" in letter
    assert "press 2 and leave a detailed message" in letter
    assert "send us the details, screenshots and call traces" in letter


def test_a_detailed_message_left_by_telephone_opens_a_ticket_and_is_sent_to_on_call_staff(office: Office) -> None:
    office.now = EVENING
    notice = mail(
        PBX,
        subject="New voicemail from (303) 555-0142",
        text="You have a new voicemail from (303) 555-0142.",
        attachments=(attachment(name="msg0001.wav", media_type="audio/x-wav", kind="voicemail"),),
    )
    ticket = office.file(notice).ticket
    office.tick()
    assert ticket is not None
    assert (ticket.account, ticket.telephone) == ("Acme", "+13035550142")
    assert pages(office) == [OLGA]
    with office.store.read() as work:
        assert [each.name for each in work.tickets.attachments(ticket.id)] == ["msg0001.wav"]
    assert not [letter for letter in told(office) if "boss@gmail.com" in letter]


@pytest.mark.parametrize(("at", "person"), [(eastern(2026, 11, 24, 11), ANN), (EVENING, OLGA)])
def test_the_internal_notification_reaches_whoever_is_on_call_then(office: Office, at: datetime, person: str) -> None:
    opened(office, at, OUTAGE)
    office.tick()
    assert pages(office) == [person]


def test_an_unanswered_page_repeats_moves_up_the_rota_and_is_told_to_the_admins(office: Office) -> None:
    opened(office, EVENING, OUTAGE)
    for _ in range(5):
        office.tick()
        office.now += 15 * MINUTE
    assert pages(office) == [OLGA, OLGA, OLGA, ANN, OLGA, ANN, OLGA, ANN]
    office.tick(EVENING + 3 * HOUR)
    assert ADMIN in [to for letter, to in told(office) if letter == "warning"]


def test_an_answer_ends_the_pages(office: Office) -> None:
    number = opened(office, EVENING, OUTAGE)
    office.tick()
    did(office, answered, number)
    office.tick(EVENING + HOUR)
    assert pages(office) == [OLGA]
