"""What the store's tests put into it, with everything filled in that a test doesn't care about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from mail_daemon.store.rows import Draft, NewMessage, NewTicket
from mail_daemon.store.rows_inbound import Claimed, NewInbound
from mail_daemon.store.store import Store

NOW = datetime(2026, 11, 25, 14, 32, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def mail(name: str = "a", **fields: Any) -> NewInbound:
    return NewInbound(
        **{
            "mailbox": "support",
            "key": f"1:{name}",
            "fingerprint": f"print-{name}",
            "blob": f"blob-{name}",
            "size": 1000,
            "received": NOW,
            **fields,
        }
    )


def ticket(**fields: Any) -> NewTicket:
    return NewTicket(
        **{
            "subject": "No dial tone",
            "requester": "cy@acme.example",
            "requester_name": "Cy",
            "opened": NOW,
            "category": "trouble",
            "priority": 3,
            **fields,
        }
    )


def message(ticket_id: int, **fields: Any) -> NewMessage:
    return NewMessage(
        **{
            "ticket_id": ticket_id,
            "direction": "in",
            "author": "cy@acme.example",
            "at": NOW,
            "subject": "No dial tone",
            "text": "Since this morning.",
            **fields,
        }
    )


def letter(name: str = "a", **fields: Any) -> Draft:
    return Draft(
        **{
            "letter": "acknowledgement",
            "recipients": ("cy@acme.example",),
            "envelope_from": "support@desk.example",
            "message_id": f"<{name}@desk.example>",
            "content": b"Subject: yes\r\n\r\nyes\r\n",
            "queued": NOW,
            **fields,
        }
    )


def claim(store: Store, *, now: datetime = NOW, limit: int = 100) -> list[Claimed]:
    """Claims inbound mails for a minute."""
    with store.begin() as work:
        return work.inbound.claim(now=now, until=now + MINUTE, limit=limit)


def open_ticket(store: Store, **fields: Any) -> int:
    with store.begin() as work:
        return work.tickets.open(ticket(**fields))
