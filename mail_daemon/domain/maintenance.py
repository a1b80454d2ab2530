"""Planned maintenance (policy section 11): what is said of one, in which words, and how far it has come.

Impact and status are MAINTNOTE's (the draft NANOG BCOP on maintenance notifications, sections 3.6.5 and 3.6.6).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Impact = Literal["NO-IMPACT", "REDUCED-REDUNDANCY", "DEGRADED", "OUTAGE"]
ANY_LANGUAGE = ""  # the key of a text for readers of all languages

_BLANK_LINES = re.compile(r"\n[ \t]*\n")


class Status(StrEnum):
    """What was last said of a maintenance."""

    ANNOUNCED = "announced"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


class News(StrEnum):
    """What a letter tells its reader."""

    ANNOUNCED = "announced"
    UPDATED = "updated"
    DROPPED = "dropped"  # it takes place and no longer concerns this reader
    CANCELLED = "cancelled"
    COMPLETED = "completed"


# After these a reader has it no longer in the calendar: the next news is an announcement.
OVER_FOR_READER = frozenset({News.DROPPED, News.CANCELLED})


@dataclass(frozen=True, slots=True)
class Announcement:
    """What admins write in a file. No `accounts` are all of them; `texts` are by language."""

    key: str
    service: str
    impact: str
    starts: datetime
    ends: datetime
    accounts: tuple[str, ...]
    texts: Mapping[str, str]
    upgrade: bool = False  # it brings a new version (policy section 10)

    def concerns(self, account: str | None) -> bool:
        return concerns(self.accounts, account)


def concerns(accounts: tuple[str, ...], account: str | None) -> bool:
    """Whether a maintenance of these accounts is one of this account, of which None is unknown."""
    return not accounts or account in accounts


def stage(status: str, starts: datetime, ends: datetime, now: datetime) -> str:
    """upcoming, running or over by the clock, unless it was cancelled or completed."""
    if status != Status.ANNOUNCED:
        return status
    return "upcoming" if now < starts else "running" if now < ends else "over"


def maintnote_status(news: str, starts: datetime, now: datetime) -> str:
    """CONFIRMED, IN-PROCESS, CANCELLED or COMPLETED, as a letter's reader is to take it."""
    if news in OVER_FOR_READER:
        return "CANCELLED"
    if news == News.COMPLETED:
        return "COMPLETED"
    return "CONFIRMED" if now < starts else "IN-PROCESS"


def wording(texts: Mapping[str, str], *languages: str) -> str:
    """The text in the first of these languages that has one, `de-AT` looking for `de` too; else any."""
    wanted = [each for language in languages for each in (language.lower(), language.lower().partition("-")[0])]
    return next((texts[each] for each in (*wanted, ANY_LANGUAGE, *texts) if each in texts), "")


def paragraphs(text: str) -> tuple[str, ...]:
    """Parted by blank lines; the line breaks within are only those of whoever wrote it."""
    found = (" ".join(part.split()) for part in _BLANK_LINES.split(text))
    return tuple(part for part in found if part)
