"""Pydantic's errors in plain words: where it stands, what is wrong, what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from mail_daemon.settings.document import Document, Problem, Where
from mail_daemon.settings.shape import Spot, spot
from mail_daemon.settings.types import Mistakes, Section

_SECRET = frozenset({"password", "url", "channels"})  # a URL may hold a password

# By pydantic's type of error. {value}: what was written; {like}: an example, where the key has one.
_WORDS = {
    "string_type": "{value} is no text; write it in quotes",
    "string_pattern_mismatch": "{value} doesn't fit{like}",
    "string_too_short": "this is empty; write a text{like}",
    "path_type": "{value} is no path; write it in quotes",
    "int_type": "{value} is no whole number; write digits alone",
    "int_parsing": "{value} is no whole number; write digits alone",
    "int_from_float": "{value} is no whole number; write digits alone",
    "float_type": "{value} is no number; write digits alone",
    "float_parsing": "{value} is no number; write digits alone",
    "finite_number": "{value} is no number; write digits alone",
    "bool_type": "{value} is neither; write true or false",
    "bool_parsing": "{value} is neither; write true or false",
    "literal_error": "{value} is unknown here; write {expected}",
    "greater_than": "{value} is too small; write more than {gt}",
    "greater_than_equal": "{value} is too small; write at least {ge}",
    "less_than": "{value} is too large; write less than {lt}",
    "less_than_equal": "{value} is too large; write at most {le}",
    "too_short": "this list is too short; write at least {min_length}",
    "too_long": "this list is too long; write at most {max_length}",
    "tuple_type": "{value} is no list; write {list}",
    "list_type": "{value} is no list; write {list}",
    "dict_type": "{value} is no section; write {section}",
    "model_type": "{value} is no section; write {section}",
    "model_attributes_type": "{value} is no section; write {section}",
    "time_type": "{value} is no time of day; write it like 19:00",
    "time_parsing": "{value} is no time of day; write it like 19:00",
    "date_type": "{value} is no day; write it like 2026-12-24",
    "date_parsing": "{value} is no day; write it like 2026-12-24",
    "date_from_datetime_parsing": "{value} is no day; write it like 2026-12-24",
    "date_from_datetime_inexact": "{value} is no day; write it like 2026-12-24",
    "decimal_type": "{value} is no amount; write it like 125.00",
    "decimal_parsing": "{value} is no amount; write it like 125.00",
    "union_tag_invalid": "there is no type {tag}; write type: {expected_tags}",
}


def explain(error: ValidationError, model: type[Section], document: Document) -> list[Problem]:
    """All of an error's parts, without those that only follow from another one."""
    found = [(details, spot(model, details["loc"])) for details in error.errors(include_url=False)]
    consequences = _consequences([(details["type"], at) for details, at in found], document)
    return [
        Problem(document.place(where), ": ".join(filter(None, (name(where), text))))
        for details, at in found
        if (details["type"], at.where) not in consequences
        for where, text in _texts(details, at, document)
    ]


def _consequences(found: Sequence[tuple[str, Spot]], document: Document) -> set[tuple[str, Where]]:
    """A key that is missing because it was misspelt or unreadable; a list too short for its wrong items."""
    misspelt = [(*at.where[:-1], nearest(at) or "") for kind, at in found if kind == "extra_forbidden"]
    unreadable = [w for w in document.places if document.places[w] in {p.place for p in document.problems}]
    around = [at.where[:length] for _, at in found for length in range(len(at.where))]
    return {*(("missing", where) for where in (*misspelt, *unreadable)), *(("too_short", w) for w in around)}


def nearest(at: Spot) -> str | None:
    """The known key that an unknown one was probably meant to be."""
    return next(iter(get_close_matches(str(at.where[-1]), at.known_keys, 1, 0.6)), None)


def name(where: Where) -> str:
    """`mailboxes.0.host`"""
    return ".".join(map(str, where))


def alternatives(words: Iterable[str]) -> str:
    """`imap, maildir or lmtp`"""
    *rest, last = words
    return f"{', '.join(rest)} or {last}" if rest else last


def _texts(details: Any, at: Spot, document: Document) -> list[tuple[Where, str]]:
    raised = details.get("ctx", {}).get("error")
    if isinstance(raised, Mistakes):
        return [((*at.where, *below), text) for below, text in raised.found]
    return [(at.where, _text(details, at, document))]


def _text(details: Any, at: Spot, document: Document) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "missing":
        return f"this key is missing; write {at.where[-1]}: {at.example or '...'}"
    if kind == "extra_forbidden":
        return f"this key is unknown; write {nearest(at) or alternatives(at.known_keys)}"
    if kind == "union_tag_not_found":
        return f"this has no type; write type: {alternatives(at.types)}"
    words: str = _WORDS.get(kind, "{value} won't do: " + details["msg"].replace("{", "{{").replace("}", "}}"))
    return words.format_map(_values(details["input"], context, at, document))


def _values(written: Any, context: dict[str, Any], at: Spot, document: Document) -> dict[str, Any]:
    by_variable = document.place(at.where).line == 0
    return {
        **context,
        "expected": str(context.get("expected", "")).replace("'", ""),
        "expected_tags": alternatives(str(context.get("expected_tags", "")).replace("'", "").split(", ")),
        "value": _shown(written, at.where),
        "like": f"; write it like {at.example}" if at.example else "",
        "list": 'it as JSON: ["a", "b"]' if by_variable else "[a, b], or one item a line after -",
        "section": 'it as JSON: {"key": "value"}' if by_variable else "its keys on lines of their own, indented",
    }


def _shown(value: Any, where: Sequence[str | int]) -> str:
    """A short plain value as it was written; no secret, and no whole section, which may hold one."""
    if _SECRET.intersection(where) or isinstance(value, dict | list):
        return "this"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return repr(text if len(text) <= 60 else text[:60] + "...")
