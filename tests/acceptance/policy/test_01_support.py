"""Section 1: a ticket system, mail and telephone, for support events of any priority."""

from __future__ import annotations

import pytest

from tests.acceptance.policy.walked import BY_LEVEL, eastern, opened, replied, said
from tests.office import Office, read

pytestmark = pytest.mark.acceptance

NOON = eastern(2026, 11, 23, 12)


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_a_mail_of_any_priority_opens_a_ticket_that_is_acknowledged_by_its_number(office: Office, level: int) -> None:
    number = opened(office, NOON, BY_LEVEL[level])
    assert office.ticket(number).priority == level
    (letter,) = said(office, "acknowledgement")
    assert f"Your request is now ticket TPBX-{number}" in letter
    assert f"priority {level}" in letter


def test_the_acknowledgement_names_the_three_ways_and_that_mail_may_take_the_telephones_place(office: Office) -> None:
    opened(office, NOON, BY_LEVEL[4])
    (letter,) = said(office, "acknowledgement")
    assert "Support covers requests of every priority, by ticket, mail and telephone (877-771-7464)" in letter
    assert "we may ask you to write instead" in letter


def test_an_answer_to_the_acknowledgement_finds_its_ticket(office: Office) -> None:
    number = opened(office, NOON, BY_LEVEL[4])
    (letter,) = [read(office, each) for each in office.letters() if each.letter == "acknowledgement"]
    assert "just reply to this mail" in said(office, "acknowledgement")[0]
    assert str(letter["Message-ID"]) != ""
    replied(office, number, "It is for ten people.")
    assert [message.direction for message in office.messages(number)] == ["in", "in"]
    assert len(office.tickets()) == 1
