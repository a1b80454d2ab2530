"""The sink is what every other test believes, so it is tested itself."""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.sink import Sink

pytestmark = pytest.mark.integration
LETTER = b"Subject: hello\r\n\r\n.a line that begins with a dot\r\n..\r\nend\r\n"


@pytest.fixture
def client(sink: Sink) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(sink.host, sink.port, timeout=10) as connected:
        yield connected


def test_keeps_each_letter_with_its_envelope_in_order(sink: Sink, client: smtplib.SMTP) -> None:
    client.sendmail("desk@a.example", ["x@b.example", "y@b.example"], LETTER)
    client.sendmail("", ["z@b.example"], b"Subject: second\r\n\r\n")
    first, second = sink.letters()
    assert (first.sender, first.recipients) == ("desk@a.example", ("x@b.example", "y@b.example"))
    assert first.content == LETTER
    assert abs(first.at - time.time()) < 10
    assert (second.sender, second.recipients, sink.count()) == ("", ("z@b.example",), 2)


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("defer_mail", 451),
        ("defer_rcpt", 451),
        ("refuse_rcpt", 550),
        ("defer_data", 451),
        ("refuse_data", 554),
    ],
)
def test_a_mode_says_no_as_often_as_asked_and_is_over_then(sink: Sink, mode: str, code: int) -> None:
    sink.mode(mode, times=1)
    with smtplib.SMTP(sink.host, sink.port) as client:
        with pytest.raises(smtplib.SMTPException) as caught:
            client.sendmail("a@a.example", ["b@b.example"], LETTER)
        assert str(code) in str(caught.value)
        assert sink.count() == 0
        client.sendmail("a@a.example", ["b@b.example"], LETTER)
    assert sink.count() == 1


def test_refuses_only_the_recipient_named(sink: Sink, client: smtplib.SMTP) -> None:
    sink.mode("refuse_rcpt", only="gone@")
    client.sendmail("a@a.example", ["gone@b.example", "here@b.example"], LETTER)
    assert [letter.recipients for letter in sink.letters()] == [("here@b.example",)]


@pytest.mark.parametrize(("mode", "kept"), [("cut_data", 0), ("lose_answer", 1)])
def test_cuts_the_connection_before_or_after_the_letter_is_kept(sink: Sink, mode: str, kept: int) -> None:
    sink.mode(mode, times=1)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        smtplib.SMTP(sink.host, sink.port).sendmail("a@a.example", ["b@b.example"], LETTER)
    assert sink.count() == kept


def test_busy_greets_with_421_and_slow_takes_its_time(sink: Sink) -> None:
    sink.mode("busy", times=1)
    with pytest.raises(smtplib.SMTPConnectError):
        smtplib.SMTP(sink.host, sink.port)
    sink.mode("slow", times=1, seconds=0.2)
    begun = time.monotonic()
    with smtplib.SMTP(sink.host, sink.port) as client:
        client.sendmail("a@a.example", ["b@b.example"], LETTER)
    assert time.monotonic() - begun >= 0.2


def test_starttls_and_login_are_asked_for_before_any_letter(tmp_path: Path) -> None:
    with (
        Sink(tmp_path, security="starttls", users={"desk": "secret"}) as sink,
        smtplib.SMTP(sink.host, sink.port) as client,
    ):
        client.starttls(context=ssl.create_default_context(cafile=sink.ca_file))
        with pytest.raises(smtplib.SMTPSenderRefused):
            client.sendmail("a@a.example", ["b@b.example"], LETTER)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("desk", "wrong")
        client.login("desk", "secret")
        client.sendmail("a@a.example", ["b@b.example"], LETTER)
        (letter,) = sink.letters()
        assert (letter.user, letter.encrypted) == ("desk", True)


def test_letters_and_port_outlive_a_restart(sink: Sink) -> None:
    for count in (1, 2):
        with smtplib.SMTP(sink.host, sink.port) as client:
            client.sendmail("a@a.example", ["b@b.example"], LETTER)
        sink.stop()
        sink.start()
        assert sink.count() == count
    sink.wait_for(2, seconds=1)
    with pytest.raises(TimeoutError, match="2 of 3"):
        sink.wait_for(3, seconds=0.1)
