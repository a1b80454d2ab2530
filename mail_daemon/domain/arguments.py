"""What stands behind a command's verb, read. Each raises ValueError that says what to write.

Words, numbers and addresses lose what mail programs put around them; free text stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from mail_daemon.domain.billing import KINDS, MINUTES
from mail_daemon.domain.ticket import Status

LEVELS = ("1", "2", "3", "4")
FAULTS = ("customer", "provider")

_LONGEST_TEXT = 200  # characters of a subject or a name
_LONGEST_ADDRESS = 320  # RFC 5321 section 4.5.3.1: 64 before the @, 255 behind it
_LONGEST_SHOWN = 40
_QUOTES = "\"'`\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}" + (
    "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{SINGLE LOW-9 QUOTATION MARK}"
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
)
_DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")
_BRACKETS = dict.fromkeys(map(ord, "<>()[]{},;" + _QUOTES), " ")
_ADDRESS = re.compile(r"[^@\s:/]{1,64}@[^@\s.:/]+(?:\.[^@\s.:/]+)+")
_REF = re.compile(r"\[?(?:([a-z][a-z0-9]{1,9})-|#)?([0-9]{1,12})\]?", re.IGNORECASE)
_WORKED = re.compile(
    r"(-?)(?:([0-9]{1,3})(?:[.,]([0-9]{1,2}))? ?(?:h|hrs?|hours?))? ?(?:([0-9]{1,4}) ?(?:m|mins?|minutes?))?(?= |$)",
    re.IGNORECASE,
)
_STATES = tuple(status.value for status in Status if status is not Status.NEW)
_ALSO = {"hold": "on_hold", "solved": "resolved", "done": "resolved", "restored": "monitoring"}


def simple(text: str) -> str:
    """A word or two in lower case, without quotes and final points, with plain dashes."""
    return text.translate(_DASHES).strip(_QUOTES + " .,;!").lower()


def choice(text: str, choices: Iterable[str], what: str) -> str:
    """The one that is meant. A typo is asked about, never guessed."""
    known, word = list(choices), simple(text)
    if word in known:
        return word
    near = get_close_matches(word[:_LONGEST_SHOWN], known, 1)
    raise ValueError(f"{shown(text)} is no {what}; " + (f"did you mean {near[0]}?" if near else f"write {_or(known)}"))


def state(text: str) -> Status:
    """`on hold` and `on-hold` are on_hold. New is none that a ticket can be given."""
    word = simple(text).replace(" ", "_").replace("-", "_")
    return Status(choice(_ALSO.get(word, word), _STATES, "state"))


def level(text: str) -> int:
    return int(choice(simple(text).removeprefix("p"), LEVELS, "priority"))


def ref(text: str, tag: str) -> int:
    """The number in `TPBX-1042`, `[TPBX-1042]`, `#1042` or `1042`; `tag` is the desk's."""
    found = _REF.fullmatch(simple(text))
    if not found or (found[1] or tag).lower() != tag.lower():
        raise ValueError(f"{shown(text)} is no ticket; write it like {tag}-1042 or 1042")
    return int(found[2])


def refs(text: str, tag: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(ref(each, tag) for each in text.replace(",", " ").split()))


def address(text: str) -> str:
    """The one address in it, in lower case, as it is written or as a mail program linked it."""
    parts = text.lower().replace("mailto:", " ").translate(_BRACKETS).split()
    found = list(dict.fromkeys(part.partition("?")[0].strip(".") for part in parts if "@" in part))
    if len(found) > 1:
        raise ValueError(f"{shown(text)} are several addresses; write one a line")
    if not found or len(found[0]) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(found[0]):
        raise ValueError(f"{shown(text)} is no address; write it like carol@acme.example")
    return found[0]


def agent(text: str) -> str | None:
    """A name or an address; None for none."""
    text = text.removeprefix("@")
    if "@" in text:
        return address(text)
    name = simple(text)
    return None if name in ("none", "nobody") else name


def line(text: str) -> str:
    """Free text of one line, without a pair of quotes around it."""
    inner = text.strip(_QUOTES + " ")
    if text[:1] in _QUOTES and text[-1:] in _QUOTES and not any(sign in _QUOTES for sign in inner):
        text = inner
    if not text or len(text) > _LONGEST_TEXT:
        raise ValueError(f"{shown(text)} has {len(text)} characters; write 1 to {_LONGEST_TEXT}")
    return text


def worked(text: str) -> tuple[int, str, str]:
    """Minutes, kind of work and words of `1h30m professional moved the queue`; 1.5h and 90m are the same time.

    A time below zero takes back.
    """
    text = text[:2].translate(_DASHES) + text[2:]
    found = _WORKED.match(text)
    minutes = round(float(f"{found[2] or 0}.{found[3] or 0}") * MINUTES) + int(found[4] or 0) if found else 0
    if not found or not minutes:
        raise ValueError(f"{shown(text.partition(' ')[0])} is no time; write it like 1h30m, 1.5h or 90m")
    kind, _, words = text[found.end() :].strip().partition(" ")
    if not words:
        raise ValueError(f"say which kind of work it was, {_or(KINDS)}, and what was done")
    return (-minutes if found[1] else minutes), choice(kind, KINDS, "kind of work"), words


def shown(text: str) -> str:
    """Short and on one line, in quotes."""
    return repr(text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "...")


def _or(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}"
