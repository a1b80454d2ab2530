"""Agents' mails: what waits for a yes, tokens that are void, what has run; tickets that were merged.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mail_daemon.store.columns import Instant, MailText

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    extend_tickets()
    create_confirmations()
    create_proofs()


def extend_tickets() -> None:
    merged_into = sa.Column("merged_into", ID, sa.ForeignKey("tickets.id", name=op.f("fk_tickets_merged_into")))
    op.add_column("tickets", merged_into, inline_references=True)  # SQLite adds no constraint afterwards


def create_confirmations() -> None:
    op.create_table(
        "confirmations",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("nonce", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("agent", MailText(), nullable=False),
        sa.Column("ticket_id", ID),
        sa.Column("inbound_id", ID),
        sa.Column("orders", MailText(), nullable=False),
        sa.Column("asked", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("used_at", Instant()),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_confirmations_ticket_id")),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_confirmations_inbound_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sa.UniqueConstraint("nonce", name=op.f("uq_confirmations_nonce")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_confirmations_asked", "confirmations", ["agent", "asked"])


def create_proofs() -> None:
    op.create_table(
        "void_tokens",
        sa.Column("nonce", sa.String(length=16), nullable=False),
        sa.Column("voided", Instant(), nullable=False),
        sa.Column("inbound_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_void_tokens_inbound_id")),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_void_tokens")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "agent_mails",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("inbound_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_agent_mails_inbound_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_agent_mails")),
        sqlite_with_rowid=False,
    )
