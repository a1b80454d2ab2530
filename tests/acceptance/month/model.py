"""What must follow from the script, counted by the minute and ticket by ticket, as docs/policy.md reads the policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mail_daemon.domain.ticket import TRANSITIONS, Cause, Status
from tests.acceptance.month.promised import (
    ADDRESSES,
    ADMIN,
    AGAIN,
    CLOSING,
    ENDED,
    MISSED,
    REOPENS,
    SERVICE,
    UPDATE,
    WARN_OF_CLOSING,
    Sent,
)
from tests.acceptance.month.script import Act, customer
from tests.acceptance.month.stopwatch import DUE, WARN, Stopwatch
from tests.acceptance.month.ticket import Ticket
from tests.acceptance.month.world import DAY, LENGTH, on_call


class Life(Ticket):
    """One ticket from its first mail to the end of the month."""

    # --- what the month brings ----------------------------------------------------------------------------

    def live(self, acts: Sequence[Act]) -> None:
        due_acts = {act.at: act for act in acts}
        minute, self.opened = acts[0].at, acts[0].at
        wake: int | None = None
        standing = self._standing(self.keeping.written_down(minute))
        ticks, owes = self.keeping.ticks, any(self.past_due)
        while minute < LENGTH:
            if act := due_acts.get(minute):
                now = self.keeping.written_down(minute)
                if act.verb == "write" and self.ended is not None and now - self.ended > REOPENS:
                    self.too_late.append(act)
                elif not self._act(act, now):
                    self.refused.append(act)
                wake = self._wake()
            if ticks[minute]:
                if owes and self._standing(minute) != standing:
                    standing = self._standing(minute)
                    self._follow_account(standing, minute)
                    wake = self._wake()
                if wake is not None and wake <= minute:
                    self._tick(minute)
                    wake = self._wake()
            minute += 1

    def _act(self, act: Act, now: int) -> bool:
        """Whether it could be done."""
        match act.verb:
            case "open":
                self._opens(act, now)
            case "write":
                self._writes(act, now)
            case "answer":
                self._answered(act.at, now)
            case "ask":
                if self.status != "new" and not self._can(Cause.ASKED):
                    return False
                self._answered(act.at, now)
                self._move(Cause.ASKED, act.at, now)
            case "rank":
                return self._ranked(act.level, act.at, now)
            case "assign":
                self.assignee = "bob"
                self.pages.stop()
            case "workaround":
                self._tell("status", "workaround", now)
            case "send rfo" | "waive rfo":
                return self._rfo(act, now)
            case _:
                cause = {
                    "vendor": Cause.GIVEN_TO_VENDOR,
                    "restore": Cause.RESTORED,
                    "resolve": Cause.RESOLVED,
                    "take up": Cause.REOPENED,
                    "close": Cause.CLOSED,
                }[act.verb]
                if not self._can(cause):
                    return False
                self._move(cause, act.at, now)
        return True

    # --- the customer -------------------------------------------------------------------------------------

    def _opens(self, act: Act, now: int) -> None:
        self.category, self.priority, self.highest = act.category, act.level, act.level
        self._start(("response", "resolution", "update", "rfo"), act.at)
        if self._standing(now) and act.category not in SERVICE:
            self._move(Cause.HELD, act.at, now)
        elif act.level == 1:
            self.pages.page(now, len(self.clocks))
        due = self._first("response")
        told = due and due.state == "running" and due.due is not None and due.due > now  # none that is over
        answer = (due.due,) if due and told else ()
        self.sent.append(Sent(self.number, "acknowledgement", "", customer(self.number).address, now, answer))
        self._notify("new", now)

    def _writes(self, act: Act, now: int) -> None:
        reopens = self.status in ENDED
        if reopens:
            self._set_priority(min(act.level, self.priority))
            self._move(Cause.CUSTOMER_REPLIED, act.at, now)
        else:
            if self.status == "monitoring" and act.level <= 2:
                self._move(Cause.RELAPSED, act.at, now)
            self._heard(Cause.CUSTOMER_REPLIED, act.at, now)
            if act.level < self.priority:
                self._ranked(act.level, act.at, now)
        if not reopens and self.status == "on_hold" and act.category in SERVICE:
            self.category = act.category
            self._move(Cause.RELEASED, now, now)
            self._tell("account-hold", "service", now)
        elif reopens and self._standing(now) and not {self.category, act.category} & {*SERVICE}:
            self._move(Cause.HELD, now, now)
            self._tell("account-hold", "held", now)
        lately = self.escalated is not None and self.escalated > now - AGAIN
        if self.overdue and self._broken(now) and not lately:
            self._tell("escalation", "reply", now, tuple(self._broken(now)))
            self.escalated = now
        self._notify("reopened" if reopens else "reply", now)

    def _heard(self, cause: Cause, at: int, now: int) -> None:
        if self.status == "on_hold":
            before = Status(self.held_status or "open")
            self.held_status = str(TRANSITIONS.get((before, cause), before))
        elif self._can(cause):
            self._move(cause, at, now)

    # --- agents -------------------------------------------------------------------------------------------

    def _answered(self, at: int, now: int) -> None:
        if self.status in ("new", "on_hold"):
            self._heard(Cause.AGENT_REPLIED, at, now)
        for clock in self._live("response"):
            clock.stop(at, "met")
        for clock in self._live("update"):
            clock.restart(at, UPDATE[self.lowered_from or self.priority])
        self.pages.stop()
        self._refresh(now)

    def _rfo(self, act: Act, now: int) -> bool:
        owed = self._live("rfo")
        if not owed:
            return False
        if act.verb == "send rfo":
            self._tell("rfo", "", now)
        self.rfo = "done"
        for clock in owed:
            clock.stop(act.at, "met" if act.verb == "send rfo" else "ended")
        self._refresh(now)
        return True

    # --- the account --------------------------------------------------------------------------------------

    def _standing(self, minute: int) -> bool:
        """Whether the account is more than 21 days past due."""
        return self.past_due[minute // DAY] > 21

    def _follow_account(self, held: bool, minute: int) -> None:
        if held and self._can(Cause.HELD) and self.category not in SERVICE:
            self._move(Cause.HELD, minute, minute)
            self._tell("account-hold", "held", minute)
        elif not held and self.status == "on_hold":
            self._move(Cause.RELEASED, minute, minute)
            self._tell("account-hold", "released", minute)

    # --- time ---------------------------------------------------------------------------------------------

    def _wake(self) -> int | None:
        return min((at for at, *_ in self._due()), default=None)

    def _due(self) -> Iterator[tuple[int, float, Stopwatch | None]]:
        for place, clock in enumerate(self.clocks):
            if (at := self._next(clock)) is not None:
                yield at, place, clock
        if self.pages.next is not None:
            yield self.pages.next, self.pages.place, None

    def _next(self, clock: Stopwatch) -> int | None:
        if clock.state != "running" or clock.due is None:
            return None
        if clock.kind == "update":
            return clock.due + clock.passed * UPDATE[self.priority]
        if clock.kind == "close":
            return (clock.started + WARN_OF_CLOSING, clock.due)[clock.passed]
        return clock.next()

    def _tick(self, minute: int) -> None:
        while due := sorted((each for each in self._due() if each[0] <= minute), key=lambda each: each[:2]):
            clock = due[0][2]
            if clock is None:
                self._page(minute)
            elif clock.kind == "update":
                self._remind(clock, minute)
            elif clock.kind == "close":
                self._close(clock, minute)
            elif clock.kind == "rfo":
                self._owe(clock, minute)
            else:
                self._promise(clock, minute)

    def _promise(self, clock: Stopwatch, minute: int) -> None:
        what, first, due = self._pass(clock, minute)
        if what == WARN:
            self._warn(f"{clock.kind} is due", minute, due)
        else:
            if self.escalated != minute:
                self._tell("escalation", "breach" if first else "level", minute, tuple(self._broken(minute)))
                self.escalated = minute
            on_call_now = ADDRESSES[on_call(minute)[0]]
            self._warn(f"{clock.kind} is {'' if first else 'still '}overdue", minute, due, on_call_now)
            if first and clock.kind == "response" and (self.lowered_from or self.priority) <= 2:
                self.pages.page(minute, len(self.clocks))
        self._refresh(minute)

    def _owe(self, clock: Stopwatch, minute: int) -> None:
        what, first, due = self._pass(clock, minute)
        drafted, self.rfo = self.rfo != "drafted", "drafted"
        if drafted:
            for address in self._insiders():
                self.sent.append(Sent(self.number, "rfo-draft", "", address, minute, (due,)))
        if what != WARN:
            self._warn(f"rfo is {'' if first else 'still '}overdue", minute, due, ADDRESSES[on_call(minute)[0]], ADMIN)
        elif not drafted:
            self._warn("rfo is due", minute, due)
        self._refresh(minute)

    def _pass(self, clock: Stopwatch, minute: int) -> tuple[str, bool, int]:
        """What the last mark is that has passed, and whether the due time had not before."""
        marks, before = clock.marks(), clock.passed
        clock.passed = len([at for at, _ in marks if at <= minute])
        assert clock.due is not None
        return marks[clock.passed - 1][1], DUE not in [what for _, what in marks[:before]], clock.due

    def _remind(self, clock: Stopwatch, minute: int) -> None:
        assert clock.due is not None
        every, before = UPDATE[self.priority], clock.passed
        clock.passed = (minute - clock.due) // every + 1
        self._warn("update", minute, clock.due - every)
        if clock.passed // MISSED > before // MISSED:
            self.pages.page(minute, len(self.clocks), further=True)

    def _close(self, clock: Stopwatch, minute: int) -> None:
        assert clock.due is not None
        if clock.passed:
            self._move(Cause.CLOSED, minute, minute)
            return
        if minute >= clock.due:  # nobody is closed without a warning
            clock.due = minute + CLOSING - WARN_OF_CLOSING
        clock.passed = 1
        self._tell("closing-warning", "", minute, (clock.due,))

    def _page(self, minute: int) -> None:
        people, tells_admins = self.pages.call(minute)
        for name in people:
            self.sent.append(Sent(self.number, "page", "", ADDRESSES[name], minute))
        if tells_admins:
            self.sent.append(Sent(self.number, "warning", "nobody answers", ADMIN, minute))

    # --- the report ---------------------------------------------------------------------------------------

    def outcomes(self) -> Iterator[tuple[str, str]]:
        for clock in self.clocks:
            if clock.kind in ("response", "resolution", "rfo"):
                yield clock.kind, _outcome(clock, LENGTH)


def _outcome(clock: Stopwatch, end: int) -> str:
    if clock.due is None:
        return "undue"
    if clock.live:
        late = clock.left(end) < 0 if clock.state == "paused" else clock.due <= end
        return "broken" if late else "open"
    assert clock.stopped is not None
    return "broken" if clock.stopped > clock.due else clock.state
