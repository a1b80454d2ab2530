"""Whose number left a voicemail, out of the telephone system's notice (policy section 2). Linear in the text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from mail_daemon.domain.telephone import e164

_LONGEST = 4_000  # characters of a notice that are looked at; what the caller says may come after them
_MOST = 40  # numbers of one text that are tried
_NEAR = 60  # characters between a word that announces a number, and the number
_SHORTEST = 7  # digits; extensions, mailboxes and lengths of messages have fewer

# 3035550142, (303) 555-0142, +44 (0)20 7946 0958; no part of a date, a time or a longer number.
_NUMBER = re.compile(
    r"(?<![0-9:/])[+(]{0,2}[0-9]{1,4}[ .\-]?(?:\([0-9]{1,5}\)[ .\-]?)?[0-9][0-9 .)\-]{4,20}(?![0-9:/])"
)
# Behind these stands the number that called; <3035550142> is how a caller ID is written out.
_CALLER = re.compile(r"\b(?:from|caller(?: ?id)?|cid|number|phone|tel)\b|<", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:to|for|mailbox|extension|ext|date|received|on|at|time)\b", re.IGNORECASE)


def caller(subject: str, text: str, country: str, ours: Collection[str | None] = ()) -> str | None:
    """The number in E.164; None where it was withheld or none stands there.

    A number behind `from`, `caller` or its like comes first, in the subject and then in the text; else the first
    that nothing says to be another's. `country` is whose numbers have no + in front; `ours` never call us.
    """
    found = [each for part in (subject, text) for each in _numbers(part, country) if each[1] not in ours]
    announced = [number for said, number in found if said]
    others = [number for said, number in found if said is None]
    return next(iter([*announced, *others]), None)


def _numbers(text: str, country: str) -> Iterator[tuple[bool | None, str]]:
    """The telephone numbers of a text in order; whether each is announced as the caller's, None: as nobody's."""
    text = text[:_LONGEST]
    for tried, found in enumerate(_NUMBER.finditer(text)):
        if tried == _MOST:
            return
        digits = sum(character.isdigit() for character in found[0])
        # What stands behind a space may be another number.
        number = e164(found[0], country) or e164(found[0].split()[0], country) if digits >= _SHORTEST else None
        if number:
            yield _announced(text[max(0, found.start() - _NEAR) : found.start()]), number


def _announced(before: str) -> bool | None:
    line = before.rpartition("\n")[2]
    callers, others = (
        max((match.start() for match in words.finditer(line)), default=-1) for words in (_CALLER, _OTHER)
    )
    return None if callers == others else callers > others  # equal where neither stands there
