"""A ticket's states and the one table of its transitions. `docs/flow.md` draws its diagram from it."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    NEW = "new"  # no human has answered
    OPEN = "open"
    PENDING = "pending"  # the customer's turn
    VENDOR = "vendor"  # with the platform vendor, policy section 9
    MONITORING = "monitoring"  # service restored, left open, policy section 5
    ON_HOLD = "on_hold"  # account suspended, policy section 12
    RESOLVED = "resolved"
    CLOSED = "closed"


class Cause(StrEnum):
    """What happened to a ticket."""

    CUSTOMER_REPLIED = "customer replied"
    AGENT_REPLIED = "agent replied"


TRANSITIONS: dict[tuple[Status, Cause], Status] = {
    (Status.NEW, Cause.AGENT_REPLIED): Status.OPEN,
    (Status.PENDING, Cause.CUSTOMER_REPLIED): Status.OPEN,
    (Status.RESOLVED, Cause.CUSTOMER_REPLIED): Status.OPEN,
    (Status.CLOSED, Cause.CUSTOMER_REPLIED): Status.OPEN,
}

ENDED = frozenset({Status.RESOLVED, Status.CLOSED})
CATEGORIES = ("outage", "trouble", "account", "request", "install", "billing", "maintenance", "other")


def after(status: Status, cause: Cause) -> Status:
    """The state that follows; a pair that the table does not name changes nothing."""
    return TRANSITIONS.get((status, cause), status)
