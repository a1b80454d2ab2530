"""A ticket's clocks in words: how each stands, and its timeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mail_daemon.domain.clockwork import CLOSE, PAUSED, RUNNING
from mail_daemon.domain.kept import Outcome
from mail_daemon.domain.timeline import DUE, STARTED
from responders.times import spoken_duration, spoken_time

GOOD, BAD, QUIET, PLAIN = "green", "bold red", "dim", ""  # styles

_AIMED = frozenset({STARTED, "resumed", "re-aimed"})  # moments that tell when a clock is due from then on
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

Clock = Mapping[str, Any]  # as `ticket --json` prints it, with datetimes


def stands(clock: Clock, now: datetime) -> tuple[str, str]:
    """How it stands, in words and in a style."""
    due, stopped, state = clock["due"], clock["stopped"], clock["state"]
    if clock["outcome"] == Outcome.BROKEN and stopped:
        return f"{state}, {long(due, stopped)} late", BAD
    if clock["outcome"] == Outcome.MET:
        return f"met, {long(stopped, due)} before it was due", GOOD
    if state == PAUSED and clock["paused_at"] and due:
        late = clock["paused_at"] > due
        return f"paused, {f'{long(due, now)} overdue' if late else 'in time so far'}", BAD if late else PLAIN
    if state == RUNNING and due:
        return (
            (f"overdue by {long(due, now)}", BAD)
            if due <= now
            else (f"running, {_aim(clock)} in {long(now, due)}", PLAIN)
        )
    return (f"{state}, as soon as possible" if clock["outcome"] == Outcome.UNDUE else state), PLAIN


def timeline(clock: Clock, zone: ZoneInfo, now: datetime) -> Iterator[tuple[list[str], str]]:
    """For each moment its cells (when, what, why) and a style."""
    for moment in clock["timeline"]:
        did, due = moment["did"], moment["due"]
        aimed = f"due {at(due, zone)}" if did in _AIMED and due else ""
        style = BAD if did in ("breached", "escalated") else QUIET if moment["at"] > now else PLAIN
        if did == DUE and moment["at"] <= now:
            style = BAD
        yield [at(moment["at"], zone), did, "; ".join(filter(None, (aimed, moment["why"])))], style


def at(moment: datetime | None, zone: ZoneInfo) -> str:
    """Such as "2026-11-25 14:32 EST"; "" for none."""
    return f"{moment.astimezone(zone):%Y-%m-%d} {spoken_time(moment, zone)}" if moment else ""


def long(begin: datetime, end: datetime) -> str:
    """Such as "under a minute", "90 minutes", "30 hours" or "4 days": nobody counts the minutes of days."""
    span = end - begin
    unit = _MINUTE if span < 4 * _HOUR else _HOUR if span < 3 * _DAY else _DAY
    return spoken_duration(span // unit * unit) if span >= _MINUTE else "under a minute"


def _aim(clock: Clock) -> str:
    return "closes" if clock["kind"] == CLOSE else "due"
