"""The crew works in order: mail that lies in a mailbox is filed before clocks act, and letters leave after both."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes
from pathlib import Path
from typing import cast

import pytest

from mail_daemon.changes.ticket import move
from mail_daemon.crew import Crew
from mail_daemon.daemon import Daemon, Wiring
from mail_daemon.domain.ticket import Cause
from mail_daemon.mailboxes.base import Mailbox
from mail_daemon.store.blobs import Blobs
from mail_daemon.store.store import Store
from parsers.mail import Mail
from parsers.sandbox import Reader
from responders.push import Push
from responders.smtp import Relay
from tests.fakes import FakeMailbox, FakeReader, FakeRelay
from tests.office import DAY, NOW, Office, desk
from tests.written import CUSTOMER, mail

CLOSING = NOW + 7 * DAY


@pytest.fixture
def office(store: Store) -> Office:
    """With one ticket that has been resolved and warned about, and closes at CLOSING."""
    office = Office(store, desk())
    office.change(move, office.open(mail()), Cause.RESOLVED)
    office.tick(NOW + 3 * DAY)
    return office


def reply(office: Office) -> bytes:
    """A customer's reply, as FakeReader understands it: what stands after the empty line is the answered letter."""
    return f"From: {CUSTOMER}\n\n{office.key(1001, CUSTOMER)}".encode()


def as_reply(raw: bytes) -> Mail:
    return mail(message_id="<2@acme.example>", in_reply_to=raw.decode().partition("\n\n")[2], text="Still dead.")


def wiring(office: Office, folder: Path, relay: FakeRelay, mailbox: FakeMailbox, now: datetime) -> Wiring:
    return Wiring(
        store=office.store,
        blobs=Blobs("file:blobs", folder),
        reader=cast(Reader, FakeReader(as_reply)),
        clock=lambda: now,
        desk=lambda: office.desk,
        mailboxes=lambda: [(cast(Mailbox, mailbox), 60.0)],
        listeners=lambda _: [],
        relay=lambda: cast(Relay, relay),
        push=Push(lambda recipient: ""),
        reload=lambda: False,
        take_over_imports=lambda: 0,
        watched=[folder],
    )


def test_one_pass_files_what_came_before_a_ticket_is_closed(office: Office, tmp_path: Path) -> None:
    mailbox = FakeMailbox(reply(office), received=CLOSING, name="other")
    assert Daemon(wiring(office, tmp_path, FakeRelay(), mailbox, CLOSING)).run_once() == []
    assert office.ticket(1001).status == "open"


def test_one_pass_closes_it_where_nothing_came(office: Office, tmp_path: Path) -> None:
    Daemon(wiring(office, tmp_path, FakeRelay(), FakeMailbox(received=CLOSING), CLOSING)).run_once()
    assert office.ticket(1001).status == "closed"


def test_what_time_causes_leaves_in_the_same_pass(store: Store, tmp_path: Path) -> None:
    office, relay = Office(store, desk()), FakeRelay()
    office.open(mail())
    Daemon(wiring(office, tmp_path, relay, FakeMailbox(received=NOW), NOW + DAY)).run_once()
    assert office.letters("waiting") == []
    assert any("overdue" in str(message_from_bytes(sent)["Subject"]) for sent in relay.accepted)


def test_a_running_crew_waits_for_the_mailboxes(office: Office, tmp_path: Path) -> None:
    looked = False
    crew = Crew(
        office.store,
        Blobs("file:blobs", tmp_path),
        cast(Reader, FakeReader()),
        lambda: cast(Relay, FakeRelay()),
        Push(lambda recipient: ""),
        desk=lambda: office.desk,
        clock=lambda: CLOSING,
        down=(),
        looked=lambda: looked,
        polled=lambda: False,
        once=False,
    )
    assert crew.keeping._step() is False
    assert office.ticket(1001).status == "resolved"
    looked = True
    assert crew.keeping._step() is True
    assert office.ticket(1001).status == "closed"
