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
    ASKED = "agent asked"
    GIVEN_TO_VENDOR = "given to the vendor"
    RESTORED = "service restored"
    RELAPSED = "relapsed"
    HELD = "held"
    RELEASED = "released"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "taken up again"


TRANSITIONS: dict[tuple[Status, Cause], Status] = {
    (Status.NEW, Cause.AGENT_REPLIED): Status.OPEN,
    (Status.NEW, Cause.ASKED): Status.PENDING,
    (Status.NEW, Cause.GIVEN_TO_VENDOR): Status.VENDOR,
    (Status.NEW, Cause.RESTORED): Status.MONITORING,
    (Status.NEW, Cause.HELD): Status.ON_HOLD,
    (Status.NEW, Cause.RESOLVED): Status.RESOLVED,
    (Status.NEW, Cause.CLOSED): Status.CLOSED,
    (Status.OPEN, Cause.ASKED): Status.PENDING,
    (Status.OPEN, Cause.GIVEN_TO_VENDOR): Status.VENDOR,
    (Status.OPEN, Cause.RESTORED): Status.MONITORING,
    (Status.OPEN, Cause.HELD): Status.ON_HOLD,
    (Status.OPEN, Cause.RESOLVED): Status.RESOLVED,
    (Status.OPEN, Cause.CLOSED): Status.CLOSED,
    (Status.PENDING, Cause.CUSTOMER_REPLIED): Status.OPEN,
    (Status.PENDING, Cause.REOPENED): Status.OPEN,
    (Status.PENDING, Cause.GIVEN_TO_VENDOR): Status.VENDOR,
    (Status.PENDING, Cause.RESTORED): Status.MONITORING,
    (Status.PENDING, Cause.HELD): Status.ON_HOLD,
    (Status.PENDING, Cause.RESOLVED): Status.RESOLVED,
    (Status.PENDING, Cause.CLOSED): Status.CLOSED,
    (Status.VENDOR, Cause.REOPENED): Status.OPEN,
    (Status.VENDOR, Cause.ASKED): Status.PENDING,
    (Status.VENDOR, Cause.RESTORED): Status.MONITORING,
    (Status.VENDOR, Cause.HELD): Status.ON_HOLD,
    (Status.VENDOR, Cause.RESOLVED): Status.RESOLVED,
    (Status.VENDOR, Cause.CLOSED): Status.CLOSED,
    (Status.MONITORING, Cause.RELAPSED): Status.OPEN,
    (Status.MONITORING, Cause.HELD): Status.ON_HOLD,
    (Status.MONITORING, Cause.RESOLVED): Status.RESOLVED,
    (Status.MONITORING, Cause.CLOSED): Status.CLOSED,
    (Status.ON_HOLD, Cause.RELEASED): Status.OPEN,  # or what it was when it was held
    (Status.ON_HOLD, Cause.RESOLVED): Status.RESOLVED,
    (Status.ON_HOLD, Cause.CLOSED): Status.CLOSED,
    (Status.RESOLVED, Cause.CUSTOMER_REPLIED): Status.OPEN,
    (Status.RESOLVED, Cause.REOPENED): Status.OPEN,
    (Status.RESOLVED, Cause.CLOSED): Status.CLOSED,
    (Status.CLOSED, Cause.CUSTOMER_REPLIED): Status.OPEN,
    (Status.CLOSED, Cause.REOPENED): Status.OPEN,
}

ENDED = frozenset({Status.RESOLVED, Status.CLOSED})
CATEGORIES = ("outage", "trouble", "account", "request", "install", "billing", "maintenance", "other")

OUTAGES = frozenset({1, 2})  # priorities of outages: restored, they are left open for monitoring (policy section 5)
MONITORED = 3  # the priority of an outage whose service is restored
FINAL = 4  # the priority of all that has ended


def after(status: Status, cause: Cause) -> Status:
    """The state that follows; a pair that the table does not name changes nothing."""
    return TRANSITIONS.get((status, cause), status)


def ways(status: Status) -> dict[Cause, Status]:
    """What can happen to a ticket in this state, and what it is then."""
    return {cause: then for (before, cause), then in TRANSITIONS.items() if before is status}
