"""All attack mails, sent to one desk in one pass, and what came of each."""

from __future__ import annotations

import base64
import io
import re
import socket
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from mail_daemon.domain.identity import Role, Signer
from mail_daemon.store.rows_inbound import Inbound
from tests.acceptance.desk import AGENT, Desk
from tests.acceptance.sent import Sent
from tests.servers.sink import Sink

MAILS = Path(__file__).parents[1] / "mails" / "attacks"
CUSTOMER = "cy@acme.example"
ACME = {"name": "Acme", "domains": ["acme.example"], "timezone": "America/Chicago"}
TRUSTED = {"authserv_ids": ["mx.desk.example"]}


class Siege:
    """A desk with two tickets of one customer, 1001 the target and 1002 the other, before and after the attacks."""

    def __init__(self, folder: Path, sink: Sink, database: str) -> None:
        self.desk = Desk(
            folder,
            sink=sink,
            database=database,
            accounts=[ACME],
            changes={"trusted": TRUSTED, "desk": {"aliases": ["help@desk.example"]}},
        )
        self._shown: dict[int, dict[str, Any]] = {}
        self._trap = socket.create_server(("127.0.0.1", 0))
        self._trap.settimeout(0.1)
        self.desk.ingest(_customers("No dial tone", 1), _customers("Fax is slow", 2))
        self.desk.run_once()
        self.before = self.desk.ticket(1001)
        self._sent_before = len(self.desk.letters())
        words = self._words()
        self.mails = {path.stem: _filled(path.read_bytes(), words) for path in sorted(MAILS.glob("*.eml"))}
        self.mails |= dict(_oversized())
        self.desk.ingest(*self.mails.values())
        self.desk.run_once()

    @cached_property
    def letters(self) -> list[Sent]:
        """What the attacks sent out."""
        return self.desk.letters()[self._sent_before :]

    @cached_property
    def outside(self) -> list[Sent]:
        """Of these, what went to anybody but the agents, and is no answer of the agent's own."""
        answers = {row["message_id"] for row in self.desk.outbox("agent-reply")}
        return [each for each in self.letters if each.recipients != (AGENT,) and each.message_id not in answers]

    @cached_property
    def agents_answers(self) -> list[Sent]:
        """What the real agent's mails sent to the customer."""
        answers = {row["message_id"] for row in self.desk.outbox("agent-reply")}
        return [each for each in self.letters if each.message_id in answers]

    def stored(self, name: str) -> Inbound:
        found = self.desk.inbound(self.mails[name])
        assert found is not None, f"{name} is lost"
        return found

    def ticket(self, name: str) -> dict[str, Any]:
        """The ticket that the mail was filed in."""
        stored = self.stored(name)
        assert stored.ticket_id is not None, f"{name} is {stored.state}: {stored.reason}"
        return self.shown(stored.ticket_id)

    def shown(self, number: int) -> dict[str, Any]:
        if number not in self._shown:
            self._shown[number] = self.desk.ticket(number)
        return self._shown[number]

    def answers(self, name: str) -> list[Sent]:
        """Letters outside that answer this mail."""
        found = re.search(rb"^Message-ID: *(<[^>\s]+>)", self.mails[name], re.M | re.I)
        assert found, f"{name} has no Message-ID"
        return [letter for letter in self.outside if letter.answers == found[1].decode()]

    def notices(self, name: str) -> list[Sent]:
        """What the agents got to read about the ticket that the mail opened."""
        ref = f"TPBX-{self.stored(name).ticket_id}"
        return [letter for letter in self.letters if letter.header("X-MailDaemon-Ticket") == ref and letter.to == AGENT]

    def fetched_from_us(self) -> bool:
        """Whether anything followed a link to the trap."""
        try:
            self._trap.accept()[0].close()
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        self._trap.close()

    def _words(self) -> dict[str, str]:
        """What the attackers know."""
        letters = {
            (letter.header("X-MailDaemon-Ticket"), letter.to == AGENT): letter.message_id
            for letter in self.desk.letters()
        }
        ack = letters["TPBX-1001", False]
        mac = ack.partition("@")[0]
        return {
            "target": "TPBX-1001",
            "other": "TPBX-1002",
            "customers": "<customer1@acme.example>",
            "ack": ack,
            "notice": letters["TPBX-1001", True],
            "expired_notice": self._old_notice(1001, AGENT, timedelta(days=61)),
            "bobs_notice": self._old_notice(1001, "bob@agents.example", timedelta(days=1)),
            "other_ack": letters["TPBX-1002", False],
            "other_notice": letters["TPBX-1002", True],
            "flipped": f"{mac[:-5]}{'a' if mac[-5] != 'a' else 'b'}{mac[-4:]}@desk.example>",
            "cut": f"{mac[:-1]}@desk.example>",
            "renumbered": ack.replace("1001", "1002"),
            "legacy": "<TPBX-1001@desk.example>",
            "trap": str(self._trap.getsockname()[1]),
        }

    def _old_notice(self, ticket: int, to: str, age: timedelta) -> str:
        """What an agent got in the past, with a good signature."""
        key = (self.desk.config / "secret.key").read_text().split()[-1]
        signer = Signer([bytes.fromhex(key)], domain="desk.example", tag="TPBX")
        issued = datetime.now(UTC) - age
        return signer.message_id(signer.token(ticket, to, Role.AGENT, issued=issued, nonce=b"nonce"))


def _filled(raw: bytes, words: Mapping[str, str]) -> bytes:
    for name, value in words.items():
        raw = raw.replace(b"{" + name.encode() + b"}", value.encode())
    return raw


def _customers(subject: str, number: int) -> bytes:
    return (
        f"From: Cy <{CUSTOMER}>\nTo: support@desk.example\nSubject: {subject}\n"
        f"Message-ID: <customer{number}@acme.example>\n\n{subject} since this morning.\n"
    ).encode()


def _oversized() -> Iterator[tuple[str, bytes]]:
    """Attacks by size alone, which nobody would want to read (22)."""
    yield "22-zip-bomb", _mixed("22a", _attachment("42.zip", _zip_bomb()))
    yield "22-ten-thousand-levels", _deep("22b", 10_000)
    yield "22-a-hundred-thousand-parts", _mixed("22c", b"--b\nContent-Type: text/plain\n\nx\n" * 100_000)
    line = b"X-Long: " + b"a" * 10_000_000 + b"\n"
    yield "22-a-header-line-of-10-mb", line + _head("22d") + b"\nMy phone is broken.\n"


def _head(name: str) -> bytes:
    return (
        f"From: Ned <ned@evil{name}.example>\nTo: support@desk.example\nSubject: Large\n"
        f"Message-ID: <{name}@attack.example>\n"
    ).encode()


def _mixed(name: str, parts: bytes) -> bytes:
    head = _head(name) + b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    return head + b"--b\nContent-Type: text/plain\n\nMy phone is broken.\n" + parts + b"--b--\n"


def _attachment(name: str, content: bytes) -> bytes:
    head = (
        "--b\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n"
        f"Content-Disposition: attachment; filename={name}\n\n"
    )
    return head.encode() + base64.encodebytes(content)


def _deep(name: str, levels: int) -> bytes:
    begin = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(levels)
    )
    return _head(name) + b"MIME-Version: 1.0\n" + begin + b"Content-Type: text/plain\n\nMy phone is broken.\n"


def _zip_bomb() -> bytes:
    """An archive of 100 kB that unpacks to 100 MB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"{number}", bytes(10_000_000))
    return packed.getvalue()
