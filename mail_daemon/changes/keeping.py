"""How a change of a ticket is kept: its columns, and an event for each thing that it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mail_daemon.domain.by import By
from mail_daemon.store.rows import NewEvent, Ticket
from mail_daemon.store.store import Work

Told = tuple[str, Mapping[str, Any]]  # what happened, and its detail


def keep(work: Work, ticket: Ticket, by: By, *told: Told, **columns: Any) -> Ticket:
    """Sets columns, named as the fields of Ticket, and returns the ticket as it stands then."""
    columns["changed"] = by.now
    work.tickets.change(ticket.id, **columns)
    work.tickets.add_events(
        [NewEvent(ticket.id, by.now, by.actor, what, by.described(detail), by.inbound_id) for what, detail in told]
    )
    return replace(ticket, **columns)
