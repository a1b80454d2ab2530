"""The tables behind agents' mails: what waits for an agent's yes, what proves nobody any more, what has run."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Identity, Index, String, Table

from mail_daemon.store.columns import Instant, MailText
from mail_daemon.store.schema import Id, metadata

# `nonce` is that of the letter's token, which the answer carries; `orders` the commands and words as they were
# written. No ticket: the orders are for the desk as a whole.
confirmations = Table(
    "confirmations",
    metadata,
    Column("id", Id, Identity(), primary_key=True),
    Column("nonce", String(16), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("agent", MailText, nullable=False),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("inbound_id", Id, ForeignKey("inbound.id")),
    Column("orders", MailText, nullable=False),
    Column("asked", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("used_at", Instant),
    sqlite_autoincrement=True,
)
Index("ix_confirmations_asked", confirmations.c.agent, confirmations.c.asked)

# Agents' tokens that came in a mail of somebody else.
void_tokens = Table(
    "void_tokens",
    metadata,
    Column("nonce", String(16), primary_key=True),
    Column("voided", Instant, nullable=False),
    Column("inbound_id", Id, ForeignKey("inbound.id"), nullable=False),
    sqlite_with_rowid=False,
)

# Digests of what tells agents' mails apart that have run, so that none runs twice.
agent_mails = Table(
    "agent_mails",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("inbound_id", Id, ForeignKey("inbound.id"), nullable=False),
    sqlite_with_rowid=False,
)
