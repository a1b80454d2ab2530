"""The embedded servers speak enough IMAP and SMTP for the daemon: login, IDLE, MOVE, and taking letters."""

from __future__ import annotations

import select
import smtplib
from collections.abc import Iterator

import pytest
from imapclient import IMAPClient

pytest.importorskip("pymap", reason="pymap is missing: pip install mail-daemon[demo]")

from mail_daemon.demo.servers import HOST, PASSWORD, USER, Servers

MAIL = b"Subject: help\r\n\r\nplease\r\n"


@pytest.fixture
def servers() -> Iterator[Servers]:
    with Servers() as running:
        yield running


@pytest.fixture
def client(servers: Servers) -> Iterator[IMAPClient]:
    with IMAPClient(HOST, port=servers.imap_port, ssl=False, timeout=5) as client:
        client.login(USER, PASSWORD)
        client.select_folder("INBOX")
        yield client


def test_a_client_in_idle_hears_of_a_mail(servers: Servers, client: IMAPClient) -> None:
    client.idle()
    servers.deliver(MAIL)
    # Not by idle_check, which takes a line that comes in two pieces for a broken connection.
    assert select.select([client.socket()], [], [], 5)[0]
    _, heard = client.idle_done()
    assert (1, b"EXISTS") in heard


def test_a_moved_mail_no_longer_waits(servers: Servers, client: IMAPClient) -> None:
    servers.deliver(MAIL)
    client.noop()
    assert servers.waiting() == 1
    assert client.fetch(client.search(), ["BODY.PEEK[]"]).popitem()[1][b"BODY[]"] == MAIL
    client.create_folder("Processed")
    client.move(client.search(), "Processed")
    assert servers.waiting() == 0


def test_keeps_the_letters_that_it_takes(servers: Servers) -> None:
    with smtplib.SMTP(HOST, servers.smtp_port, timeout=5) as relay:
        relay.sendmail("support@desk.example", ["kim@webmail.example"], MAIL)
    (letter,) = servers.accepted
    assert (letter.sender, letter.recipients, letter.content) == (
        "support@desk.example",
        ("kim@webmail.example",),
        MAIL,
    )


def test_wrong_passwords_are_refused(servers: Servers) -> None:
    with IMAPClient(HOST, port=servers.imap_port, ssl=False, timeout=5) as stranger, pytest.raises(stranger.Error):
        stranger.login(USER, "guessed")
