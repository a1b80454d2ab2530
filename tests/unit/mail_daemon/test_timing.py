"""Whatever happens to a ticket, its clocks say what somebody finds who counts the minutes with a pencil."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mail_daemon import courses, timing
from mail_daemon.changes.ticket import move, rank
from mail_daemon.domain.by import By
from mail_daemon.domain.calendar import Calendar
from mail_daemon.domain.clockwork import PAUSES, RESOLUTION, RESPONSE
from mail_daemon.domain.ticket import Cause, Status, ways
from mail_daemon.store.rows import Clock
from tests.office import HOUR, NOW, Office
from tests.written import mail

MINUTE = timedelta(minutes=1)
RESPONSES = {1: 60, 2: 120, 3: 240, 4: 480}  # minutes
RESOLUTIONS = {1: None, 2: None, 3: 480, 4: 2880}
STEPS = (Cause.ASKED, Cause.GIVEN_TO_VENDOR, Cause.REOPENED, Cause.HELD, Cause.RELEASED)


@dataclass
class Pencil:
    """Counts the minutes that a promise runs; `calendar`: only those of business."""

    targets: dict[int, int | None]
    calendar: Calendar | None
    level: int = 4
    ran: int = 0
    due: int | None = field(init=False)
    since: int = 0

    def __post_init__(self) -> None:
        self.due = self.targets[self.level]

    def wait(self, start: datetime, minutes: int) -> None:
        moments = (start + MINUTE * number for number in range(minutes))
        self.ran += minutes if self.calendar is None else sum(self.calendar.is_open(each) for each in moments)

    def rank(self, level: int) -> None:
        raised, same = level < self.level, level == self.level
        self.level, target = level, self.targets[level]
        if same or target is None:
            return
        if self.due is None:
            self.since, self.due = self.ran, self.ran + target
        elif raised:
            self.due = min(self.due, self.ran + target)
        else:
            self.due = self.since + target

    @property
    def left(self) -> timedelta | None:
        return None if self.due is None else MINUTE * (self.due - self.ran)


def left(clock: Clock, now: datetime, calendar: Calendar | None) -> timedelta | None:
    """What the clock says is left; negative when it is overdue."""
    if clock.due is None:
        return None
    at = clock.paused_at or now
    if calendar is None:
        return clock.due - at
    return calendar.between(at, clock.due) if clock.due >= at else -calendar.between(clock.due, at)


waits = st.integers(0, 20 * 60)
happenings = st.lists(st.tuples(waits, st.sampled_from([*STEPS, 1, 2, 3, 4])), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happenings, waits)
def test_promises_are_what_is_counted_minute_by_minute(
    office: Office, happens: list[tuple[int, Cause | int]], rest: int
) -> None:
    office.now = NOW
    number = office.open(mail())
    pencils = {RESPONSE: Pencil(RESPONSES, None), RESOLUTION: Pencil(RESOLUTIONS, office.desk.calendar)}
    for wait, what in [*happens, (rest, 4)]:
        status = Status(office.ticket(number).status)
        for kind, pencil in pencils.items():
            if kind not in PAUSES.get(status, ()):
                pencil.wait(office.now, wait)
        office.now += MINUTE * wait
        before = office.ticket(number)
        happen(office, number, status, what, pencils)
        for kind, clock in office.clocks(number).items():
            if kind in pencils:
                assert left(clock, office.now, pencils[kind].calendar) == pencils[kind].left, kind
        if office.ticket(number) != before:
            holds_together(office, number)


def happen(office: Office, number: int, status: Status, what: Cause | int, pencils: dict[str, Pencil]) -> None:
    if isinstance(what, int):
        office.change(rank, number, what)
        for pencil in pencils.values():
            pencil.rank(what)
    elif what in ways(status):
        office.change(move, number, what)


def holds_together(office: Office, number: int) -> None:
    """Nothing is looked at that rests, and the ticket says what its clocks say."""
    ticket, clocks = office.ticket(number), office.clocks(number)
    rests = PAUSES.get(Status(ticket.status), frozenset())
    for kind, clock in clocks.items():
        assert clock.state == ("ended" if clock.stopped_at else "paused" if kind in rests else "running")
        assert (clock.paused_at is not None) == (clock.state == "paused")
        assert clock.next_at is None or clock.state == "running"
        if clock.state == "running" and clock.due and clock.due > office.now:
            assert clock.next_at is not None
            assert clock.next_at <= clock.due
    running = [clock for clock in clocks.values() if clock.state == "running" and clock.due]
    promised = [clock.due for clock in running if clock.kind in ("response", "resolution", "rfo")]
    assert ticket.next_due == min(promised, default=None)  # type: ignore[type-var]
    late = [clock for clock in running if clock.kind in ("response", "resolution") and clock.due <= office.now]  # type: ignore[operator]
    assert ticket.overdue == bool(late)


# --- marks and steps --------------------------------------------------------------------------------------


def test_after_a_pause_only_the_marks_that_had_not_passed_are_left(office: Office) -> None:
    number = office.open(mail(text="My phone is dead."))
    office.now += 3 * HOUR + 10 * MINUTE
    response = office.clocks(number)[RESPONSE]
    with office.store.begin() as work:
        timing.advance(
            work, office.ticket(number), response, "warned", By("mail-daemon", office.now), step=1, next_at=None
        )
    office.change(move, number, Cause.ASKED)
    office.now += 24 * HOUR
    office.change(move, number, Cause.REOPENED)
    response = office.clocks(number)[RESPONSE]
    assert (response.step, response.next_at) == (1, office.now + 26 * MINUTE)  # 90 % of four hours
    marks = courses.marks(office.desk, office.ticket(number), response)
    assert [mark.at - office.now for mark in marks] == [-10 * MINUTE, 26 * MINUTE, 50 * MINUTE]


def test_what_time_has_done_is_an_event(office: Office) -> None:
    number = office.open(mail())
    response = office.clocks(number)[RESPONSE]
    by = By("mail-daemon", office.now, why="75 % of the time has passed")
    with office.store.begin() as work:
        timing.advance(work, office.ticket(number), response, "warned", by, step=1, next_at=NOW + HOUR)
    assert office.clocks(number)[RESPONSE].next_at == NOW + HOUR
    (event,) = office.events(number, "clock")
    assert event.actor == "mail-daemon"
    assert event.detail == {
        "clock": "response",
        "did": "warned",
        "due": (NOW + 8 * HOUR).isoformat(),
        "why": "75 % of the time has passed",
    }


@pytest.mark.parametrize("level", [1, 2])
def test_a_reason_for_outage_is_warned_of_in_its_own_time_whatever_the_priority_becomes(
    office: Office, level: int
) -> None:
    number = office.open(mail(text="Everything is down." if level == 1 else "Our site is down."))
    before = courses.marks(office.desk, office.ticket(number), office.clocks(number)["rfo"])
    for then in (3, 4):
        office.change(rank, number, then)
        assert courses.marks(office.desk, office.ticket(number), office.clocks(number)["rfo"]) == before
    office.change(move, number, Cause.RESOLVED)
    assert courses.marks(office.desk, office.ticket(number), office.clocks(number)["rfo"]) == before


def test_a_clock_that_runs_is_not_begun_a_second_time(office: Office) -> None:
    number = office.open(mail(text="Everything is down."))
    with office.store.begin() as work:
        timing.start(work, office.desk, office.ticket(number), ["rfo", "page"], By("mail-daemon", office.now))
        assert [clock.kind for clock in work.clocks.of(number)].count("rfo") == 1
    assert [event.detail["clock"] for event in office.events(number, "clock")] == ["page"]


def test_a_waived_clock_has_ended_and_is_owed_no_more(office: Office) -> None:
    number = office.open(mail(text="Our site is down."))
    by = By("ann", office.now, why="a test of ours")
    with office.store.begin() as work:
        timing.stop(work, office.desk, office.ticket(number), ["rfo"], by, state="ended")
    rfo = office.clocks(number)["rfo"]
    assert (rfo.state, rfo.stopped_at, rfo.next_at) == ("ended", office.now, None)
    assert office.events(number, "clock")[0].detail["why"] == "a test of ours"
