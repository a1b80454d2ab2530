"""A clock as a person with a stopwatch keeps it: so many minutes are spent, so many are left, marks stand at some.

It is slow, and it shares no line with the program's own clocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tests.acceptance.month.world import after, before, counted

WARN, DUE, ESCALATE = "warn", "due", "escalate"
_PARTS = (Fraction(3, 4), Fraction(9, 10))


class Stopwatch:
    """`target` is None for what is promised as soon as possible; `due` is the minute at which it is due."""

    def __init__(self, kind: str, at: int, target: int | None, *, later: Sequence[int] = ()) -> None:
        self.kind = kind
        self.business = kind == "resolution"
        self.state = "running"
        self.started = at
        self.target = target
        self.passed = 0  # how many of its marks
        self.due = None if target is None else after(at, target, business=self.business)
        self.stopped: int | None = None
        self.held_at: int | None = None
        self._later = later
        self._since = at  # it runs since then
        self._spent = 0  # minutes that it ran before
        self._left = 0  # while it stands still
        self._marked: tuple[int, int] | None = None
        self._marks: list[tuple[int, str]] = []

    @property
    def live(self) -> bool:
        return self.state in ("running", "paused")

    def spent(self, at: int) -> int:
        return self._spent + counted(self._since, at, business=self.business) * (self.state == "running")

    def left(self, at: int) -> int:
        assert self.due is not None
        if self.state != "running":
            return self._left
        if self.due >= at:
            return counted(at, self.due, business=self.business)
        return -counted(self.due, at, business=self.business)

    def stand(self, at: int, state: str = "paused") -> None:
        """It stops counting."""
        self._spent, self._left = self.spent(at), self.left(at) if self.due is not None else 0
        self.state, self.held_at = state, at

    def run(self, at: int) -> None:
        """It goes on with what was left; what was too late is too late by as much."""
        at = max(at, self.held_at or at)
        self.state, self._since = "running", at
        if self.due is not None:
            self.due = self._from(at, self._left)

    def stop(self, at: int, state: str) -> None:
        if self.state == "paused":
            self.run(at)
        at = max(at, self.started)
        self.stand(at, state)
        self.stopped = at

    def restart(self, at: int, target: int) -> None:
        """All of it is left again."""
        self.started, self.target, self._spent, self._since, self.passed = at, target, 0, at, 0
        self.due, self._left = at + target, target
        if self.state == "paused":
            self.held_at = max(self.held_at or at, at)
            self.due = self.held_at + target

    def aim(self, target: int | None, at: int, *, raised: bool) -> None:
        """A raise is due at the earlier of what was promised and `at` plus the new target, a lowering at the start
        plus the new target. What had no due time starts now, and what has no new one keeps the old."""
        if self.state == "paused" and self.held_at is not None:
            at = self.held_at
        self.target = target
        if self.due is None:
            self._spent, self._since = 0, at
        if target is None:
            return
        left = target - self.spent(at)
        if raised and self.due is not None:
            left = min(self.left(at), target)
        self._left = left
        self.due = self._from(at, left)

    def _from(self, at: int, left: int) -> int:
        return after(at, left, business=self.business) if left >= 0 else before(at, -left, business=self.business)

    def marks(self) -> list[tuple[int, str]]:
        """Parts of the target, or where there is none, of all its time; then the due time, and what comes later."""
        if self.due is None:
            return []
        whole = self.target
        if whole is None:
            whole = self._spent + counted(self._since, self.due, business=self.business)
        if self._marked != (self.due, whole):  # counted again only where it must be, for time's sake
            self._marked, self._marks = (self.due, whole), self._count(self.due, whole)
        return self._marks

    def _count(self, due: int, whole: int) -> list[tuple[int, str]]:
        warns = [(before(due, whole * (1 - part), business=self.business), WARN) for part in _PARTS]
        return [*warns, (due, DUE), *((due + each, ESCALATE) for each in self._later)]

    def skip(self, at: int) -> None:
        """What lies behind is not made up for, where it is not due yet."""
        if self.state == "paused" and self.held_at is not None:
            at = self.held_at
        if self.due is not None and self.due > at:
            self.passed = 0 if self.kind == "update" else len([mark for mark, _ in self.marks() if mark <= at])

    def next(self) -> int | None:
        marks = self.marks() if self.state == "running" else []
        return marks[self.passed][0] if self.passed < len(marks) else None
