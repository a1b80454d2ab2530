"""A poison mail goes to quarantine with its traceback, the mails behind it go on, and it can come back."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.desk import COMMAND, Desk
from tests.acceptance.sabotaged import sabotaged
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink

pytestmark = pytest.mark.acceptance

POISON = b"""From: Pat <pat@hooli.example>\r
To: support@desk.example\r
Subject: Poison\r
Message-ID: <poison@hooli.example>\r
X-Poison: yes\r
\r
No dial tone on any phone.\r
"""


def ordinary(number: int) -> bytes:
    return (
        f"From: Cy <cy{number}@acme.example>\r\nTo: support@desk.example\r\nSubject: Question {number}\r\n"
        f"Message-ID: <{number}@acme.example>\r\n\r\nHow do I forward my calls?\r\n"
    ).encode()


BEFORE = [ordinary(number) for number in range(3)]
BEHIND = [ordinary(number) for number in range(3, 8)]


def poisoned(
    folder: Path, sink: Sink, fault: str, *, attempts: int = 3, database: str = "sqlite:///var/mail-daemon.db"
) -> Desk:
    """A desk that finds the poison between ordinary mails when it starts."""
    changes = {"limits": {"reading": "1s", "reading_attempts": attempts}}
    desk = Desk(folder, sink=sink, database=database, changes=changes, command=sabotaged(fault))
    desk.ingest(*BEFORE, POISON, *BEHIND)
    return desk


FAULTS = {
    "unreadable": "RuntimeError: this parser has a defect",
    "unfilable": "RuntimeError: this stage has a defect",
    "hanging": "reading took longer than 1 s",
    "deadly-to-the-child": "the reading process was killed by SIGSEGV",
}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Desk]]:
    """For each fault a desk that has met its poison; they run side by side, since they mostly wait."""
    with ExitStack() as running:
        desks = {}
        for fault in FAULTS:
            folder = tmp_path_factory.mktemp(fault)
            sink = running.enter_context(Sink(folder / "sink"))
            desks[fault] = poisoned(folder, sink, fault)
        with ExitStack() as daemons:
            for desk in desks.values():
                daemons.enter_context(desk.running_daemon())
            for desk in desks.values():
                desk.wait_for_log("quarantined", seconds=40)
        yield desks


@pytest.mark.parametrize(("fault", "reason"), FAULTS.items())
def test_after_three_tries_it_is_in_quarantine(ended: dict[str, Desk], fault: str, reason: str) -> None:
    desk = ended[fault]
    [row] = desk.quarantine()
    assert (row["from"], row["subject"], row["attempts"]) == ("Pat <pat@hooli.example>", "Poison", 3)
    assert row["reason"].startswith(reason)
    assert [line["attempt"] for line in desk.log("retried")] == [1, 2]
    assert all(line["reason"].startswith(reason) for line in desk.log("retried") + desk.log("quarantined"))
    assert desk.letters("pat@hooli.example") == []


@pytest.mark.parametrize("fault", FAULTS)
def test_the_mails_behind_it_go_through_and_do_not_wait_for_its_end(ended: dict[str, Desk], fault: str) -> None:
    desk = ended[fault]
    requesters = sorted(ticket["requester"] for ticket in desk.tickets())
    assert requesters == [f"cy{number}@acme.example" for number in range(8)]
    events = [line["event"] for line in desk.log() if line["event"] in ("filed", "quarantined")]
    assert events == ["filed"] * 8 + ["quarantined"]
    assert len({letter.answers for letter in desk.letters()} - {""}) == 8


@pytest.mark.parametrize(("fault", "where"), [("unreadable", "_unreadable"), ("unfilable", "file_mail")])
def test_its_traceback_is_kept_for_the_admin(ended: dict[str, Desk], fault: str, where: str) -> None:
    desk = ended[fault]
    [row] = desk.quarantine()
    shown = desk.json("quarantine", "show", str(row["id"]))
    assert shown["traceback"].startswith("Traceback (most recent call last)")
    assert f"in {where}" in shown["traceback"]
    assert desk.run("quarantine", "show", str(row["id"]), "--raw").stdout == POISON
    as_text = desk.run("quarantine", "show", str(row["id"])).stdout
    assert b"Traceback" in as_text
    assert b"\x1b" not in as_text


def test_retry_files_it_once_the_cause_is_fixed(tmp_path: Path, sink: Sink, database_url: str) -> None:
    desk = poisoned(tmp_path, sink, "unreadable", attempts=1, database=database_url)
    with desk.running_daemon():
        desk.wait_for_log("quarantined")
    [row] = desk.quarantine()

    desk.command = COMMAND  # the defect is mended
    with desk.running_daemon():
        desk.run("quarantine", "retry", str(row["id"]))
        desk.wait_for_log("filed", inbound=row["id"])
        desk.finish([POISON])

    assert desk.quarantine() == []
    ticket = desk.ticket_of(POISON)
    assert (ticket["subject"], ticket["requester"]) == ("Poison", "pat@hooli.example")
    [letter] = desk.letters("pat@hooli.example")
    assert letter.answers == "<poison@hooli.example>"
    desk.run("quarantine", "retry", str(row["id"]), code=1)  # it is there no more


def test_retried_too_early_it_comes_back_into_quarantine_and_dropped_it_is_shown_no_more(
    tmp_path: Path, sink: Sink
) -> None:
    desk = poisoned(tmp_path, sink, "unfilable", attempts=1)
    with desk.running_daemon():
        desk.wait_for_log("quarantined")
        [row] = desk.quarantine()
        desk.run("quarantine", "retry", str(row["id"]))
        desk.wait_for_log("quarantined", count=2)
    assert [each["id"] for each in desk.quarantine()] == [row["id"]]

    desk.run("quarantine", "drop", str(row["id"]))
    assert desk.quarantine() == []
    desk.run_once()
    assert len(desk.tickets()) == len(BEFORE + BEHIND)


def test_a_mail_that_ends_the_daemon_three_times_is_in_quarantine_at_the_fourth_start(
    tmp_path: Path, dovecot: Dovecot, sink: Sink
) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot, command=sabotaged("deadly"))
    dovecot.place("support", [*BEFORE, POISON, *BEHIND])
    for _ in range(3):
        desk.start()
        assert desk.wait_for_end(20) == -signal.SIGKILL
    with desk.running_daemon():
        desk.finish([*BEFORE, POISON, *BEHIND])

    [row] = desk.quarantine()
    assert (row["subject"], row["reason"]) == ("Poison", "reading it ended the daemon 3 times")
    assert len(desk.tickets()) == len(BEFORE + BEHIND)
    assert len({letter.answers for letter in desk.letters()} - {""}) == len(BEFORE + BEHIND)
