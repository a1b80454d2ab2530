"""The bare loop that the daemon is measured against: the least that turns a mailbox into acknowledgements.

imapclient in batches of 100, mail-parser on each mail, one SQLAlchemy transaction per mail on SQLite with
synchronous=FULL, one acknowledgement per mail over one SMTP connection. It matches, ranks and promises
nothing, stores no raw mail, and survives no crash.

    python -m tests.bench.reference IMAP_PORT USER PASSWORD SMTP_PORT DATABASE
"""

from __future__ import annotations

import smtplib
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

import imapclient
import mailparser
from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
)

metadata = MetaData()
tickets = Table(
    "tickets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", Text),
    Column("requester", String(320), index=True),
    Column("status", String(16)),
    Column("priority", Integer),
    Column("opened", DateTime),
)
messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), index=True),
    Column("message_id", Text, index=True),
    Column("text", Text),
)
events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), index=True),
    Column("at", DateTime),
    Column("what", String(32)),
)


def main() -> None:
    imap_port, user, password, smtp_port, database = sys.argv[1:]
    engine = _engine(database)
    with (
        imapclient.IMAPClient("127.0.0.1", port=int(imap_port), ssl=False) as mailbox,
        smtplib.SMTP("127.0.0.1", int(smtp_port)) as relay,
    ):
        mailbox.login(user, password)
        mailbox.select_folder("INBOX")
        uids = mailbox.search("ALL")
        for start in range(0, len(uids), 100):
            batch = mailbox.fetch(uids[start : start + 100], ["BODY.PEEK[]"])
            for uid in sorted(batch):
                mail = mailparser.parse_from_bytes(batch[uid][b"BODY[]"])
                number = _file(engine, mail)
                relay.send_message(_acknowledgement(number, mail))


def _engine(database: str) -> Engine:
    engine = create_engine(f"sqlite:///{database}")

    @event.listens_for(engine, "connect")
    def durable(connection: Any, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    metadata.create_all(engine)
    return engine


def _file(engine: Engine, mail: Any) -> int:
    now = datetime.now(UTC)
    with engine.begin() as connection:
        ticket = {"subject": mail.subject, "requester": mail.from_[0][1], "priority": 3, "opened": now}
        result = connection.execute(tickets.insert().values(status="new", **ticket))
        number = int(result.lastrowid)
        message = {"ticket_id": number, "message_id": mail.message_id, "text": "\n".join(mail.text_plain)}
        connection.execute(messages.insert().values(message))
        connection.execute(events.insert().values(ticket_id=number, at=now, what="opened"))
    return number


def _acknowledgement(number: int, mail: Any) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = "support@desk.example"
    letter["To"] = mail.from_[0][1]
    letter["Subject"] = f"[TPBX-{number}] {mail.subject}".replace("\n", " ")
    letter["Message-ID"] = make_msgid(domain="desk.example")
    letter["In-Reply-To"] = letter["References"] = mail.message_id
    letter["Auto-Submitted"] = "auto-replied"
    letter.set_content(f"Thank you, we have received your mail. Its number is TPBX-{number}.\n")
    return letter


if __name__ == "__main__":
    main()
