"""`ticket`: a ticket's clocks as timelines, and what agents put down, for a person and for a script."""

from __future__ import annotations

from datetime import timedelta

from mail_daemon.changes.notes import note_fault, note_vendor, note_workaround
from mail_daemon.changes.ticket import answered, move
from mail_daemon.changes.time import log_time
from mail_daemon.domain.by import By
from mail_daemon.domain.ticket import Cause
from tests.commands import Shell
from tests.office import HOUR, Office
from tests.written import mail


def flat(text: str) -> str:
    return " ".join(text.split())


def an_outage(office: Office) -> int:
    """Reported at 09:32 in New York, answered after the breach, restored two hours later."""
    opened = office.now
    number = office.open(mail(text="Everything is down."), cause_review=True)
    for minutes in (46, 55, 61):
        office.tick(opened + timedelta(minutes=minutes))
    office.now = opened + 1.5 * HOUR
    office.change(answered, number)
    office.now = opened + 2 * HOUR
    office.change(move, number, Cause.RESTORED, why="routes taken back")
    return number


def test_each_clock_is_told_from_its_start_to_its_end(office: Office, shell: Shell) -> None:
    an_outage(office)
    clocks = {clock["kind"]: clock for clock in shell("ticket", "1001", "--json").json["clocks"]}
    response = clocks["response"]
    assert [(moment["at"][11:16], moment["did"]) for moment in response["timeline"]] == [
        ("14:32", "started"),
        ("15:18", "warned"),
        ("15:27", "warned"),
        ("15:32", "due"),
        ("15:33", "breached"),
        ("16:02", "met"),
    ]
    assert response["timeline"][0]["due"] == "2026-11-25T15:32:00Z"
    assert response["timeline"][1]["why"] == "75% of the time has passed"
    assert (response["outcome"], response["state"], response["stopped"]) == ("broken", "met", "2026-11-25T16:02:00Z")
    resolution = clocks["resolution"]
    assert (resolution["outcome"], resolution["due"]) == ("no due time", None)
    assert [(each["did"], each["why"]) for each in resolution["timeline"]] == [
        ("started", ""),
        ("met", "routes taken back"),
    ]


def test_a_person_reads_it_in_the_desks_own_zone(office: Office, shell: Shell) -> None:
    an_outage(office)
    shown = flat(shell("ticket", "1001").out)
    assert "Clock response met, 30 minutes late 2026-11-25 09:32 EST started due 2026-11-25 10:32 EST" in shown
    assert "2026-11-25 10:33 EST breached The customer was" in shown
    assert "Clock resolution met, as soon as possible" in shown
    assert "status monitoring priority 3, was 1" in shown
    assert "opened match: new" in shown
    assert "how:" not in shown  # nothing is known of it


def test_what_agents_put_down_is_shown(office: Office, shell: Shell) -> None:
    number = office.open(mail(), cause_review=True, billable="tonight")
    office.change(note_vendor, number, "CASE-77")
    office.change(note_workaround, number, "Dial *9 first.")
    assert "fault to be reviewed" in flat(shell("ticket", "1001").out)
    office.change(note_fault, number, "provider")
    with office.store.begin() as work:
        by = By("ann", office.now)
        log_time(work, office.desk, office.ticket(number), minutes=95, kind="install", text="Set up", by=by)
    shown = flat(shell("ticket", "1001").out)
    for words in (
        "vendor CASE-77 work-around Dial *9 first. fault provider billable tonight",
        "Time put down 2026-11-25 09:32 EST ann 1h35m install Set up",
    ):
        assert words in shown
    told = shell("ticket", "1001", "--json").json
    assert (told["vendor_ref"], told["fault"], told["billable"], told["rfo"]) == (
        "CASE-77",
        "provider",
        "tonight",
        None,
    )
    assert [(entry["agent"], entry["minutes"]) for entry in told["time"]] == [("ann", 95)]


def test_the_reason_for_outage_is_told_with_what_it_lacks(office: Office, shell: Shell) -> None:
    number, other = an_outage(office), office.open(mail(message_id="<2@acme.example>"))
    with office.store.begin() as work:
        rfo = work.rfos.add([number, other], drafted=office.now, author="ann", service="Calls")
        work.rfos.change(rfo.id, cause="A cable", impact="No calls")
    shown = flat(shell("ticket", "1001").out)
    assert "lacks its resolution, prevention; shared by TPBX-1001, TPBX-1002" in shown
    told = shell("ticket", "1001", "--json").json["rfo"]
    assert (told["state"], told["tickets"]) == ("draft", ["TPBX-1001", "TPBX-1002"])
