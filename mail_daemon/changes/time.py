"""The time that agents put down, and what decides whether a new install is billed (policy sections 3, 4 and 13)."""

from __future__ import annotations

from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.keeping import keep
from mail_daemon.desk import Desk
from mail_daemon.domain.billing import KINDS, spoken_worked
from mail_daemon.domain.by import By
from mail_daemon.store.rows import Ticket
from mail_daemon.store.store import Work

_LONGEST_TEXT = 500
_MOST_MINUTES = 24 * 60  # of one entry


def log_time(work: Work, desk: Desk, ticket: Ticket, *, minutes: int, kind: str, text: str, by: By) -> Ticket:
    """Puts down work of `by.actor`; minutes below zero take back what was put down before, as an entry of its own.

    Raises ChangeError.
    """
    text = " ".join(text.split())
    _check(work, desk, ticket, minutes, kind, text)
    work.time.add(ticket.id, at=by.moment, agent=by.actor, minutes=minutes, kind=kind, text=text)
    return keep(work, ticket, by, ("time logged", {"time": spoken_worked(minutes), "kind": kind, "text": text}))


def note_billable(work: Work, desk: Desk, ticket: Ticket, why: str, by: By) -> Ticket:
    """Why install work on this ticket is billed; an empty reason: it is not. Raises ChangeError."""
    why = " ".join(why.split())
    if len(why) > _LONGEST_TEXT:
        raise ChangeError(f"Say why it is billed in one line of at most {_LONGEST_TEXT} characters.")
    told = ("billable noted", {"from": ticket.billable, "to": why or None})
    return keep(work, ticket, by, told, billable=why or None)


def _check(work: Work, desk: Desk, ticket: Ticket, minutes: int, kind: str, text: str) -> None:
    if kind not in KINDS:
        raise ChangeError(f"There is no kind of work {kind!r}; write one of {', '.join(KINDS)}.")
    if not 0 < abs(minutes) <= _MOST_MINUTES:
        raise ChangeError(f"An entry is a time of at most {spoken_worked(_MOST_MINUTES)}; write it like 1h30m.")
    if not text or len(text) > _LONGEST_TEXT:
        raise ChangeError(f"Say what was done, in one line of at most {_LONGEST_TEXT} characters.")
    there = work.time.minutes(ticket.id, kind)
    if there + minutes < 0:
        raise ChangeError(f"{desk.ref(ticket.id)} has {spoken_worked(there)} of {kind} work; take back at most that.")
