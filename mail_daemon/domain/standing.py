"""How an account stands with what it owes (policy section 12), pure."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    GOOD = "good"
    HELD = "held"  # tickets that are not service-related wait
    SUSPENDED = "suspended"  # they wait, and access to the portals may be suspended


def standing(days_past_due: int, *, disputed: bool, hold_after: int, suspend_from: int) -> Standing:
    """The policy's "more than 21 days" is 22 and more, "thirty (30) days or more" is 30 and more.

    A disputed bill counts as paid.
    """
    if disputed or days_past_due <= min(hold_after, suspend_from - 1):
        return Standing.GOOD
    return Standing.SUSPENDED if days_past_due >= suspend_from else Standing.HELD
