"""Support mails as a desk receives them, by the thousand, from a seed: same seed, same bytes.

    for sample in mails(1000, seed=7):
        deliver(sample.raw)

Of each 100: 69 plain text, 15 HTML with a text alternative, 10 with a screenshot, 5 replies, 1 automatic
(out-of-office, list, bounce in turn); 26 kB on average. Each has an address and a Message-ID of its own, so
that every answerable mail which opens a ticket is due exactly one acknowledgement.
"""

from __future__ import annotations

import base64
import quopri
import random
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from html import escape

from tests.corpus_texts import COMPANIES, DISCLAIMER, MAILERS, VOICES, WEIGHTS, Voice

DESK = "support@desk.example"
BEGIN = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
HUNDRED = ("plain",) * 69 + ("html",) * 15 + ("screenshot",) * 10 + ("reply",) * 5 + ("automatic",)
AUTOMATIC = ("out-of-office", "list", "bounce")


@dataclass(frozen=True, slots=True)
class Sample:
    """`kind` is plain, html, screenshot, reply, out-of-office, list or bounce; `raw` has CRLF lines."""

    number: int
    kind: str
    answerable: bool
    language: str
    sender: str
    subject: str
    message_id: str
    in_reply_to: str | None
    raw: bytes


@dataclass(frozen=True, slots=True)
class Origin:
    """A letter of the desk that may be replied to: its Message-ID, and the customer who got it."""

    message_id: str
    recipient: str


def mails(
    count: int, *, seed: int = 1, replies_to: Sequence[Origin] = (), desk: str = DESK, begin: datetime = BEGIN
) -> Iterator[Sample]:
    """`count` mails to `desk`, dated from `begin` on, one at a time.

    Replies answer one of `replies_to`; without any, a letter that this desk never sent.
    """
    rng = random.Random(seed)
    hundred: list[str] = []
    for number in range(count):
        if not hundred:
            hundred = rng.sample(HUNDRED, len(HUNDRED))
        kind = hundred.pop()
        if kind == "automatic":
            kind = AUTOMATIC[number // 100 % 3]
        origin = rng.choice(replies_to) if replies_to and kind == "reply" else None
        yield _Writer(rng, number, seed, desk, begin + timedelta(seconds=20 * number)).write(kind, origin)


class _Writer:
    """Writes one mail: first decides who writes, how and in which program, then composes the bytes."""

    def __init__(self, rng: random.Random, number: int, seed: int, desk: str, date: datetime) -> None:
        self.rng, self.number, self.desk, self.date = rng, number, desk, date
        self.voice: Voice = rng.choices(VOICES, WEIGHTS)[0]
        self.charset = rng.choice(self.voice.charsets)
        self.name = rng.choice(self.voice.names)
        self.host = f"{rng.choice(COMPANIES)}-{rng.randrange(4000)}.example"
        self.address = f"user{number}.{seed}@{self.host}"
        self.message_id = f"<{rng.getrandbits(64):016x}.{number}.{seed}@mail.{self.host}>"
        self.boundary = f"=_{rng.getrandbits(96):024x}"

    def write(self, kind: str, origin: Origin | None) -> Sample:
        subject = self._fill(self.rng.choice(self.voice.subjects))
        in_reply_to: str | None = None
        extra: list[str] = []
        if kind == "out-of-office":
            subject = f"Automatic reply: {subject}"
        elif kind == "bounce":
            self.name, self.address = "Mail Delivery System", f"MAILER-DAEMON@{self.host}"
            subject = "Undelivered Mail Returned to Sender"
        elif kind == "reply":
            in_reply_to = origin.message_id if origin else f"<{self.rng.getrandbits(80):020x}@desk.example>"
            self.address = origin.recipient if origin else self.address
            subject = f"Re: {subject}"
            extra = [f"In-Reply-To: {in_reply_to}", f"References: {in_reply_to}"]
        body = getattr(self, "_" + kind.replace("-", "_"))(extra)
        raw = "\r\n".join(self._headers(kind, subject) + extra).encode() + b"\r\n" + body
        return Sample(
            self.number, kind, kind not in AUTOMATIC, self.voice.language, self.address, subject,
            self.message_id, in_reply_to, raw,
        )  # fmt: skip

    def _headers(self, kind: str, subject: str) -> list[str]:
        name = Header(self.name, self.charset).encode() if not self.name.isascii() else f'"{self.name}"'
        stamp, mailer = format_datetime(self.date), self.rng.choice(MAILERS)
        signature = base64.b64encode(self.rng.randbytes(256)).decode()
        encoded = subject if subject.isascii() else Header(subject, self.charset, 60).encode(linesep=CRLF)
        return [
            f"Return-Path: <{'' if kind == 'bounce' else self.address}>",
            f"Received: from mail.{self.host} (mail.{self.host} [192.0.2.{self.number % 250}])",
            f"\tby mx.desk.example (Postfix) with ESMTPS id {self.rng.getrandbits(40):010X}",
            f"\tfor <{self.desk}>; {stamp}",
            f"Received: from [10.0.{self.number % 200}.7] by mail.{self.host} with ESMTPSA; {stamp}",
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.host}; s=s1;",
            "\th=from:to:subject:date:message-id; bh=" + signature[:44] + ";",
            *(f"\t{'b=' if not at else ''}{signature[at : at + 72]}" for at in range(0, len(signature), 72)),
            f"From: {name} <{self.address}>",
            f"To: {self.desk}",
            f"Subject: {encoded}",
            f"Date: {stamp}",
            f"Message-ID: {self.message_id}",
            *([f"X-Mailer: {mailer}"] if mailer else []),
            "MIME-Version: 1.0",
        ]

    def _plain(self, extra: list[str]) -> bytes:
        return self._part(self._letter(), "plain")

    def _html(self, extra: list[str]) -> bytes:
        text = self._letter()
        return self._multipart("alternative", self._part(text, "plain"), self._part(self._page(text), "html"))

    def _screenshot(self, extra: list[str]) -> bytes:
        name = f"Screenshot {self.date:%Y-%m-%d} at {self.date:%H.%M.%S}.png"
        picture = base64.encodebytes(png(self.rng)).replace(b"\n", b"\r\n")
        head = f'Content-Type: image/png; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        head += f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
        return self._multipart("mixed", self._part(self._letter(), "plain"), head.encode() + picture)

    def _reply(self, extra: list[str]) -> bytes:
        quoted = "\n".join(f"> {line}" for line in self._letter().splitlines())
        stamp = f"{self.date:%a, %b %d, %Y at %H:%M}"
        return self._part(f"{self._letter()}\n\nOn {stamp} ThreePBX Support <{self.desk}> wrote:\n{quoted}\n", "plain")

    def _out_of_office(self, extra: list[str]) -> bytes:
        extra += ["Auto-Submitted: auto-replied", "Precedence: bulk", "X-Autoreply: yes"]
        return self._part("I am out of the office until Monday and have no access to my mail.\n", "plain")

    def _list(self, extra: list[str]) -> bytes:
        extra += [f"List-Id: News <news.{self.host}>", f"List-Unsubscribe: <mailto:leave@{self.host}>"]
        return self._part(self._letter(), "plain")

    def _bounce(self, extra: list[str]) -> bytes:
        extra += ["Auto-Submitted: auto-replied"]
        status = f"Reporting-MTA: dns; mail.{self.host}\r\n\r\nFinal-Recipient: rfc822; gone@{self.host}\r\n"
        status += "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
        returned = f"Message-ID: <{self.rng.getrandbits(80):020x}@desk.example>\r\nFrom: {self.desk}\r\n"
        return self._multipart(
            "report; report-type=delivery-status",
            self._part("This is the mail system. Your message could not be delivered.\n", "plain"),
            b"Content-Type: message/delivery-status\r\n\r\n" + status.encode(),
            b"Content-Type: text/rfc822-headers\r\n\r\n" + returned.encode(),
        )

    def _letter(self) -> str:
        """What the customer writes: a few paragraphs, the name, now and then a disclaimer."""
        rng, voice = self.rng, self.voice
        paragraphs = [rng.choice(voice.greetings)]
        for _ in range(1 + min(9, int(rng.expovariate(0.5)))):
            count = rng.randint(1, 4)
            paragraphs.append(" ".join(self._fill(rng.choice(voice.sentences)) for _ in range(count)))
        paragraphs.append(f"{rng.choice(voice.closings)}\n{self.name}\n")
        if rng.random() < 0.3:
            paragraphs.append(f"-- \n{self.name}\n{self.host}\nTel. +1 212 555 0{rng.randrange(100, 200)}")
        if rng.random() < 0.2:
            paragraphs.append(DISCLAIMER)
        return "\n\n".join(paragraphs).strip() + "\n"

    def _page(self, text: str) -> str:
        """The letter as Outlook writes HTML: a style sheet that outweighs the words, and a tracking pixel."""
        rules = "\n".join(
            f"p.MsoNormal{n}, li.MsoNormal{n} {{margin:0in; font-size:{8 + n % 9}.0pt; font-family:Calibri}}"
            for n in range(self.rng.randint(20, 260))
        )
        paragraphs = "".join(
            f'<p class="MsoNormal" style="margin:0in"><span lang="EN-US">{line or "&nbsp;"}</span></p>\n'
            for line in escape(text).splitlines()
        )
        pixel = f'<img src="https://track.{self.host}/p.gif?id={self.number}" width="1" height="1">'
        return f"<html><head><style><!--\n{rules}\n--></style></head><body>{paragraphs}{pixel}</body></html>\n"

    def _part(self, text: str, subtype: str) -> bytes:
        """A text part in the customer's charset, in one of the transfer encodings that fits it."""
        charset = self.charset if _encodable(text, self.charset) else "utf-8"
        content = text.replace("\n", CRLF).encode(charset)
        seven_bit = charset == "iso-2022-jp" or content.isascii()
        encoding = self.rng.choice(("7bit",) if seven_bit else ("quoted-printable", "base64", "8bit"))
        if encoding == "quoted-printable":
            content = quopri.encodestring(content.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
        elif encoding == "base64":
            content = base64.encodebytes(content).replace(b"\n", b"\r\n")
        head = f'Content-Type: text/{subtype}; charset="{charset}"\r\n'
        return f"{head}Content-Transfer-Encoding: {encoding}\r\n\r\n".encode() + content

    def _multipart(self, subtype: str, *parts: bytes) -> bytes:
        mark = self.boundary.encode()
        head = f'Content-Type: multipart/{subtype}; boundary="{self.boundary}"\r\n\r\n'
        return head.encode() + b"".join(b"--" + mark + b"\r\n" + p + b"\r\n" for p in parts) + b"--" + mark + b"--\r\n"

    def _fill(self, text: str) -> str:
        return text.format(n=self.rng.randrange(200, 999), m=self.rng.randrange(10, 60))


CRLF = "\r\n"


def png(rng: random.Random, *, width: int = 800, height: int = 450) -> bytes:
    """A picture as heavy as a screenshot: a window with lines like text, and a noisy photograph."""
    plain = bytes((236, 240, 243)) * width
    lines = [plain] * height
    for top in range(40, height - 12, 16):
        ink = b"".join(rng.choice((b"\x22\x22\x22", b"\xec\xf0\xf3")) * 2 for _ in range(rng.randint(40, 150)))
        for row in range(top, top + 8):
            lines[row] = (plain[:60] + ink + plain)[: 3 * width]
    for row in range(120, 120 + rng.randint(170, 325)):
        lines[row] = plain[: 3 * 560] + rng.randbytes(3 * 200) + plain[: 3 * 40]
    pixels = zlib.compress(b"".join(b"\0" + line for line in lines), 1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _encodable(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
