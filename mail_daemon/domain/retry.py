"""Growing, jittered pauses (RFC 5321 section 4.5.4.1 asks for retries over four to five days)."""

from __future__ import annotations

from datetime import datetime, timedelta


def pause(attempt: int, *, first: timedelta, longest: timedelta, jitter: float) -> timedelta:
    """The pause after the given failed attempt (from 1): doubled each time, spread by a quarter.

    `jitter` is a random number from 0 to 1.
    """
    grown = min(first * float(2 ** min(attempt - 1, 30)), longest)
    return grown * (0.75 + 0.5 * jitter)


def next_attempt(
    attempt: int,
    *,
    queued: datetime,
    now: datetime,
    first: timedelta,
    longest: timedelta,
    give_up_after: timedelta,
    jitter: float,
) -> datetime | None:
    """When a letter is tried again; None once it has waited for too long."""
    then = now + pause(attempt, first=first, longest=longest, jitter=jitter)
    return then if then - queued <= give_up_after else None
