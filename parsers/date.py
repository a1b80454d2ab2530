"""A date as header fields write it (RFC 5322 section 3.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LENGTH = 200


def utc(value: str) -> datetime | None:
    """The moment in UTC, which a date without a zone is taken for; None where no moment is named."""
    try:
        date = parsedate_to_datetime(value[:_LENGTH])
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
