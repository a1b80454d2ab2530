"""The sections of policy.yaml about what work costs: billing and install (policy sections 3, 4 and 13)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from mail_daemon.domain.billing import Rate
from mail_daemon.domain.phrases import Grammar
from mail_daemon.settings.types import Duration, Section, Span

_MINUTE = timedelta(minutes=1)


def _whole_minutes(span: timedelta) -> timedelta:
    if span % _MINUTE:
        raise ValueError("work is counted in minutes; write it like 30m or 1h")
    return span


def _phrase(value: str) -> str:
    if "<" in value:
        raise ValueError(f"{value!r}: no word list can stand here; write its words, as a|b")
    Grammar({}).patterns(value)
    return value


Phrases = tuple[Annotated[str, AfterValidator(_phrase)], ...]


class Billing(Section):
    """Money is decimal."""

    hourly_rate: Annotated[Decimal, Field(ge=0, decimal_places=2)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", json_schema_extra={"example": "USD"})] = "USD"
    minimum: Annotated[Duration, AfterValidator(_whole_minutes)] = timedelta(hours=1)  # emergency and install work
    increment: Annotated[Span, AfterValidator(_whole_minutes)] = timedelta(minutes=30)  # begun, of all work

    @property
    def rate(self) -> Rate:
        return Rate(self.hourly_rate, self.currency, self.minimum // _MINUTE, self.increment // _MINUTE)


class Install(Section):
    """Policy section 3: words with which a new install asks for what is billed."""

    priority_phrases: Phrases = ()
    after_hours_phrases: Phrases = ()
