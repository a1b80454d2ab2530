"""A Reason for Outage that is owed: drafted by itself, warned of, and told further up when it is late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mail_daemon.changes import rfo
from mail_daemon.changes.ticket import move
from mail_daemon.domain.by import By
from mail_daemon.domain.rfo import Sections
from mail_daemon.domain.ticket import Cause
from mail_daemon.settings.policy import Policy
from mail_daemon.store.store import Store
from tests.office import HOUR, NOW, Office, desk, read, words
from tests.written import ANN, CUSTOMER, mail

MINUTE = timedelta(minutes=1)
BOSS = "boss@desk.example"
WHOLE = Sections("", "A bad route.", "No calls.", "Taken back.", "A check.")


@pytest.fixture
def office(store: Store) -> Office:
    """With an admin, and two contacts: one at once, one four hours later."""
    staffed = desk({"desk": {"admins": (BOSS,)}})
    contact = {"name": "Carl", "title": "Manager", "address": "carl@desk.example", "telephone": "1"}
    escalation = [{**contact, "after": "2h"}, {**contact, "name": "Dora", "after": "4h"}]
    policy = Policy.model_validate({**staffed.policy.model_dump(), "escalation": escalation})
    return Office(store, type(staffed)(**{**_fields(staffed), "policy": policy}))


def _fields(of: object) -> dict[str, object]:
    return {name: getattr(of, name) for name in type(of).__dataclass_fields__}  # type: ignore[attr-defined]


def restored(office: Office, text: str = "Everything is down.") -> int:
    """An outage that was answered and restored at once, so that nothing but its report is owed."""
    number = office.open(mail(subject="Phones", text=text))
    with office.store.begin() as work:
        ticket = work.tickets.get(number, lock=True)
        assert ticket is not None
        move(work, office.desk, ticket, Cause.RESOLVED, By("ann", office.now))
        for clock in work.clocks.of(number):
            if clock.kind == "close":
                work.clocks.change(clock.id, next_at=None)
    return number


def told(office: Office) -> list[tuple[str, str, str]]:
    """Letter, recipient and subject of what the clock has caused."""
    inner = [letter for letter in office.letters() if letter.letter in ("warning", "rfo-draft", "rfo", "escalation")]
    return [(letter.letter, letter.recipients[0], str(read(office, letter)["Subject"])) for letter in inner]


def did(office: Office, number: int) -> list[str]:
    events = [event for event in office.events(number, "clock") if event.detail["clock"] == "rfo"]
    return [event.detail["did"] for event in events]


DRAFT = ("rfo-draft", ANN, "Reason for Outage due: Phones [TPBX-1001]")


def test_an_outage_of_priority_1_owes_it_within_24_hours_and_one_of_2_within_96(office: Office) -> None:
    assert office.clocks(restored(office))["rfo"].due == NOW + 24 * HOUR
    assert office.clocks(restored(office, "Our site is down."))["rfo"].due == NOW + 96 * HOUR


def test_other_tickets_owe_none(office: Office) -> None:
    assert "rfo" not in office.clocks(office.open(mail(text="My phone is dead.")))


def test_the_draft_comes_at_three_quarters_and_a_warning_at_nine_tenths(office: Office) -> None:
    number = restored(office)
    office.tick(NOW + 18 * HOUR - MINUTE)
    assert told(office) == []
    office.tick(NOW + 18 * HOUR)
    assert told(office) == [DRAFT]
    office.tick(NOW + 21.6 * HOUR)
    assert told(office)[1:] == [
        ("warning", ANN, "Warning: The Reason for Outage is due in 2 hours and 24 minutes [TPBX-1001]")
    ]
    assert did(office, number) == ["warned", "warned"]
    assert "lacks its cause, impact, resolution" in " ".join(words(read(office, office.letters()[-1])).split())


def test_who_has_a_draft_is_only_warned(office: Office) -> None:
    number = restored(office)
    with office.store.begin() as work:
        ticket = work.tickets.get(number, lock=True)
        assert ticket is not None
        rfo.complete(work, office.desk, ticket, WHOLE, By("ann", office.now))
    office.tick(NOW + 18 * HOUR)
    ((letter, _, subject),) = told(office)
    assert (letter, subject) == ("warning", "Warning: The Reason for Outage is due in 6 hours [TPBX-1001]")
    assert "It has all its sections and has not been sent" in words(read(office, office.letters()[-1]))


def test_late_it_is_told_to_agents_and_then_to_admins_at_each_contacts_time(office: Office) -> None:
    number = restored(office)
    for hours in (18, 21.6, 24, 26, 28, 40):
        office.tick(NOW + hours * HOUR)
    late = told(office)[2:]
    assert late == [
        ("warning", ANN, "Warning: The Reason for Outage is overdue [TPBX-1001]"),
        ("warning", ANN, "Warning: The Reason for Outage is still overdue [TPBX-1001]"),
        ("warning", BOSS, "Warning: The Reason for Outage is still overdue [TPBX-1001]"),
        ("warning", ANN, "Warning: The Reason for Outage is still overdue [TPBX-1001]"),
        ("warning", BOSS, "Warning: The Reason for Outage is still overdue [TPBX-1001]"),
    ]
    assert did(office, number) == ["warned", "warned", "breached", "escalated", "escalated"]
    assert office.clocks(number)["rfo"].next_at is None


def test_the_customer_is_told_of_none_of_it(office: Office) -> None:
    restored(office)
    for hours in (18, 21.6, 24, 26, 28):
        office.tick(NOW + hours * HOUR)
    assert CUSTOMER not in {recipient for _, recipient, _ in told(office)}


def test_after_a_day_away_only_the_last_mark_acts_and_says_when_it_was_due(office: Office) -> None:
    number = restored(office)
    office.tick(NOW + 27 * HOUR)
    assert told(office) == [
        DRAFT,
        ("warning", ANN, "Warning: The Reason for Outage is overdue [TPBX-1001]"),
        ("warning", BOSS, "Warning: The Reason for Outage is overdue [TPBX-1001]"),
    ]
    assert "It was due at Thursday 26 November 2026, 09:32 EST, 3 hours ago" in words(
        read(office, office.letters()[-1])
    )
    assert did(office, number) == ["breached"]
    office.tick(NOW + 28 * HOUR)
    assert did(office, number) == ["breached", "escalated"]


@pytest.mark.parametrize("verb", ["send", "waive"])
def test_sent_or_waived_it_is_quiet(office: Office, verb: str) -> None:
    number = restored(office)
    with office.store.begin() as work:
        ticket = work.tickets.get(number, lock=True)
        assert ticket is not None
        by = By("ann", office.now)
        if verb == "send":
            rfo.complete(work, office.desk, ticket, WHOLE, by)
            rfo.send(work, office.desk, ticket, by)
        else:
            rfo.waive(work, office.desk, ticket, "a drill", by)
    before = len(office.letters())
    office.tick(NOW + 200 * HOUR)
    assert len(office.letters()) == before
