"""Values of mail-daemon.yaml that come from the environment instead: MAIL_DAEMON__SMTP__HOST is smtp.host."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mail_daemon.settings.document import Document, Place, Problem, Where

PREFIX = "MAIL_DAEMON__"
_EITHER = {"password": "password_file", "password_file": "password"}


def override(document: Document, environ: Mapping[str, str]) -> None:
    """Writes the environment's values over the file's; their place becomes the variable's name.

    A number between __ counts the items of a list from 0. Lists and sections are written as JSON. An empty
    variable stands for no value. Whole lists come before their items, since the names are sorted.
    """
    for variable in sorted(environ):
        if variable.startswith(PREFIX):
            _override(document, variable, environ[variable])


def _override(document: Document, variable: str, text: str) -> None:
    parts = variable.removeprefix(PREFIX).lower().split("__")
    where: Where = ()
    around: Any = document.data
    for part in parts:
        key: Any = _key(around, part)
        if key is None:
            _no_such_item(document, variable)
            return
        where = (*where, key)
        if len(where) < len(parts):
            around = _section(document, around, where, variable)
    around[key] = _value(part, text)
    _forget(document, where)
    document.places[where] = Place(variable)
    _drop_other_secret(document, around, where)


def _section(document: Document, around: Any, where: Where, variable: str) -> Any:
    """The section or list at a place, made where there is none."""
    key: Any = where[-1]
    inner = around[key] if isinstance(around, list) else around.get(key)
    if not isinstance(inner, dict | list):
        inner = around[key] = {}
        document.places[where] = Place(variable)
    return inner


def _key(around: Any, part: str) -> str | int | None:
    """The key within a section, or the index within a list; None where the list has no such item."""
    if not isinstance(around, list):
        return part
    return int(part) if part.isdecimal() and len(part) < 5 and int(part) < len(around) else None


def _value(key: str, text: str) -> Any:
    """A password is never read as JSON, whatever it begins with."""
    if key == "password" or text[:1] not in ("[", "{"):
        return text or None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text  # [::1] is a host; for a list it will be named as no list


def _forget(document: Document, where: Where) -> None:
    for place in [place for place in document.places if place[: len(where)] == where]:
        del document.places[place]


def _drop_other_secret(document: Document, around: Any, where: Where) -> None:
    """A password from the environment stands instead of the file's password_file, and the other way round."""
    other = _EITHER.get(str(where[-1]))
    if other and isinstance(around, dict) and document.place((*where[:-1], other)).line:
        around.pop(other, None)


def _no_such_item(document: Document, variable: str) -> None:
    text = "the list has no such item; write the whole list as JSON, or an item's number from 0"
    document.problems.append(Problem(Place(variable), text))
