"""Accounts that fall past due, and those that have paid (policy section 12): what must be done, once."""

from __future__ import annotations

from datetime import datetime

from mail_daemon import maillog
from mail_daemon.changes import hold
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.standing import Standing
from mail_daemon.domain.ticket import Cause, Status, after
from mail_daemon.store.rows_duties import Done
from mail_daemon.store.store import Work
from mail_daemon.telling import warnings

_CAN_BE_HELD = [status.value for status in Status if after(status, Cause.HELD) is not status]


def behind(work: Work, desk: Desk) -> list[str]:
    """The accounts whose standing is another than what has been done about it; only reads."""
    done = work.standings.all()
    names = done.keys() | {account.name for account in desk.directory.accounts.values() if account.days_past_due}
    return sorted(name for name in names if _differs(desk.standing(name), done.get(name, Done(name))))


def look(work: Work, desk: Desk, account: str, *, now: datetime) -> None:
    """Does what the account's standing asks for and has not been done: tickets held or released, admins told."""
    standing, done = desk.standing(account), work.standings.of(account)
    if not _differs(standing, done):
        return
    held, suspended = standing is not Standing.GOOD, standing is Standing.SUSPENDED
    by = By("mail-daemon", now, why=_why(desk, account))
    moved: list[int] = []
    if held and not done.held_since:
        moved = _hold(work, desk, account, by)
    if not held and done.held_since:
        moved = _release(work, desk, account, by)
    if suspended != bool(done.suspended_since):
        _tell_admins(work, desk, account, standing, by)
    work.standings.note(
        account,
        held_since=(done.held_since or now) if held else None,
        suspended_since=(done.suspended_since or now) if suspended else None,
    )
    maillog.standing_changed(account, standing.value, len(moved))


def _differs(standing: Standing, done: Done) -> bool:
    held, suspended = standing is not Standing.GOOD, standing is Standing.SUSPENDED
    return (held, suspended) != (done.held_since is not None, done.suspended_since is not None)


def _hold(work: Work, desk: Desk, account: str, by: By) -> list[int]:
    held = []
    for number in work.standings.tickets(account, _CAN_BE_HELD):
        ticket = work.tickets.get(number, lock=True)
        if ticket and ticket.status in _CAN_BE_HELD and not hold.service_related(desk, ticket.category):
            hold.hold(work, desk, ticket, by)
            held.append(number)
    return held


def _release(work: Work, desk: Desk, account: str, by: By) -> list[int]:
    released = []
    for number in work.standings.tickets(account, [Status.ON_HOLD]):
        ticket = work.tickets.get(number, lock=True)
        if ticket and ticket.status == Status.ON_HOLD:
            hold.release(work, desk, ticket, by)
            released.append(number)
    return released


def _tell_admins(work: Work, desk: Desk, account: str, standing: Standing, by: By) -> None:
    on_hold = [desk.ref(number) for number in work.standings.tickets(account, [Status.ON_HOLD])]
    if standing is Standing.SUSPENDED:
        what = f"Suspend the portal access of {account}"
        say = (
            "Suspend its access to the dashboard and the phone system's portals until it has paid (policy section 12)."
        )
    else:
        what = f"Restore the portal access of {account}"
        say = "Its access to the dashboard and the phone system's portals can be restored."
    waiting = f"Tickets on hold: {', '.join(on_hold) or 'none'}"
    shows = "`mail-daemon accounts list` shows how the accounts stand."
    work.outbox.add(warnings(desk, None, what, (f"{by.why}.", say, waiting, shows), now=by.now))


def _why(desk: Desk, name: str) -> str:
    account = desk.directory.accounts.get(name)
    if account is None:
        return f"{name} is no account any more"
    if not account.days_past_due:
        return f"{name} has nothing past due"
    disputed = ", in dispute" if account.disputed else ""
    return f"{name} is {account.days_past_due} days past due{disputed}"
