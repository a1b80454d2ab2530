"""The tables. Whatever a mail needs to look up has an index; `migrations/` builds exactly this.

The tables of the policy's other duties stand in `schema_duties.py`, those of agents' mails in `schema_agents.py`.
Partial indexes keep the queues small for ever: a mail that is filed and a letter that is sent leave theirs.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    false,
    text,
)

from mail_daemon.store.columns import Instant, Json, MailText, Reasons, Words

REVISION = "0004"  # the newest of migrations/versions, which the running program needs

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

# SQLite numbers rows only of a column that is called INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")

inbound = Table(
    "inbound",
    metadata,
    Column("id", Id, Identity(), primary_key=True),
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("blob", String(64), nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("received", Instant, nullable=False),
    Column("envelope_sender", MailText),
    Column("mailbox", Text, nullable=False),
    Column("key", MailText, nullable=False),
    Column("refused", MailText),
    Column("stored_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claimed_until", Instant),
    Column("next_attempt", Instant),
    Column("reason", MailText),
    Column("traceback", MailText),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("match", String(16)),
    Column("facts", Json),
    sqlite_autoincrement=True,
)
Index(
    "ix_inbound_queue",
    inbound.c.id,
    sqlite_where=text("state = 'received'"),
    postgresql_where=text("state = 'received'"),
)
Index(
    "ix_inbound_quarantine",
    inbound.c.id,
    sqlite_where=text("state = 'quarantined'"),
    postgresql_where=text("state = 'quarantined'"),
)

sightings = Table(
    "sightings",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("key", MailText, primary_key=True),
    Column("inbound_id", Id, ForeignKey("inbound.id"), nullable=False),
    sqlite_with_rowid=False,
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Id, Identity(start=1001), primary_key=True),
    Column("subject", MailText, nullable=False),
    Column("status", String(16), nullable=False),
    Column("category", String(16), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("highest_priority", SmallInteger, nullable=False),
    Column("requester", MailText, nullable=False),
    Column("requester_name", MailText, nullable=False),
    Column("account", Text),
    Column("assignee", Text),
    Column("language", String(8), nullable=False),
    Column("zone", Text, nullable=False),
    Column("thread_index", String(44)),
    Column("proven", Boolean, nullable=False),
    Column("opened", Instant, nullable=False),
    Column("changed", Instant, nullable=False),
    Column("resolved", Instant),
    Column("closed", Instant),
    Column("reopened", Instant),
    Column("next_due", Instant),
    Column("overdue", Boolean, nullable=False),
    Column("reasons", Reasons, nullable=False),
    Column("lowered_from", SmallInteger),
    Column("held_status", String(16)),
    Column("vendor_ref", MailText),
    Column("workaround", MailText),
    Column("fault", String(8)),
    Column("cause_review", Boolean, nullable=False, server_default=false()),
    Column("billable", MailText),
    Column("escalated", Instant),
    Column("telephone", String(20)),
    Column("merged_into", Id, ForeignKey("tickets.id")),
    sqlite_autoincrement=True,
)
Index(
    "ix_tickets_account",
    tickets.c.account,
    tickets.c.status,
    sqlite_where=text("account IS NOT NULL"),
    postgresql_where=text("account IS NOT NULL"),
)
Index(
    "ix_tickets_telephone",
    tickets.c.telephone,
    sqlite_where=text("telephone IS NOT NULL"),
    postgresql_where=text("telephone IS NOT NULL"),
)
Index(
    "ix_tickets_thread_index",
    tickets.c.thread_index,
    sqlite_where=text("thread_index IS NOT NULL"),
    postgresql_where=text("thread_index IS NOT NULL"),
)

participants = Table(
    "participants",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("address", MailText, primary_key=True),
    Column("name", MailText, nullable=False),
    Column("role", String(16), nullable=False),
    Column("copies", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, Identity(), primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), index=True),
    Column("letter", String(32), nullable=False),
    Column("recipients", Words, nullable=False),
    Column("recipient", MailText, nullable=False),
    Column("proven", Boolean, nullable=False),
    Column("envelope_from", MailText, nullable=False),
    Column("message_id", MailText, nullable=False, unique=True),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("queued", Instant, nullable=False),
    Column("next_attempt", Instant, nullable=False),
    Column("claimed_until", Instant),
    Column("sent_at", Instant),
    Column("error", MailText),
    Column("channel", String(16), nullable=False, server_default="mail"),
    Column("cause", MailText),
    Column("content", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
Index(
    "ix_outbox_queue",
    outbox.c.next_attempt,
    outbox.c.id,
    sqlite_where=text("state = 'waiting'"),
    postgresql_where=text("state = 'waiting'"),
)
Index(
    "ix_outbox_cause",
    outbox.c.cause,
    outbox.c.queued,
    sqlite_where=text("cause IS NOT NULL"),
    postgresql_where=text("cause IS NOT NULL"),
)
Index(
    "ix_outbox_failed",
    outbox.c.next_attempt,
    sqlite_where=text("state = 'failed'"),
    postgresql_where=text("state = 'failed'"),
)
Index(
    "ix_outbox_acknowledged",
    outbox.c.recipient,
    outbox.c.queued,
    sqlite_where=text("letter IN ('acknowledgement', 'refused')"),
    postgresql_where=text("letter IN ('acknowledgement', 'refused')"),
)
Index(
    "ix_outbox_acknowledged_unproven",
    outbox.c.proven,
    outbox.c.queued,
    sqlite_where=text("letter IN ('acknowledgement', 'refused')"),
    postgresql_where=text("letter IN ('acknowledgement', 'refused')"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Id, Identity(), primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False, index=True),
    Column("inbound_id", Id, ForeignKey("inbound.id")),
    Column("outbox_id", Id, ForeignKey("outbox.id")),
    Column("direction", String(8), nullable=False),
    Column("author", MailText, nullable=False),
    Column("at", Instant, nullable=False),
    Column("subject", MailText, nullable=False),
    Column("text", MailText, nullable=False),
    Column("quoted", MailText, nullable=False),
    Column("visibility", String(16), nullable=False),
    Column("message_id", MailText),
)

message_ids = Table(
    "message_ids",
    metadata,
    Column("message_id", MailText, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("kind", String(8), nullable=False),
    sqlite_with_rowid=False,
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Id, Identity(), primary_key=True),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False, index=True),
    Column("name", MailText, nullable=False),
    Column("media_type", MailText, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("inline", Boolean, nullable=False),
    Column("content_id", MailText),
    Column("position", Integer, nullable=False),
    Column("text", MailText, nullable=False),
    Column("facts", Json, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Id, Identity(), primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("actor", MailText, nullable=False),
    Column("what", Text, nullable=False),
    Column("detail", Json, nullable=False),
    Column("inbound_id", Id, ForeignKey("inbound.id")),
    Column("outbox_id", Id, ForeignKey("outbox.id")),
)

clocks = Table(
    "clocks",
    metadata,
    Column("id", Id, Identity(), primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(8), nullable=False),
    Column("started", Instant, nullable=False),
    Column("due", Instant),
    Column("paused_at", Instant),
    Column("stopped_at", Instant),
    Column("next_at", Instant),
    Column("step", Integer, nullable=False, server_default="0"),
    Column("counted_from", Instant),
)
Index(
    "ix_clocks_next_at",
    clocks.c.next_at,
    sqlite_where=text("next_at IS NOT NULL"),
    postgresql_where=text("next_at IS NOT NULL"),
)

links = Table(
    "links",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("other_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False, index=True),
    Column("why", MailText, nullable=False),
    sqlite_with_rowid=False,
)
