"""The timekeeper's thread: reads from the database which clocks are due, and lets each act.

What is due is never kept in memory: after a crash, a restart or a jump of the clock it just looks again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from mail_daemon import maillog, ticks
from mail_daemon.desk import Desk
from mail_daemon.store.errors import StoreDown
from mail_daemon.store.rows import Clock
from mail_daemon.store.store import Store, Work
from mail_daemon.ticks import standings

_BATCH = 50  # clocks, and so at most as many tickets, a commit
_LATER = timedelta(minutes=5)  # for a ticket or an account that raises, so that it holds up no other

_PATIENCE = 120.0  # seconds


class Beginning:
    """Whether the mail that lay in the mailboxes at the daemon's start has been filed.

    An agent's answer among it stops a clock that would else be taken as broken. It lasts two minutes at most: a
    mailbox that is down must not stop all clocks. `looked` says whether each mailbox has been looked at once.
    """

    def __init__(self, store: Store, looked: Callable[[], bool]) -> None:
        self._store = store
        self._looked = looked
        self._until = time.monotonic() + _PATIENCE
        self._over = False

    def over(self) -> bool:
        """Raises StoreDown."""
        self._over = self._over or time.monotonic() >= self._until or (self._looked() and self._all_filed())
        return self._over

    def _all_filed(self) -> bool:
        with self._store.read() as work:
            return work.inbound.all_filed()


class Timekeeper:
    """`ready` says whether it may begin; `fired` is called after each commit."""

    def __init__(
        self,
        store: Store,
        *,
        desk: Callable[[], Desk],
        clock: Callable[[], datetime],
        ready: Callable[[], bool],
        fired: Callable[[], None],
    ) -> None:
        self._store = store
        self._desk = desk
        self._clock = clock
        self.ready = ready
        self._fired = fired
        self._later: dict[str, datetime] = {}  # accounts whose turn raised

    def step(self) -> bool:
        """One batch; whether there may be more at once. Raises StoreDown."""
        now = self._clock()
        if not self.ready():
            return False
        self._follow_accounts(now)
        with self._store.read() as work:
            due = work.clocks.due_tickets(now, _BATCH)
        if not due:
            return False
        desk = self._desk()
        with self._store.begin() as work:
            fired = {number: _look_at(work, desk, number, now) for number in due}
        self._fired()
        for number, kinds in fired.items():
            for kind in kinds or ():
                maillog.clock_fired(desk.ref(number), kind)
        return any(kinds is not None for kinds in fired.values())

    def _follow_accounts(self, now: datetime) -> None:
        """Those that fell past due or have paid, each in a transaction of its own (policy section 12)."""
        desk = self._desk()
        with self._store.read() as work:
            behind = [account for account in standings.behind(work, desk) if self._later.get(account, now) <= now]
        for account in behind:
            try:
                with self._store.begin() as work:
                    standings.look(work, desk, account, now=now)
            except StoreDown:
                raise
            except Exception as error:  # nor must one account's
                maillog.crashed(f"account {account}", error)
                self._later[account] = now + _LATER
        if behind:
            self._fired()


def _look_at(work: Work, desk: Desk, number: int, now: datetime) -> list[str] | None:
    """The kinds of the clocks that acted, none where one raised; None where another transaction has the ticket."""
    try:
        with work.savepoint():
            return _fire_due(work, desk, number, now)
    except StoreDown:
        raise
    except Exception as error:  # one ticket's defect must not stop the clocks of all others
        maillog.clocks_failed(desk.ref(number), error)
        work.clocks.postpone(number, now=now, until=now + _LATER)
        return []


def _fire_due(work: Work, desk: Desk, number: int, now: datetime) -> list[str] | None:
    ticket = work.tickets.take(number)
    if ticket is None:
        return None
    fired: dict[int, str] = {}
    while ticket and (due := _due(work, number, now)):
        clock = due[0]
        if clock.id in fired:
            raise RuntimeError(f"the {clock.kind} clock {clock.id} of ticket {number} stays due")
        ticks.fire(work, desk, ticket, clock, now=now)
        fired[clock.id] = clock.kind
        ticket = work.tickets.get(number)  # the next clock sees what this one has changed
    return list(fired.values())


def _due(work: Work, number: int, now: datetime) -> list[Clock]:
    clocks = [clock for clock in work.clocks.of(number) if clock.next_at is not None and clock.next_at <= now]
    return sorted(clocks, key=lambda clock: (clock.next_at, clock.id))
