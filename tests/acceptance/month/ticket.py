"""A ticket of the count: its states and priorities, and what its stopwatches make of them.

Which state follows which is the program's table; all else is told here anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mail_daemon.domain.ticket import TRANSITIONS, Cause, Status
from tests.acceptance.month.pages import Pages
from tests.acceptance.month.promised import (
    ADDRESSES,
    CLOSING,
    ENDED,
    PAUSED,
    SECOND_CONTACT,
    TARGETS,
    Sent,
)
from tests.acceptance.month.script import Act, customer
from tests.acceptance.month.stopwatch import Stopwatch
from tests.acceptance.month.world import Keeping


@dataclass
class Ticket:
    """A ticket as it stands: what becomes of it and of its clocks, and the letters that it has caused."""

    number: int
    keeping: Keeping
    past_due: Sequence[int]  # by day of the month, of the ticket's account
    opened: int = 0
    status: str = "new"
    priority: int = 4
    highest: int = 4
    lowered_from: int | None = None
    held_status: str | None = None
    category: str = ""
    assignee: str | None = None
    overdue: bool = False
    escalated: int | None = None
    rfo: str = ""
    clocks: list[Stopwatch] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    refused: list[Act] = field(default_factory=list)
    too_late: list[Act] = field(default_factory=list)  # they open other tickets, which the month leaves out
    ended: int | None = None  # since when it has been resolved or closed
    pages: Pages = field(default_factory=Pages)

    # --- states -------------------------------------------------------------------------------------------

    def _can(self, cause: Cause) -> bool:
        return (Status(self.status), cause) in TRANSITIONS

    def _move(self, cause: Cause, at: int, now: int) -> None:
        before, self.status = self.status, str(TRANSITIONS[Status(self.status), cause])
        if before in ENDED and cause is not Cause.CLOSED:
            self._stop(("close",), at, "ended")
            self._start(("response", "resolution", "update", "rfo"), at)
            if self.priority == 1:
                self.pages.page(now, len(self.clocks))
        elif cause is Cause.RESTORED and self.priority <= 2:
            self.priority, self.lowered_from = 3, self.priority
            self._stop(("resolution",), at, "met")
            self._stop(("update",), at, "ended")
        elif cause is Cause.RELAPSED and self.lowered_from:
            self._set_priority(self.lowered_from)
            self.lowered_from = None
            self._relapsed(at, now)
        elif cause is Cause.HELD:
            self.held_status = before
        elif cause is Cause.RELEASED:
            self.status, self.held_status = self.held_status or "open", None
        elif cause in (Cause.RESOLVED, Cause.CLOSED):
            self.priority, self.lowered_from, self.held_status = 4, None, None
            self._stop(("resolution", "close"), at, "met")
            self._stop(("response", "update"), at, "ended")
            self.pages.stop()
            if cause is Cause.RESOLVED:
                self._start(("close",), at)
        self.ended = (now if before not in ENDED else self.ended) if self.status in ENDED else None
        self._follow(at)
        self._refresh(now)

    def _relapsed(self, at: int, now: int) -> None:
        for clock in [clock for clock in self.clocks if clock.kind == "resolution"][-1:]:
            if clock.state == "met":
                clock.stopped = None
                clock.run(at)
        self._start(("update",), at)
        if self.priority == 1:
            self.pages.page(now, len(self.clocks))

    def _follow(self, at: int) -> None:
        stands = PAUSED.get(self.status, ())
        for clock in self.clocks:
            if clock.state == "running" and clock.kind in stands:
                clock.stand(max(at, clock.started))
            elif clock.state == "paused" and clock.kind not in stands:
                clock.run(at)

    def _set_priority(self, level: int) -> None:
        self.priority, self.highest = level, min(level, self.highest)

    def _start(self, kinds: Sequence[str], at: int) -> None:
        for kind in kinds:
            if self._live(kind) or (kind in ("update", "rfo") and self.priority > 2):
                continue
            if kind == "close":
                self.clocks.append(Stopwatch(kind, at, CLOSING))
                continue
            later = () if kind == "update" else (SECOND_CONTACT,)
            self.clocks.append(Stopwatch(kind, at, TARGETS[kind][self.priority], later=later))

    def _stop(self, kinds: Sequence[str], at: int, state: str) -> None:
        for clock in self.clocks:
            if clock.kind in kinds and clock.live:
                clock.stop(at, state)

    def _live(self, kind: str) -> list[Stopwatch]:
        return [clock for clock in self.clocks if clock.kind == kind and clock.live]

    def _first(self, kind: str) -> Stopwatch | None:
        return next((clock for clock in self.clocks if clock.kind == kind), None)

    def _broken(self, now: int) -> list[int]:
        late = [c.due for c in self.clocks if c.kind in ("response", "resolution") and c.state == "running"]
        return sorted(due for due in late if due is not None and due <= now)

    def _refresh(self, now: int) -> None:
        self.overdue = bool(self._broken(now))

    # --- priorities ---------------------------------------------------------------------------------------

    def _ranked(self, level: int, at: int, now: int) -> bool:
        if self.status in ENDED:
            return False
        if self.status == "monitoring" and level <= 2:
            self._move(Cause.RELAPSED, at, now)
        if level == self.priority:
            return True
        before = self.priority
        self._set_priority(level)
        self._reaim(before, at, now)
        if level == 1:
            self.pages.page(now, len(self.clocks))
        self._follow(at)
        self._refresh(now)
        return True

    def _reaim(self, before: int, at: int, now: int) -> None:
        raised, course = self.priority < before, self.lowered_from or self.priority
        kinds = ("response", "resolution", "update", *(["rfo"] if raised else []))
        for clock in [clock for clock in self.clocks if clock.live and clock.kind in kinds]:
            if clock.kind == "update" and self.priority > 2:
                clock.stop(at, "ended")
                continue
            clock.aim(TARGETS[clock.kind].get(course), at, raised=raised)
            if clock.kind == "rfo":
                clock.target = None  # its warnings are parts of all its time
            clock.skip(now)
        if raised:
            self._start(("update", "rfo"), at)

    # --- letters ------------------------------------------------------------------------------------------

    def _tell(self, letter: str, what: str, at: int, names: tuple[int, ...] = ()) -> None:
        self.sent.append(Sent(self.number, letter, what, customer(self.number).address, at, names))

    def _warn(self, what: str, at: int, names: int, *others: str) -> None:
        for address in dict.fromkeys([*self._insiders(), *others]):
            self.sent.append(Sent(self.number, "warning", what, address, at, (names,)))

    def _notify(self, what: str, at: int) -> None:
        self.sent += [Sent(self.number, "notice", what, address, at) for address in self._insiders()]

    def _insiders(self) -> list[str]:
        if self.assignee:
            return [ADDRESSES[self.assignee]]
        return [ADDRESSES["ann"], *([ADDRESSES["bob"]] if self.category == "billing" else [])]
