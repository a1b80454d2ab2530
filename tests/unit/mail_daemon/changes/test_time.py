"""Time that an agent puts down, and what he is told where it can't be."""

from __future__ import annotations

from typing import Any

import pytest

from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.time import log_time, note_billable
from mail_daemon.domain.by import By
from tests.office import HOUR, Office
from tests.written import mail


def log(office: Office, number: int, minutes: int = 90, kind: str = "install", text: str = "Set up") -> None:
    with office.store.begin() as work:
        ticket = work.tickets.get(number, lock=True)
        assert ticket is not None
        by = By("ann", office.now, at=office.now - HOUR)
        logged = log_time(work, office.desk, ticket, minutes=minutes, kind=kind, text=text, by=by)
    assert logged == office.ticket(number)


def put_down(office: Office, number: int) -> list[tuple[str, int, str, str]]:
    with office.store.read() as work:
        return [(entry.agent, entry.minutes, entry.kind, entry.text) for entry in work.time.of(number)]


def test_an_entry_is_kept_with_who_when_and_what_for(office: Office) -> None:
    number = office.open(mail())
    log(office, number, text=" Set up \n 20 phones ")
    assert put_down(office, number) == [("ann", 90, "install", "Set up 20 phones")]
    with office.store.read() as work:
        assert work.time.of(number)[0].at == office.now - HOUR  # when the agent wrote it
    (event,) = office.events(number, "time logged")
    assert (event.actor, event.detail["time"], event.detail["kind"]) == ("ann", "1h30m", "install")


def test_a_correction_is_an_entry_of_its_own(office: Office) -> None:
    number = office.open(mail())
    log(office, number)
    log(office, number, -30, text="typed twice")
    assert [minutes for _, minutes, _, _ in put_down(office, number)] == [90, -30]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "travel"}, "no kind of work 'travel'; write one of emergency, install, professional"),
        ({"minutes": 0}, "at most 24h; write it like 1h30m"),
        ({"minutes": 1441}, "at most 24h"),
        ({"minutes": -91}, "TPBX-1001 has 1h30m of install work; take back at most that"),
        ({"minutes": -10, "kind": "emergency"}, "TPBX-1001 has 0m of emergency work"),
        ({"text": " \n"}, "Say what was done, in one line of at most 500"),
        ({"text": "x" * 501}, "at most 500"),
    ],
)
def test_what_can_not_be_says_why_and_changes_nothing(office: Office, given: dict[str, Any], said: str) -> None:
    number = office.open(mail())
    log(office, number)
    before = office.ticket(number), put_down(office, number)
    with pytest.raises(ChangeError, match=said):
        log(office, number, **given)
    assert (office.ticket(number), put_down(office, number)) == before


def test_an_agent_says_whether_an_installation_is_billed(office: Office) -> None:
    number = office.open(mail())
    assert office.change(note_billable, number, "agreed for  Saturday night").billable == "agreed for Saturday night"
    assert office.change(note_billable, number, " ").billable is None
    assert [event.detail["to"] for event in office.events(number, "billable noted")] == [
        "agreed for Saturday night",
        None,
    ]
    with pytest.raises(ChangeError, match="at most 500"):
        office.change(note_billable, number, "x" * 501)
