"""The support policy: clocks with steps, states of tickets, accounts, billing, RFOs and maintenance.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mail_daemon.store.columns import Instant, Json, MailText, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    extend_tickets()
    op.add_column("clocks", sa.Column("step", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("clocks", sa.Column("counted_from", Instant()))
    op.add_column("outbox", sa.Column("channel", sa.String(length=16), nullable=False, server_default="mail"))
    op.add_column("messages", sa.Column("message_id", MailText()))
    create_accounts()
    create_time_entries()
    create_rfos()
    create_maintenances()


def extend_tickets() -> None:
    op.add_column("tickets", sa.Column("lowered_from", sa.SmallInteger()))
    op.add_column("tickets", sa.Column("held_status", sa.String(length=16)))
    op.add_column("tickets", sa.Column("vendor_ref", MailText()))
    op.add_column("tickets", sa.Column("workaround", MailText()))
    op.add_column("tickets", sa.Column("fault", sa.String(length=8)))
    op.add_column("tickets", sa.Column("cause_review", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("tickets", sa.Column("billable", MailText()))
    op.add_column("tickets", sa.Column("escalated", Instant()))
    op.add_column("tickets", sa.Column("telephone", sa.String(length=20)))
    op.create_index(
        op.f("ix_tickets_telephone"),
        "tickets",
        ["telephone"],
        sqlite_where=sa.text("telephone IS NOT NULL"),
        postgresql_where=sa.text("telephone IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_tickets_account"),
        "tickets",
        ["account", "status"],
        sqlite_where=sa.text("account IS NOT NULL"),
        postgresql_where=sa.text("account IS NOT NULL"),
    )


def create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", MailText(), nullable=False),
        sa.Column("domains", Words()),
        sa.Column("contacts", Words()),
        sa.Column("telephones", Words()),
        sa.Column("timezone", sa.Text()),
        sa.Column("language", sa.String(length=8)),
        sa.Column("days_past_due", sa.Integer()),
        sa.Column("disputed", sa.Boolean()),
        sa.Column("imported", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_accounts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "standings",
        sa.Column("account", MailText(), nullable=False),
        sa.Column("held_since", Instant()),
        sa.Column("suspended_since", Instant()),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_standings")),
        sqlite_with_rowid=False,
    )


def create_time_entries() -> None:
    op.create_table(
        "time_entries",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("agent", MailText(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", MailText(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_time_entries_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entries")),
    )
    op.create_index(op.f("ix_time_entries_ticket_id"), "time_entries", ["ticket_id"])
    op.create_index(op.f("ix_time_entries_at"), "time_entries", ["at"])


def create_rfos() -> None:
    op.create_table(
        "rfos",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("service", MailText(), nullable=False),
        sa.Column("cause", MailText(), nullable=False),
        sa.Column("impact", MailText(), nullable=False),
        sa.Column("resolution", MailText(), nullable=False),
        sa.Column("prevention", MailText(), nullable=False),
        sa.Column("drafted", Instant(), nullable=False),
        sa.Column("author", MailText(), nullable=False),
        sa.Column("sent_at", Instant()),
        sa.Column("waived", MailText()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rfos")),
    )
    op.create_table(
        "rfo_tickets",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("rfo_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["rfo_id"], ["rfos.id"], name=op.f("fk_rfo_tickets_rfo_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_rfo_tickets_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_rfo_tickets")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_rfo_tickets_rfo_id"), "rfo_tickets", ["rfo_id"])


def create_maintenances() -> None:
    op.create_table(
        "maintenances",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("key", MailText(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("service", MailText(), nullable=False),
        sa.Column("impact", sa.String(length=24), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("accounts", Words(), nullable=False),
        sa.Column("texts", Json, nullable=False),
        sa.Column("upgrade", sa.Boolean(), nullable=False),
        sa.Column("announced", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenances")),
        sa.UniqueConstraint("key", name=op.f("uq_maintenances_key")),
    )
    op.create_index("ix_maintenances_ends", "maintenances", ["ends"])
    op.create_table(
        "maintenance_letters",
        sa.Column("maintenance_id", ID, nullable=False),
        sa.Column("recipient", MailText(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("account", MailText(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("message_id", MailText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["maintenance_id"], ["maintenances.id"], name=op.f("fk_maintenance_letters_maintenance_id")
        ),
    )
    op.create_index(
        op.f("uq_maintenance_letters"),
        "maintenance_letters",
        ["maintenance_id", "recipient", "sequence"],
        unique=True,
    )
    op.create_index(op.f("ix_maintenance_letters_message_id"), "maintenance_letters", ["message_id"])
