"""An outage as its customer lived it: what happened when, out of the events of one ticket (policy section 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any, Protocol

from mail_daemon.domain.ticket import ENDED, OUTAGES, Status


class What(StrEnum):
    """What can happen; the templates have the words for it."""

    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    RAISED = "raised"
    VENDOR = "vendor"
    WORKAROUND = "workaround"
    RESTORED = "restored"
    RELAPSED = "relapsed"
    RESOLVED = "resolved"
    REOPENED = "reopened"


class Happened(Protocol):
    """An event as the store keeps it."""

    @property
    def at(self) -> datetime: ...
    @property
    def what(self) -> str: ...
    @property
    def detail(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    what: What


@dataclass(frozen=True, slots=True)
class Outage:
    """`began` is the report, or when the ticket was raised to an outage's priority.

    `restored` and `resolved` are None while it lasts, and when it has come back.
    """

    reported: datetime
    began: datetime
    acknowledged: datetime | None
    answered: datetime | None
    restored: datetime | None
    resolved: datetime | None
    timeline: tuple[Moment, ...]

    @property
    def lasted(self) -> timedelta | None:
        return self.restored - self.began if self.restored else None


def outage(
    events: Iterable[Happened],
    *,
    reported: datetime,
    began: datetime,
    acknowledged: datetime | None,
    answered: datetime | None,
) -> Outage:
    """The outage that began at `began`, with all that happened in the ticket before and after."""
    told = [(reported, What.REPORTED), (acknowledged, What.ACKNOWLEDGED), (answered, What.ANSWERED)]
    moments = [Moment(at, what) for at, what in told if at]
    # Where it began with a raise, nothing came back by that.
    moments += [replace(each, what=What.RAISED) if _begins(each, began) else each for each in _moments(events)]
    timeline = tuple(sorted(moments, key=attrgetter("at")))
    ends: dict[str, datetime | None] = {"restored": None, "resolved": None}
    for moment in timeline:
        if moment.at >= began:
            _end(ends, moment)
    return Outage(reported, began, acknowledged, answered, ends["restored"], ends["resolved"], timeline)


def _begins(moment: Moment, began: datetime) -> bool:
    return moment.what is What.RELAPSED and moment.at <= began


def _end(ends: dict[str, datetime | None], moment: Moment) -> None:
    """What is resolved is restored too; a ticket that was only reopened is not out again by that."""
    match moment.what:
        case What.RESTORED:
            ends["restored"] = ends["restored"] or moment.at
        case What.RESOLVED:
            ends |= {"restored": ends["restored"] or moment.at, "resolved": moment.at}
        case What.RELAPSED:
            ends |= {"restored": None, "resolved": None}
        case What.REOPENED:
            ends["resolved"] = None


def _moments(events: Iterable[Happened]) -> Iterator[Moment]:
    restored, came_back = False, datetime.min.replace(tzinfo=UTC)
    for event in events:
        found = _found(event, restored)
        written = event.detail.get("at")  # where it was put down later than it happened
        at = datetime.fromisoformat(written) if written else event.at
        if found in (What.RESTORED, What.RESOLVED, What.RELAPSED):
            restored = found is not What.RELAPSED
        if found is What.RELAPSED:
            came_back = at
        if found and not (found is What.RAISED and at == came_back):  # a relapse brings its priority along
            yield Moment(at, found)


def _found(event: Happened, restored: bool) -> What | None:
    before, to = event.detail.get("from"), event.detail.get("to")
    match event.what:
        case "status changed":
            turn = _turn(before, to)
            return None if turn is What.RELAPSED and not restored else turn
        case "priority changed" if to in OUTAGES and before is not None and before > to:
            return What.RELAPSED if restored else What.RAISED
        case "work-around noted":
            return What.WORKAROUND
    return None


def _turn(before: Any, to: Any) -> What | None:
    if before == Status.ON_HOLD and to not in ENDED:
        return None  # back to what it was
    match to:
        case Status.MONITORING:
            return What.RESTORED
        case Status.RESOLVED | Status.CLOSED:
            return None if before in ENDED else What.RESOLVED
        case Status.VENDOR:
            return What.VENDOR
        case Status.OPEN if before == Status.MONITORING:
            return What.RELAPSED
        case Status.OPEN if before in ENDED:
            return What.REOPENED
    return None
