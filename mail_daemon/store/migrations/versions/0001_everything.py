"""Everything that the first version keeps.

Revision ID: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from mail_daemon.store.columns import Instant, Json, MailText, Reasons, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    create_tickets()
    create_clocks()
    create_inbound()
    create_links()
    create_message_ids()
    create_outbox()
    create_participants()
    create_events()
    create_messages()
    create_sightings()
    create_attachments()
    if op.get_context().dialect.name == "sqlite":  # which knows no Identity(start=1001)
        op.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('tickets', 1000)")


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def create_tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", ID, sa.Identity(always=False, start=1001), nullable=False),
        sa.Column("subject", MailText(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("highest_priority", sa.SmallInteger(), nullable=False),
        sa.Column("requester", MailText(), nullable=False),
        sa.Column("requester_name", MailText(), nullable=False),
        sa.Column("account", sa.Text()),
        sa.Column("assignee", sa.Text()),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("thread_index", sa.String(length=44)),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("opened", Instant(), nullable=False),
        sa.Column("changed", Instant(), nullable=False),
        sa.Column("resolved", Instant()),
        sa.Column("closed", Instant()),
        sa.Column("reopened", Instant()),
        sa.Column("next_due", Instant()),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("reasons", Reasons(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tickets_thread_index", "tickets", ["thread_index"], **where("thread_index IS NOT NULL"))


def create_clocks() -> None:
    op.create_table(
        "clocks",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("started", Instant(), nullable=False),
        sa.Column("due", Instant()),
        sa.Column("paused_at", Instant()),
        sa.Column("stopped_at", Instant()),
        sa.Column("next_at", Instant()),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_clocks_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
    )
    op.create_index("ix_clocks_next_at", "clocks", ["next_at"], **where("next_at IS NOT NULL"))
    op.create_index(op.f("ix_clocks_ticket_id"), "clocks", ["ticket_id"])


def create_inbound() -> None:
    op.create_table(
        "inbound",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", Instant(), nullable=False),
        sa.Column("envelope_sender", MailText()),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("key", MailText(), nullable=False),
        sa.Column("refused", MailText()),
        sa.Column("stored_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", Instant()),
        sa.Column("next_attempt", Instant()),
        sa.Column("reason", MailText()),
        sa.Column("traceback", MailText()),
        sa.Column("ticket_id", ID),
        sa.Column("match", sa.String(length=16)),
        sa.Column("facts", Json),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_inbound_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_inbound_fingerprint")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_inbound_blob"), "inbound", ["blob"])
    op.create_index("ix_inbound_quarantine", "inbound", ["id"], **where("state = 'quarantined'"))
    op.create_index("ix_inbound_queue", "inbound", ["id"], **where("state = 'received'"))


def create_links() -> None:
    op.create_table(
        "links",
        sa.Column("ticket_id", ID, autoincrement=False, nullable=False),
        sa.Column("other_id", ID, autoincrement=False, nullable=False),
        sa.Column("why", MailText(), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["tickets.id"], name=op.f("fk_links_other_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_links_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "other_id", name=op.f("pk_links")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_links_other_id"), "links", ["other_id"])


def create_message_ids() -> None:
    op.create_table(
        "message_ids",
        sa.Column("message_id", MailText(), nullable=False),
        sa.Column("ticket_id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_message_ids_ticket_id")),
        sa.PrimaryKeyConstraint("message_id", "ticket_id", name=op.f("pk_message_ids")),
        sqlite_with_rowid=False,
    )


def create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", ID),
        sa.Column("letter", sa.String(length=32), nullable=False),
        sa.Column("recipients", Words(), nullable=False),
        sa.Column("recipient", MailText(), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("envelope_from", MailText(), nullable=False),
        sa.Column("message_id", MailText(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued", Instant(), nullable=False),
        sa.Column("next_attempt", Instant(), nullable=False),
        sa.Column("claimed_until", Instant()),
        sa.Column("sent_at", Instant()),
        sa.Column("error", MailText()),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_outbox_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_acknowledged",
        "outbox",
        ["recipient", "queued"],
        **where("letter IN ('acknowledgement', 'refused')"),
    )
    op.create_index(
        "ix_outbox_acknowledged_unproven",
        "outbox",
        ["proven", "queued"],
        **where("letter IN ('acknowledgement', 'refused')"),
    )
    op.create_index("ix_outbox_queue", "outbox", ["next_attempt", "id"], **where("state = 'waiting'"))
    op.create_index(op.f("ix_outbox_ticket_id"), "outbox", ["ticket_id"])


def create_participants() -> None:
    op.create_table(
        "participants",
        sa.Column("ticket_id", ID, autoincrement=False, nullable=False),
        sa.Column("address", MailText(), nullable=False),
        sa.Column("name", MailText(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("copies", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_participants_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "address", name=op.f("pk_participants")),
        sqlite_with_rowid=False,
    )


def create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", MailText(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("inbound_id", ID),
        sa.Column("outbox_id", ID),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_events_inbound_id")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_events_outbox_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_events_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_ticket_id"), "events", ["ticket_id"])


def create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("inbound_id", ID),
        sa.Column("outbox_id", ID),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("author", MailText(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("subject", MailText(), nullable=False),
        sa.Column("text", MailText(), nullable=False),
        sa.Column("quoted", MailText(), nullable=False),
        sa.Column("visibility", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_messages_inbound_id")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_messages_outbox_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_messages_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index(op.f("ix_messages_ticket_id"), "messages", ["ticket_id"])


def create_sightings() -> None:
    op.create_table(
        "sightings",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("key", MailText(), nullable=False),
        sa.Column("inbound_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_sightings_inbound_id")),
        sa.PrimaryKeyConstraint("mailbox", "key", name=op.f("pk_sightings")),
        sqlite_with_rowid=False,
    )


def create_attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("name", MailText(), nullable=False),
        sa.Column("media_type", MailText(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.Column("content_id", MailText()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", MailText(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_attachments_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_message_id"), "attachments", ["message_id"])
