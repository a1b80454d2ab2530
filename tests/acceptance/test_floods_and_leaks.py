"""Attacks by repetition, and by a server in between: each needs a desk of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.desk import Desk
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink

pytestmark = pytest.mark.acceptance


def test_a_flood_in_one_victims_name_is_answered_once_and_a_flood_in_many_is_capped(tmp_path: Path, sink: Sink) -> None:
    """As shipped, but for the cap over all, which is 1000."""
    desk = Desk(tmp_path, sink=sink, agents=(), changes={"answers": {"unproven": 1, "known": 20, "overall": 12}})

    def flood(number: int, sender: str) -> bytes:
        return (
            f"From: <{sender}>\nSubject: Buy {number}\nMessage-ID: <{number}@flood.example>\n\nBuy {number}\n".encode()
        )

    desk.ingest(*(flood(number, "victim@bystander.example") for number in range(30)))
    desk.run_once()
    assert [letter.to for letter in desk.letters()] == ["victim@bystander.example"]
    desk.ingest(*(flood(100 + number, f"victim{number}@bystander.example") for number in range(30)))
    desk.run_once()
    assert len(desk.letters()) == 12
    tickets = desk.tickets()
    assert len(tickets) == 60  # none is lost for it
    events = desk.ticket(tickets[-1]["ref"])["events"]
    assert "answer suppressed" in [event["what"] for event in events]


def test_two_robots_do_not_answer_each_other_for_ever(tmp_path: Path, sink: Sink) -> None:
    """The other robot heeds no rule and answers every letter with a fresh Message-ID and no header."""
    desk = Desk(tmp_path, sink=sink, agents=(), changes={"answers": {"unproven": 1}})
    answered = 0
    for number in range(3):
        last = desk.letters()[-1].message_id if answered else "<0@robot.example>"
        desk.ingest(
            f"From: robot@robot.example\nTo: support@desk.example\nSubject: We got your mail\n"
            f"Message-ID: <{number + 1}@robot.example>\nIn-Reply-To: {last}\n\nTicket #{number} was opened.\n".encode()
        )
        desk.run_once()
        answered = len(desk.letters())
    assert answered == 1


def test_without_starttls_no_letter_and_no_password_leaves(tmp_path: Path) -> None:
    with Sink(tmp_path / "sink", users={"support": "smtp-secret-16"}) as sink:
        smtp = {"security": "starttls", "username": "support", "password": "smtp-secret-16"}
        desk = Desk(tmp_path, sink=sink, changes={"smtp": smtp})
        desk.ingest(b"From: a@b.example\nSubject: x\nMessage-ID: <1@b.example>\n\nx\n")
        with desk.running_daemon():
            line = desk.wait_for_log("waiting", worker="deliverer")
        assert "the server offers no STARTTLS; no login and no mail was sent" in line["reason"]
        assert sink.count() == 0
        assert {row["state"] for row in desk.outbox()} == {"waiting"}
        assert b"smtp-secret-16" not in (tmp_path / "log").read_bytes()


def test_a_password_never_reaches_the_log(tmp_path: Path, dovecot: Dovecot, sink: Sink) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot, mailbox={"password": "wrong-secret-26"})
    with desk.running_daemon():
        line = desk.wait_for_log("waiting", worker="mailbox support")
    assert "uthenticat" in line["reason"]
    assert b"wrong-secret-26" not in (tmp_path / "log").read_bytes()
    shown = desk.run("check", "--connect", code=1)
    assert b"wrong-secret-26" not in shown.stdout + shown.stderr
