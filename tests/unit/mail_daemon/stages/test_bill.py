"""Bill: which new installs are marked as billed, and what the customer and the agents read of it (section 3)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mail_daemon.domain.rules import RuleTable
from mail_daemon.settings import yaml_lines
from mail_daemon.settings.billing import Install
from mail_daemon.settings.loader import load_priorities
from mail_daemon.stages.bill import wishes
from tests.office import Office, acknowledgements, read, utc, words
from tests.written import STRANGER, mail

DAY, EVENING = utc(2026, 11, 25, 15), utc(2026, 11, 26, 0, 30)
INSTALL = "A new installation, please."
CONFIG = Path(__file__).parents[4] / "config"


def asks(office: Office, text: str, now: datetime = DAY, **fields: Any) -> int:
    office.now = now
    return office.open(mail(text=text, **fields))


def flat(office: Office, which: int = 0) -> str:
    return " ".join(words(read(office, office.letters()[which])).split())


@pytest.mark.parametrize(
    ("text", "now", "why"),
    [
        (INSTALL, DAY, None),
        (f"{INSTALL} Please expedite it.", DAY, "priority handling"),
        (f"{INSTALL} Can you do it tonight?", DAY, "work after hours"),
        (INSTALL, EVENING, None),  # asked for at 19:30 Eastern, which says nothing of when the work is done
        (f"{INSTALL} Please expedite it, tonight.", EVENING, "priority handling"),
        (f"{INSTALL} No need to expedite it.", DAY, None),
        ("My phone is dead, please expedite it.", EVENING, None),  # no installation
    ],
)
def test_an_install_that_asks_for_more_than_the_usual_is_marked(
    office: Office, text: str, now: datetime, why: str | None
) -> None:
    number = asks(office, text, now)
    assert office.ticket(number).billable == why
    assert [event.detail["to"] for event in office.events(number, "billable noted")] == ([why] if why else [])


def test_the_event_says_which_words_decided(office: Office) -> None:
    (event,) = office.events(asks(office, INSTALL, subject="Please expedite"), "billable noted")
    assert event.detail == {"to": "priority handling", "evidence": "expedite", "where": "subject"}
    assert event.inbound_id == 1


def test_what_a_machine_wrote_asks_for_nothing(office: Office) -> None:
    assert office.ticket(asks(office, INSTALL, EVENING, automatic="auto-generated")).billable is None


def test_a_reply_marks_nothing_by_itself(office: Office) -> None:
    number = asks(office, INSTALL)
    office.file(mail(in_reply_to=office.key(number, "cy@acme.example"), text="Please expedite.", message_id="<2@x>"))
    assert office.ticket(number).billable is None


def test_the_customer_reads_what_such_work_costs_and_how_to_take_it_back(office: Office) -> None:
    asks(office, f"{INSTALL} Please expedite it.")
    shown = flat(office)
    assert "3 business days in advance. The earliest date is Tuesday 1 December 2026" in shown
    assert "Help after 19:00 EST, or ahead of others at your request, is billed at 125.00 USD per hour" in shown
    assert "with a minimum of 1 hour" in shown
    assert "We read your mail as a request to be served ahead of others" in shown


def test_who_asks_for_nothing_of_it_is_only_told_the_price(office: Office) -> None:
    asks(office, INSTALL)
    assert "125.00 USD per hour" in flat(office)
    assert "We read your mail as" not in flat(office)


def test_agents_see_why_it_is_billed(office: Office) -> None:
    asks(office, f"{INSTALL} Please expedite it.")
    assert "Billable priority handling" in flat(office, 1)


@pytest.mark.parametrize(
    ("now", "text", "shown"),
    [
        (EVENING, "Everything is down.", True),
        (DAY, "Everything is down.", False),
        (EVENING, "Our site is down.", False),
    ],
)
def test_an_uncovered_priority_1_hears_that_its_cause_is_reviewed(
    office: Office, now: datetime, text: str, shown: bool
) -> None:
    """Policy section 4."""
    asks(office, text, now)
    letter = " ".join(words(read(office, acknowledgements(office)[0])).split())
    told = "our after-hours time on it may be billed at 125.00 USD per hour, with a minimum of 1 hour" in letter
    assert told is shown
    assert ("If the fault is ours, you pay nothing" in letter) is shown


def test_an_unproven_sender_reads_the_price_and_none_of_his_words(office: Office) -> None:
    office.now = DAY
    office.file(mail(STRANGER, subject="SECRET", text=f"{INSTALL} Please expedite it. SECRET"))
    assert "125.00 USD per hour" in flat(office)
    assert "SECRET" not in flat(office)


@pytest.fixture(scope="module")
def shipped() -> RuleTable:
    policy = yaml_lines.read(CONFIG / "policy.yaml").data
    return wishes(Install.model_validate(policy["install"]), load_priorities(CONFIG))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Can you expedite the installation?", "priority handling"),
        ("We would like to be moved ahead of the others.", "priority handling"),
        ("Please fast track us, and rush the install.", "priority handling"),
        ("We need priority handling.", "priority handling"),
        ("Could you install it after hours?", "work after hours"),
        ("Please come online at 8pm, once the shop is closed.", "work after hours"),
        ("This evening would be best.", "work after hours"),
        ("Only outside business hours, please.", "work after hours"),
    ],
)
def test_the_shipped_phrases_hear_a_wish(shipped: RuleTable, text: str, rule: str) -> None:
    assert [reason.rule for reason in shipped.rank("", text).reasons][:1] == [rule]


@pytest.mark.parametrize(
    "text",
    [
        "No rush, any day next week is fine.",
        "There is no need to expedite this.",
        "URGENT! We need it asap!!!",
        "What would happen if we wanted to expedite it?",
        "Next Tuesday at 2 pm suits us. We are open till 7pm.",
        "You expedited the last one, which was kind.",
    ],
)
def test_the_shipped_phrases_hear_none_where_there_is_none(shipped: RuleTable, text: str) -> None:
    assert shipped.rank("", text).level == 4
