"""Section 11: customers are notified about planned maintenance with any potential to impact their service."""

from __future__ import annotations

from email.message import EmailMessage

import icalendar
import pytest

from tests.acceptance.policy.announced import STARTS, announced
from tests.acceptance.policy.walked import QUESTION, opened, said
from tests.commands import Shell
from tests.office import Office, read, told

pytestmark = pytest.mark.acceptance

BOSS = "boss@gmail.com"  # Acme's contact


def letters(office: Office) -> list[EmailMessage]:
    return [read(office, each) for each in office.letters() if each.letter == "maintenance"]


def event(letter: EmailMessage) -> icalendar.Event:
    (part,) = [each for each in letter.walk() if each.get_content_type() == "text/calendar"][:1]
    (found,) = icalendar.Calendar.from_ical(part.get_content()).walk("VEVENT")
    return found


def test_each_affected_account_is_written_to_and_no_other(office: Office, shell: Shell) -> None:
    opened(office, office.now, QUESTION, "dee@bluebird.example")
    announced(shell, accounts="[Acme]")
    assert [to for letter, *to in told(office) if letter == "maintenance"] == [[BOSS]]


def test_recipients_get_mails_of_their_own(office: Office, shell: Shell) -> None:
    opened(office, office.now, QUESTION, "dee@bluebird.example")
    announced(shell, accounts="all")
    assert sorted(to for letter, *to in told(office) if letter == "maintenance") == [[BOSS], ["dee@bluebird.example"]]


def test_the_mail_tells_what_when_and_how_it_is_felt(office: Office, shell: Shell) -> None:
    announced(shell)
    (words,) = said(office, "maintenance")
    assert "Outbound calls" in words
    assert "We replace the session border controllers." in words
    assert "the service does not work" in words


def test_an_invitation_carries_the_maintnote_properties(office: Office, shell: Shell) -> None:
    announced(shell)
    found = event(letters(office)[0])
    assert found["DTSTART"].dt == STARTS
    assert str(found["X-MAINTNOTE-IMPACT"]) == "OUTAGE"
    assert str(found["X-MAINTNOTE-STATUS"]) == "CONFIRMED"
    assert str(found["X-MAINTNOTE-MAINTENANCE-ID"]) == "sbc-7"


def test_updates_and_cancellations_follow_in_the_same_thread(office: Office, shell: Shell) -> None:
    announced(shell)
    announced(shell, "update", later=2)
    assert shell("maintenance", "cancel", "sbc-7").code == 0
    first, second, third = letters(office)
    assert second["In-Reply-To"] == first["Message-ID"]
    assert str(first["Message-ID"]) in str(third["References"])
    assert [int(event(each)["SEQUENCE"]) for each in (first, second, third)] == [0, 1, 2]
    assert str(event(third)["X-MAINTNOTE-STATUS"]) == "CANCELLED"
    assert len({str(event(each)["UID"]) for each in (first, second, third)}) == 1
