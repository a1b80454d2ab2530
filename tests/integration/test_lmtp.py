"""The LMTP listener, spoken to by smtplib's LMTP client and by hand."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mail_daemon.mailboxes.base import Arrival, MailboxDown
from mail_daemon.mailboxes.lmtp import Lmtp, check
from mail_daemon.settings.sections import LmtpMailbox
from tests.servers.dovecot import free_ports

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
MAIL = b"From: ann@acme.example\r\nSubject: hello\r\n\r\n.dot\r\nbody\r\n"


@contextmanager
def listening(listen: str, store: Callable[[Arrival], None], *, mail_size: int = 1_000_000) -> Iterator[Lmtp]:
    section = LmtpMailbox(name="local", type="lmtp", listen=listen)
    lmtp = Lmtp(section, store=store, mail_size=mail_size, clock=lambda: NOW)
    lmtp.start()
    try:
        yield lmtp
    finally:
        lmtp.stop()


@pytest.fixture
def port() -> int:
    return free_ports(1)[0]


def client(port: int) -> smtplib.LMTP:
    return smtplib.LMTP("127.0.0.1", port, local_hostname="localhost")


def test_a_mail_is_stored_with_its_envelope_sender(port: int) -> None:
    stored: list[Arrival] = []
    with listening(f"127.0.0.1:{port}", stored.append), client(port) as mta:
        mta.sendmail("ann@acme.example", ["support@desk.example"], MAIL)
        mta.sendmail("", ["support@desk.example"], MAIL)
    assert [arrival.raw for arrival in stored] == [MAIL, MAIL]
    assert [arrival.envelope_sender for arrival in stored] == ["ann@acme.example", ""]
    assert stored[0].received == NOW and stored[0].size == len(MAIL) and stored[0].mailbox == "local"
    assert stored[0].key != stored[1].key


def test_the_answer_comes_only_after_the_mail_is_stored(port: int) -> None:
    may_end, ended = threading.Event(), threading.Event()

    def slowly(arrival: Arrival) -> None:
        may_end.wait(10)
        ended.set()

    with listening(f"127.0.0.1:{port}", slowly), client(port) as mta:
        threading.Timer(0.3, may_end.set).start()
        mta.sendmail("ann@acme.example", ["support@desk.example"], MAIL)
        assert ended.is_set()


def test_several_recipients_make_one_mail_and_an_answer_each(port: int) -> None:
    stored: list[Arrival] = []
    with listening(f"127.0.0.1:{port}", stored.append), socket.create_connection(("127.0.0.1", port)) as sock:
        lines = sock.makefile("rb")
        assert lines.readline().startswith(b"220 ")
        said = b"LHLO me\r\nMAIL FROM:<a@b.example>\r\n" + b"RCPT TO:<support@desk.example>\r\n" * 3
        sock.sendall(said + b"DATA\r\n")
        while not lines.readline().startswith(b"354"):
            pass
        sock.sendall(MAIL + b".\r\nQUIT\r\n")
        assert [lines.readline()[:3] for _ in range(4)] == [b"250", b"250", b"250", b"221"]
    assert len(stored) == 1


def test_what_cannot_be_stored_is_asked_for_again(port: int) -> None:
    def failing(arrival: Arrival) -> None:
        raise RuntimeError("No space left on device")

    with listening(f"127.0.0.1:{port}", failing), client(port) as mta:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            mta.sendmail("ann@acme.example", ["support@desk.example"], MAIL)
        assert refused.value.smtp_code == 451
        assert mta.noop()[0] == 250


@pytest.mark.parametrize("announced", [True, False])
def test_a_mail_over_the_limit_is_refused_for_good(port: int, announced: bool) -> None:
    stored: list[Arrival] = []
    with listening(f"127.0.0.1:{port}", stored.append, mail_size=1000), client(port) as mta:
        mta.ehlo()  # says LHLO
        large = MAIL + b"x" * 70 * 1000
        size = [f"SIZE={len(large)}"] if announced else []
        code = mta.mail("ann@acme.example", size)[0]
        if not announced:
            mta.rcpt("support@desk.example")
            code = mta.data(large)[0]
    assert code == 552
    assert stored == []


def test_long_lines_are_taken(port: int) -> None:
    stored: list[Arrival] = []
    with listening(f"127.0.0.1:{port}", stored.append), client(port) as mta:
        mta.sendmail("ann@acme.example", ["support@desk.example"], MAIL + b"x" * 20_000 + b"\r\n")
    assert b"x" * 20_000 in stored[0].raw


def test_a_line_without_end_is_cut_off(port: int) -> None:
    stored: list[Arrival] = []
    with listening(f"127.0.0.1:{port}", stored.append), socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"LHLO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\n")
        with pytest.raises(OSError):
            for _ in range(1000):
                sock.sendall(b"x" * 100_000)
    assert stored == []


def test_a_unix_socket_is_for_owner_and_group(tmp_path: Path) -> None:
    stored: list[Arrival] = []
    path = tmp_path / "lmtp.sock"
    with listening(str(path), stored.append):
        assert path.stat().st_mode & 0o777 == 0o660
        with smtplib.LMTP(str(path), local_hostname="localhost") as mta:
            mta.sendmail("ann@acme.example", ["support@desk.example"], MAIL)
    assert len(stored) == 1
    assert not path.exists()


@pytest.mark.parametrize("listen", ["0.0.0.0:2424", "192.0.2.1:2424", "desk.example:2424", "[::]:2424", "2424"])
def test_only_loopback_is_listened_on(listen: str) -> None:
    section = LmtpMailbox(name="local", type="lmtp", listen=listen)
    with pytest.raises(ValueError):
        Lmtp(section, store=lambda arrival: None, mail_size=1, clock=lambda: NOW)


def test_a_port_that_is_taken_is_one_line(port: int) -> None:
    section = LmtpMailbox(name="local", type="lmtp", listen=f"127.0.0.1:{port}")
    lmtp = Lmtp(section, store=lambda arrival: None, mail_size=1, clock=lambda: NOW)
    with socket.create_server(("127.0.0.1", port)), pytest.raises(MailboxDown, match=str(port)):
        lmtp.start()
    lmtp.stop()


def test_a_check_says_whether_it_could_listen(port: int, tmp_path: Path) -> None:
    here, path = f"127.0.0.1:{port}", f"{tmp_path}/lmtp.sock"
    for listen in (here, path):
        section = LmtpMailbox(name="local", type="lmtp", listen=listen)
        assert check(section, running=False) == f"nobody else listens on {listen}"
        with pytest.raises(MailboxDown, match=f"can't listen on {listen}: "):
            check(section, running=True)
        with listening(listen, lambda _: None):
            assert check(section, running=True) == f"the running daemon listens on {listen}"
    with socket.create_server(("127.0.0.1", port)), pytest.raises(MailboxDown, match="Address already in use; stop"):
        check(LmtpMailbox(name="local", type="lmtp", listen=here), running=False)
    with pytest.raises(MailboxDown, match="No such file or directory"):
        check(LmtpMailbox(name="local", type="lmtp", listen="/no/such/folder/x.sock"), running=False)
