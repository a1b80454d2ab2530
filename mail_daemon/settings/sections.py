"""The sections of mail-daemon.yaml, a class each; `config/mail-daemon.yaml` explains every key."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from mail_daemon.settings.public_domains import PUBLIC_DOMAINS
from mail_daemon.settings.types import (
    Domain,
    Duration,
    FilePath,
    Host,
    Language,
    Line,
    MailAddress,
    Port,
    Section,
    Sender,
    Size,
    Span,
    Zone,
    one_line,
)

Security = Literal["tls", "starttls", "none"]


def _example(text: str) -> Any:
    """A field that must be written, with what an error message shows to write."""
    return Field(json_schema_extra={"example": text})


class Desk(Section):
    """Who we are: the address that customers write to and what our letters are signed with."""

    name: Line = _example("ThreePBX Support")
    address: MailAddress = _example("support@desk.example")
    aliases: tuple[MailAddress, ...] = ()
    admins: tuple[MailAddress, ...] = ()  # told of broken config and failed letters
    timezone: Zone = _example("America/New_York")
    language: Language = "en"
    tag: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,9}$", json_schema_extra={"example": "TPBX"})] = "TPBX"
    secret_key_file: FilePath = Path("secret.key")
    plus_addressing: bool = False  # the mail server delivers support+token@ to support@

    @property
    def addresses(self) -> frozenset[str]:
        return frozenset({self.address, *self.aliases})

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    def ref(self, number: int) -> str:
        return f"{self.tag}-{number}"

    def number(self, ref: str) -> int:
        """The ticket's number in `TPBX-1042`, `tpbx-1042` or `1042`. Raises ValueError."""
        digits = ref.strip().upper().removeprefix(f"{self.tag}-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
            raise ValueError(f"{ref!r} is no ticket; write it like {self.ref(1042)} or 1042")
        return int(digits)


class Database(Section):
    url: Annotated[Line, Field(repr=False)] = "sqlite:///var/mail-daemon.db"  # may hold a password
    password_file: FilePath | None = None


class Blobs(Section):
    url: Annotated[Line, Field(repr=False)] = "file:var/blobs"


class Done(Section):
    """What becomes of a mail in its mailbox once it is stored."""

    move: Line


def _parse_done(value: Any) -> Any:
    if isinstance(value, Done) or value in ("seen", "delete", "keep"):
        return value
    if isinstance(value, dict) and set(value) == {"move"} and isinstance(value["move"], str):
        return Done(move=one_line(value["move"]))
    raise ValueError("this is nothing to do; write {move: FOLDER}, seen, delete or keep")


WhatIsDone = Annotated[Done | Literal["seen", "delete", "keep"], BeforeValidator(_parse_done)]


class Source(Section):
    """What every mailbox has."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", json_schema_extra={"example": "support"})]
    poll_seconds: Annotated[float, Field(gt=0, le=86400)] = 60


class ImapMailbox(Source):
    type: Literal["imap"] = "imap"
    host: Host = _example("imap.desk.example")
    port: Port = 993
    security: Security = "tls"
    allow_plaintext: bool = False
    ca_file: FilePath | None = None  # trust this certificate authority instead of the system's
    username: Line = _example("support")
    password: SecretStr | None = None
    password_file: FilePath | None = None
    folder: Line = "INBOX"
    done: WhatIsDone = Done(move="Processed")
    idle: bool = True


class MaildirMailbox(Source):
    type: Literal["maildir"]
    path: FilePath = _example("/var/mail/support")
    done: WhatIsDone = "seen"


class LmtpMailbox(Source):
    """Listens on loopback (`127.0.0.1:2424`, `[::1]:2424`) or on a Unix socket (a path)."""

    type: Literal["lmtp"]
    listen: Line = _example("127.0.0.1:2424")


MailboxSection = Annotated[ImapMailbox | MaildirMailbox | LmtpMailbox, Field(discriminator="type")]


class Smtp(Section):
    host: Host = _example("smtp.desk.example")
    port: Port = 587
    security: Security = "starttls"
    allow_plaintext: bool = False
    ca_file: FilePath | None = None
    username: Line | None = None
    password: SecretStr | None = None
    password_file: FilePath | None = None
    timeout: Span = timedelta(seconds=60)
    envelope_sender: MailAddress | None = None  # where bounces come back; default: desk.address


class Trusted(Section):
    """Which servers' words about a mail are believed; nobody else's are."""

    authserv_ids: tuple[Line, ...] = ()
    received_from: tuple[Line, ...] = ()


class Limits(Section):
    """Bounds on what one mail may cost."""

    mail_size: Annotated[Size, Field(ge=10_000)] = 50_000_000
    batch: Annotated[int, Field(ge=1, le=100)] = 100
    reading: Span = timedelta(seconds=20)
    reading_memory: Annotated[Size, Field(ge=100_000_000)] = 1_500_000_000
    reading_attempts: Annotated[int, Field(ge=1)] = 3
    spool: FilePath = Path("var/spool")  # where mails over 1 MB are put together while they are fetched


class Answers(Section):
    """How often automatic answers may go out; a forged victim must never be bombed through us."""

    window: Span = timedelta(minutes=5)
    unproven: Annotated[int, Field(ge=0)] = 1  # acknowledgements per address and window
    known: Annotated[int, Field(ge=0)] = 20  # the same, for known accounts and DMARC-proven senders
    overall: Annotated[int, Field(ge=0)] = 1000  # to unproven addresses, all together, per window
    per_day: Annotated[int, Field(ge=0)] = 50  # acknowledgements per address within 24 hours, whoever it is
    notices: Annotated[int, Field(ge=0)] = 30  # to one agent, caused by one address, per window
    confirmations: Annotated[int, Field(ge=0)] = 1  # asked of one agent within an hour, for mails without proof


_NAMED = re.compile(r"\{([^{}\n]*)\}")


def _signature(value: str) -> str:
    wrong = [name for name in _NAMED.findall(value) if name not in ("agent", "desk")]
    if wrong:
        raise ValueError(f"nothing is called {{{wrong[0]}}}; write {{agent}} or {{desk}}")
    if not all(character.isprintable() or character == "\n" for character in value):
        raise ValueError("this holds a control character; write plain lines")
    return value.strip()


class AgentMail(Section):
    """What becomes of the words that agents write to customers."""

    signature: Annotated[str, Field(max_length=1000), AfterValidator(_signature)] = "{agent}\n{desk}"
    collision: Literal["tell", "send"] = "tell"  # what is done with the second of two answers
    attachments: Annotated[Size, Field(ge=10_000)] = 25_000_000  # of one answer, all together


class Delivery(Section):
    """How the outbox retries."""

    first_retry: Span = timedelta(minutes=1)
    longest_pause: Span = timedelta(hours=4)
    give_up_after: Span = timedelta(days=5)
    warnings: Annotated[int, Field(ge=0)] = 10  # of failed letters an hour; then one for all the others


class Matching(Section):
    """When a reply still belongs to its ticket."""

    reopen_within: Duration = timedelta(days=14)
    agent_proof: Literal["strict", "token", "address"] = "strict"  # what makes a mail an agent's
    agent_reply_within: Duration = timedelta(days=30)  # an agent's answer to an older letter is unproven
    confirm_within: Span = timedelta(hours=1)  # how long a letter that asks an agent for a yes can be answered
    public_domains: tuple[Domain, ...] = PUBLIC_DOMAINS  # such a domain never identifies an account
    refused_senders: tuple[Sender, ...] = ()  # addresses or domains that are filed in quarantine, unanswered


class Settings(Section):
    """The whole of mail-daemon.yaml."""

    desk: Desk
    database: Database = Database()
    blobs: Blobs = Blobs()
    mailboxes: tuple[MailboxSection, ...] = ()
    smtp: Smtp
    trusted: Trusted = Trusted()
    limits: Limits = Limits()
    answers: Answers = Answers()
    agents: AgentMail = AgentMail()
    delivery: Delivery = Delivery()
    matching: Matching = Matching()
