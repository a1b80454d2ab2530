"""Attacks by repetition, and by a server in between: each needs a desk of its own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mail_daemon.pipeline import file_mail
from mail_daemon.store.migrate import upgrade
from mail_daemon.store.store import Store
from tests.acceptance.desk import AGENT, Desk
from tests.office import HOUR, Office, told
from tests.office import desk as office_desk
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink
from tests.stored import mail as arrival
from tests.written import ANN, mail

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


def test_ten_thousand_mails_in_one_victims_name_make_one_letter_to_him(tmp_path: Path) -> None:
    """Within one window. Filed in this process, since ten thousand files take longer to hand in than to file."""
    office = flooded(tmp_path, "victim@bystander.example", 10_000)
    assert Counter(told(office)) == {
        ("acknowledgement", "victim@bystander.example"): 1,
        ("notice", ANN): 30,
        ("warning", ANN): 1,
    }
    assert len(office.tickets()) == 10_000  # none is lost for it


def test_a_flood_in_an_agents_name_asks_him_once(tmp_path: Path) -> None:
    office = flooded(tmp_path, ANN, 500)
    assert Counter(told(office)) == {("confirm", ANN): 1, ("notice", ANN): 30, ("warning", ANN): 1}


def flooded(folder: Path, sender: str, mails: int) -> Office:
    """A desk with the caps that ship, after so many mails in one name, a hundred in each transaction."""
    store = Store("sqlite:///flood.db", base=folder)
    upgrade(store)
    office = Office(store, office_desk())
    for start in range(0, mails, 100):
        with store.begin() as work:
            work.inbound.add([arrival(f"{start + number}") for number in range(100)], now=office.now)
            for claimed in work.inbound.claim(now=office.now, until=office.now + HOUR, limit=100):
                one = mail(sender, message_id=f"<{claimed.id}@flood.example>")
                file_mail(work, office.desk, claimed, one, now=office.now, raw=lambda _: b"")
    return office


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


def test_a_robot_behind_an_agents_address_that_answers_every_notice_finds_an_end(tmp_path: Path, sink: Sink) -> None:
    """It answers from an address of its own, with no header that tells a machine."""
    desk = Desk(tmp_path, sink=sink, changes={"answers": {"notices": 3}})
    desk.ingest(b"From: cy@acme.example\nSubject: Fault\nMessage-ID: <1@acme.example>\n\nNo dial tone.\n")
    desk.run_once()
    for number in range(6):
        last = desk.letters(AGENT)[-1].message_id
        desk.ingest(
            f"From: robot@elsewhere.example\nTo: support@desk.example\nSubject: Got it\n"
            f"Message-ID: <{number}@elsewhere.example>\nIn-Reply-To: {last}\n\nMail number {number} came.\n".encode()
        )
        desk.run_once()
    [ticket] = desk.tickets()
    assert [row["letter"] for row in desk.outbox() if row["to"] == [AGENT]] == ["notice"] * 4 + ["warning"]
    events = [event["what"] for event in desk.ticket(ticket["ref"])["events"]]
    assert (events.count("unproven"), events.count("notice suppressed")) == (6, 3)
    assert "robot@elsewhere.example" not in [row["to"] for row in desk.outbox()]


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
