"""A clock's story, put together from its row and the events of its ticket.

A clock that began as its ticket opened has no event for that; every later change of one is an event `clock`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from mail_daemon.domain.clockwork import PROMISED, RUNNING
from mail_daemon.domain.kept import Outcome, outcome

STARTED, DUE = "started", "due"
_AIMS = frozenset({"re-aimed", "resumed"})  # what gives a clock another due time


class Row(Protocol):
    """A clock as the store has it."""

    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def started(self) -> datetime: ...
    @property
    def due(self) -> datetime | None: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def stopped_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Moment:
    """What happened to a clock; `due` is when it was due from then on."""

    at: datetime
    did: str  # started, paused, resumed, re-aimed, warned, due, breached, escalated, reminded, met or ended
    due: datetime | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A clock from its start to its end; where it runs, the last moment may lie ahead."""

    kind: str
    state: str
    outcome: Outcome | None  # None for what is no promise
    started: datetime
    due: datetime | None
    stopped: datetime | None
    timeline: tuple[Moment, ...]


def stories(
    clocks: Sequence[Row], events: Iterable[tuple[datetime, Mapping[str, Any]]], *, opened: datetime, now: datetime
) -> list[Story]:
    """One for each of a ticket's clocks, which are given in the order of their beginning.

    `events`: when each event `clock` of the ticket was, and its detail.
    """
    changes = list(events)
    parts: dict[str, Iterator[list[Moment]]] = {}
    for kind, count in Counter(clock.kind for clock in clocks).items():
        moments = [_moment(at, detail) for at, detail in changes if detail.get("clock") == kind]
        parts[kind] = iter(_parted(moments, count))
    return [_story(clock, next(parts[clock.kind]), opened, now) for clock in clocks]


def _moment(at: datetime, detail: Mapping[str, Any]) -> Moment:
    happened, due = detail.get("at"), detail.get("due")
    return Moment(
        datetime.fromisoformat(happened) if happened else at,
        str(detail.get("did", "")),
        datetime.fromisoformat(due) if due else None,
        str(detail.get("why", "")),
    )


def _parted(moments: Iterable[Moment], clocks: int) -> list[list[Moment]]:
    """Which moments are whose: each start begins the next clock's, and the first clock's may have none."""
    parts: list[list[Moment]] = [[]]
    for moment in moments:
        if moment.did == STARTED and (parts[-1] or len(parts) < clocks):
            parts.append([])
        parts[-1].append(moment)
    return [*parts[-clocks:], *([] for _ in range(clocks - len(parts)))]


def _story(clock: Row, moments: Sequence[Moment], opened: datetime, now: datetime) -> Story:
    if not moments or moments[0].did != STARTED:
        moments = [_start(clock, moments, opened), *moments]
    kept = None
    if clock.kind in PROMISED:
        kept = outcome(clock.state, clock.due, stopped=clock.stopped_at, paused=clock.paused_at, now=now)
    timeline = sorted([*_due(clock), *moments], key=lambda moment: moment.at)
    return Story(clock.kind, clock.state, kept, moments[0].at, clock.due, clock.stopped_at, tuple(timeline))


def _start(clock: Row, later: Sequence[Moment], opened: datetime) -> Moment:
    """As the ticket opened; the row may have begun anew since, as updates do with each word to the customer."""
    first = clock.due if not later else None if later[0].did in _AIMS else later[0].due
    return Moment(min(clock.started, opened), STARTED, first)


def _due(clock: Row) -> Iterator[Moment]:
    """The due time itself, where it lies ahead or the clock ran past it."""
    if clock.due and (clock.state == RUNNING or (clock.stopped_at and clock.stopped_at > clock.due)):
        yield Moment(clock.due, DUE, clock.due)
