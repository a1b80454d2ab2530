"""The tables of the policy's duties beside tickets: accounts, billing, Reasons for Outage, maintenance."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Identity, Index, Integer, String, Table, Text

from mail_daemon.store.columns import Instant, Json, MailText, Words
from mail_daemon.store.schema import Id, metadata

# Policy section 12. What `accounts import` has read; it overrides the account of the same name in accounts.yaml,
# column by column: NULL is what no import has given.
accounts = Table(
    "accounts",
    metadata,
    Column("name", MailText, primary_key=True),
    Column("domains", Words),
    Column("contacts", Words),
    Column("telephones", Words),
    Column("timezone", Text),
    Column("language", String(8)),
    Column("days_past_due", Integer),
    Column("disputed", Boolean),
    Column("imported", Instant, nullable=False),
    sqlite_with_rowid=False,
)

# What has been done about an account that is past due: no row means good standing.
standings = Table(
    "standings",
    metadata,
    Column("account", MailText, primary_key=True),
    Column("held_since", Instant),
    Column("suspended_since", Instant),
    sqlite_with_rowid=False,
)

# Policy sections 3, 4 and 13: time that agents have put down. Money is reckoned in reports, never kept.
time_entries = Table(
    "time_entries",
    metadata,
    Column("id", Id, Identity(), primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False, index=True),
    Column("agent", MailText, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", MailText, nullable=False),
)

# Policy section 6. Several tickets of one outage may share one.
rfos = Table(
    "rfos",
    metadata,
    Column("id", Id, Identity(), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("service", MailText, nullable=False),
    Column("cause", MailText, nullable=False),
    Column("impact", MailText, nullable=False),
    Column("resolution", MailText, nullable=False),
    Column("prevention", MailText, nullable=False),
    Column("drafted", Instant, nullable=False),
    Column("author", MailText, nullable=False),
    Column("sent_at", Instant),
    Column("waived", MailText),
)

rfo_tickets = Table(
    "rfo_tickets",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("rfo_id", Id, ForeignKey("rfos.id"), nullable=False, index=True),
    sqlite_with_rowid=False,
)

# Policy section 11. `sequence` counts the announcements, as iCalendar does (RFC 5545 section 3.8.7.4); no account
# named means every one, and `texts` are by language, "" being for all of them.
maintenances = Table(
    "maintenances",
    metadata,
    Column("id", Id, Identity(), primary_key=True),
    Column("key", MailText, nullable=False, unique=True),
    Column("sequence", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("service", MailText, nullable=False),
    Column("impact", String(24), nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("accounts", Words, nullable=False),
    Column("texts", Json, nullable=False),
    Column("upgrade", Boolean, nullable=False),
    Column("announced", Instant, nullable=False),
)
Index("ix_maintenances_ends", maintenances.c.ends)

# Who was told of a maintenance, and by which letters: the thread that updates follow in.
maintenance_letters = Table(
    "maintenance_letters",
    metadata,
    Column("maintenance_id", Id, ForeignKey("maintenances.id"), nullable=False),
    Column("recipient", MailText, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("account", MailText, nullable=False),
    Column("what", String(16), nullable=False),
    Column("message_id", MailText, nullable=False, index=True),
)
Index(
    "uq_maintenance_letters",
    maintenance_letters.c.maintenance_id,
    maintenance_letters.c.recipient,
    maintenance_letters.c.sequence,
    unique=True,
)
