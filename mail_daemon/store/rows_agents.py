"""What goes in and out of the tables of schema_agents.py: frozen, plain values, as rows.py has them for tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What an agent was asked to confirm: kind is unproven or command, `agent` an address.

    `ticket_id` is the ticket that it is about, `inbound_id` the mail that holds the orders.
    """

    nonce: str
    kind: str
    agent: str
    ticket_id: int | None
    inbound_id: int | None
    orders: str
    asked: datetime
    until: datetime
    used_at: datetime | None = None
