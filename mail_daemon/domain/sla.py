"""What the policy promises, as moments: pure functions over the calendar (policy sections 2, 3 and 5)."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from mail_daemon.domain.calendar import Calendar


def after_hours(moment: datetime, *, zone: ZoneInfo, begins: time, ends: time) -> bool:
    """Whether only the lesser capacity of policy section 2 is there; `ends` is on the next morning."""
    clock = moment.astimezone(zone).time()
    if begins <= ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends


def install_earliest(calendar: Calendar, asked: datetime, *, days: int) -> datetime:
    """Policy section 3: a new install is scheduled this many business days in advance."""
    return calendar.business_day_after(asked, days)
