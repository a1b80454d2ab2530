"""Column types that keep what both engines store equal and whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from mail_daemon.domain.priority import Reason

Json = JSON(none_as_null=True)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; in SQLite as ISO text of one width, which sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        text = dialect.name == "sqlite"
        return dialect.type_descriptor(String(32) if text else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}; every datetime carries its zone")
        if dialect.name == "sqlite":
            utc = value if value.tzinfo is UTC else value.astimezone(UTC)  # each mail writes some twenty
            return utc.isoformat(timespec="microseconds")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if dialect.name == "sqlite" else value
        return moment.astimezone(UTC)


class MailText(TypeDecorator[str]):
    """Text from a mail, without what PostgreSQL (NUL) or UTF-8 (lone surrogates) can't hold."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "").encode("utf-8", "replace").decode()


class Words(TypeDecorator[tuple[str, ...]]):
    """A tuple of strings, as a JSON list."""

    impl = Json
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        return None if value is None else list(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(value)


class Reasons(TypeDecorator[tuple[Reason, ...]]):
    """Why a ticket has its priority, as a JSON list of objects."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Sequence[Reason] | None, dialect: Dialect) -> Any:
        return [{"rule": r.rule, "evidence": r.evidence, "where": r.where} for r in value or ()]

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Reason, ...]:
        return tuple(Reason(**reason) for reason in value)
