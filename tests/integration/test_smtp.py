"""The relay against a real SMTP server (aiosmtpd)."""

from __future__ import annotations

import shutil
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from responders.smtp import Deferred, Refused, Relay
from tests.servers.certificate import Certificate, certificate

pytestmark = pytest.mark.integration

MAIL = b"Subject: x\r\n\r\n.dot\r\nbye\r\n"
SECRET = LoginPassword(b"support", "pässword".encode())


class Desk:
    """Keeps what it is given; answers what it is told to."""

    def __init__(self, *offers: str) -> None:
        self.offers = offers
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.answers: dict[str, str] = {}
        self.connections = 0

    async def handle_EHLO(
        self, server: Server, session: Session, envelope: Envelope, name: str, lines: list[str]
    ) -> list[str]:
        session.host_name = name
        self.connections += 1
        return [*lines[:-1], *(f"250-{offer}" for offer in self.offers), lines[-1]]

    async def handle_MAIL(self, _: Server, __: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(self, _: Server, __: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _: Server, __: Session, envelope: Envelope) -> str:
        if "DATA" not in self.answers:
            assert isinstance(envelope.content, bytes)
            self.taken.append((envelope.mail_from or "", list(envelope.rcpt_tos), envelope.content))
        return self.answers.get("DATA", "250 taken")


@pytest.fixture(params=[(), ("PIPELINING",)], ids=["line by line", "pipelined"])
def desk(request: pytest.FixtureRequest) -> Desk:
    return Desk(*request.param)


@pytest.fixture
def port(desk: Desk) -> Iterator[int]:
    yield from _served(Controller(desk, hostname="127.0.0.1", port=0))


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing: apt install openssl")
    return certificate(tmp_path_factory.mktemp("tls"))


def _served(controller: Controller) -> Iterator[int]:
    controller.port = _free_port()
    controller.start()
    yield controller.port
    controller.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def relay(port: int, **options: Any) -> Relay:
    settings: dict[str, Any] = {"security": "none", "timeout": 5.0, **options}
    return Relay("localhost" if options else "127.0.0.1", port, **settings)


def test_letters_go_over_one_connection_byte_for_byte(desk: Desk, port: int) -> None:
    out = relay(port)
    for _ in range(3):
        assert out.send("bounce@desk.example", ["a@x.example", "b@x.example"], MAIL) == {}
    assert desk.taken == [("bounce@desk.example", ["a@x.example", "b@x.example"], MAIL)] * 3
    assert desk.connections == 1
    out.close()


def test_the_null_sender(desk: Desk, port: int) -> None:
    relay(port).send("", ["a@x.example"], MAIL)
    assert desk.taken[0][0] == "<>"  # as aiosmtpd shows it


@pytest.mark.parametrize("content", [b"a\nRCPT TO:<v@x>\n.\nb", b"a\r.\r\nb", b"a\r\n.\r\nMAIL FROM:<>\r\n", b".", b""])
def test_no_content_can_end_early(desk: Desk, port: int, content: bytes) -> None:
    out = relay(port)
    out.send("s@desk.example", ["a@x.example"], content)
    out.send("s@desk.example", ["a@x.example"], MAIL)
    assert [taken[1] for taken in desk.taken] == [["a@x.example"]] * 2
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n")
    assert desk.taken[0][2] == lines.replace(b"\n", b"\r\n") + b"\r\n"


@pytest.mark.parametrize(
    "address", ["a@x>\r\nRCPT TO:<v@x.example", "a@x\nDATA", '"n" <v@x.example>', "", "é@x.example"]
)
def test_no_address_can_carry_a_command(desk: Desk, port: int, address: str) -> None:
    out = relay(port)
    with pytest.raises(Refused):
        out.send("s@desk.example", [address], MAIL)
    if address:
        with pytest.raises(Refused):
            out.send(address, ["a@x.example"], MAIL)
    assert desk.connections == 0


@pytest.mark.parametrize("point", ["MAIL", "a@x.example", "DATA"])
@pytest.mark.parametrize(("answer", "outcome"), [
    ("451 greylisted", Deferred), ("452 full", Deferred), ("550 5.1.1 no such user", Refused),
    ("530 5.7.0 log in first", Deferred),
])  # fmt: skip
def test_4xx_waits_and_5xx_ends_and_the_next_letter_goes_on(
    desk: Desk, port: int, point: str, answer: str, outcome: type[Exception]
) -> None:
    out = relay(port)
    desk.answers = {point: answer}
    with pytest.raises(outcome, match=answer):
        out.send("s@desk.example", ["a@x.example"], MAIL)
    desk.answers = {}
    out.send("s@desk.example", ["a@x.example"], MAIL)
    assert len(desk.taken) == 1
    assert desk.connections == 1


def test_recipients_left_out_are_named(desk: Desk, port: int) -> None:
    desk.answers = {"b@x.example": "550 gone", "c@x.example": "451 later"}
    left_out = relay(port).send("s@desk.example", ["a@x.example", "b@x.example", "c@x.example"], MAIL)
    assert {name: type(outcome) for name, outcome in left_out.items()} == {
        "b@x.example": Refused,
        "c@x.example": Deferred,
    }
    assert desk.taken[0][1] == ["a@x.example"]


def test_one_recipient_who_may_come_later_keeps_the_letter_waiting(desk: Desk, port: int) -> None:
    desk.answers = {"b@x.example": "550 gone", "c@x.example": "451 later"}
    with pytest.raises(Deferred, match="451 later"):
        relay(port).send("s@desk.example", ["b@x.example", "c@x.example"], MAIL)


def test_a_restarted_server_is_no_failure(desk: Desk) -> None:
    port = _free_port()
    first = Controller(desk, hostname="127.0.0.1", port=port)
    first.start()
    out = relay(port)
    out.send("s@desk.example", ["a@x.example"], MAIL)
    first.stop()
    second = Controller(desk, hostname="127.0.0.1", port=port)
    second.start()
    try:
        out.send("s@desk.example", ["a@x.example"], MAIL)
    finally:
        second.stop()
    assert len(desk.taken) == 2


def test_no_server_defers_with_one_line() -> None:
    with pytest.raises(Deferred, match="refused"):
        relay(_free_port()).send("s@desk.example", ["a@x.example"], MAIL)


def _accepts(server: Server, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    return AuthResult(success=data == SECRET, handled=False)


def _context(pem: Certificate) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem.cert, pem.key)
    return context


@pytest.fixture(params=["starttls", "tls"])
def guarded(request: pytest.FixtureRequest, pem: Certificate) -> Iterator[tuple[str, int, Desk]]:
    """A server that wants TLS and a login."""
    desk = Desk()
    context = _context(pem)
    wants: dict[str, object] = {"authenticator": _accepts, "auth_required": True}
    wants |= {"ssl_context": context} if request.param == "tls" else {"tls_context": context, "require_starttls": True}
    if request.param == "tls":
        wants["auth_require_tls"] = False
    for port in _served(Controller(desk, hostname="127.0.0.1", port=0, **wants)):  # type: ignore[arg-type]
        yield request.param, port, desk


def test_over_tls_with_a_login(guarded: tuple[str, int, Desk], pem: Certificate) -> None:
    security, port, desk = guarded
    out = relay(port, security=security, ca_file=pem.cert, username="support", password="pässword")
    out.send("s@desk.example", ["a@x.example"], MAIL)
    assert len(desk.taken) == 1
    said = out.check()
    assert "certificate verified; logged in as support" in said
    assert f"localhost:{port}; TLSv1." in said


def test_a_wrong_password_waits_and_is_not_shown(guarded: tuple[str, int, Desk], pem: Certificate) -> None:
    security, port, _ = guarded
    out = relay(port, security=security, ca_file=pem.cert, username="support", password="wrong-secret")
    with pytest.raises(Deferred, match="535") as caught:
        out.send("s@desk.example", ["a@x.example"], MAIL)
    assert "wrong-secret" not in str(caught.value)


def test_a_certificate_that_nobody_vouches_for_stops_before_the_login(guarded: tuple[str, int, Desk]) -> None:
    security, port, desk = guarded
    with pytest.raises(Deferred, match="CERTIFICATE_VERIFY_FAILED"):
        relay(port, security=security, username="support", password="p").check()
    assert desk.taken == []


def test_a_certificate_of_another_host_stops_too(guarded: tuple[str, int, Desk], pem: Certificate) -> None:
    security, port, _ = guarded
    out = Relay("127.0.0.2", port, security=security, ca_file=pem.cert, timeout=5)  # type: ignore[arg-type]
    with pytest.raises(Deferred):
        out.check()


def test_a_missing_authority_is_named(tmp_path: Path, guarded: tuple[str, int, Desk]) -> None:
    security, port, _ = guarded
    with pytest.raises(Deferred, match=r"absent\.pem holds no usable certificates"):
        relay(port, security=security, ca_file=tmp_path / "absent.pem").check()
