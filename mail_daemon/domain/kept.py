"""Whether a promise was kept, told from its clock (policy sections 5, 6 and 8)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from mail_daemon.domain.clockwork import MET, PAUSED, RUNNING


class Outcome(StrEnum):
    MET = "met"
    BROKEN = "broken"
    OPEN = "open"  # runs or is paused, and in time so far
    ENDED = "ended"  # in time, before it mattered: waived, merged, resolved without an answer
    UNDUE = "no due time"  # as soon as possible


def outcome(
    state: str, due: datetime | None, *, stopped: datetime | None, paused: datetime | None, now: datetime
) -> Outcome:
    """A promise that was once past due stays broken, whatever became of its clock. `store/promises.py` counts so."""
    if due is None:
        return Outcome.UNDUE
    if state == RUNNING:
        return Outcome.BROKEN if due <= now else Outcome.OPEN
    if state == PAUSED:
        return Outcome.BROKEN if paused and paused > due else Outcome.OPEN
    if stopped and stopped > due:
        return Outcome.BROKEN
    return Outcome.MET if state == MET else Outcome.ENDED
