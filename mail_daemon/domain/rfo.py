"""What agents write of a Reason for Outage (policy section 6): its sections, out of a reply to the draft.

    Cause: A routing change sent calls to a drained gateway.
    ## Impact
    Callers heard nothing.
    **Resolution:** We took the change back.
    Prevention: Drained gateways take no new calls.

A line that begins with a section's name and a colon opens it; the name alone does so too, as a heading or after
an empty line. Sections may come in any order, more than once, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace

LONGEST = 4_000  # characters of one section: the whole stays a document of a few pages

_NAMES = {
    "affected service": "service",
    "affected services": "service",
    "service": "service",
    "cause": "cause",
    "root cause": "cause",
    "impact": "impact",
    "resolution": "resolution",
    "prevention": "prevention",
    "preventive measures": "prevention",
}
_MARKS = "#*_>-0123456789.) \t"  # of Markdown, of lists and of quoting, around a name
_COLONS = (":", "\N{FULLWIDTH COLON}")
_UNDERLINE = re.compile(r"(?:=+|-{3,})")
_LONGEST_NAME = 40  # characters within which a name and its colon stand


@dataclass(frozen=True, slots=True)
class Sections:
    """The words of a Reason for Outage; "" where nobody has written any. All customers concerned read them."""

    service: str = ""
    cause: str = ""
    impact: str = ""
    resolution: str = ""
    prevention: str = ""

    def __or__(self, newer: Sections) -> Sections:
        """These sections, with the newer words where there are some."""
        return replace(self, **dict(newer.filled()))

    def filled(self) -> list[tuple[str, str]]:
        """(name, text) of the sections that have words."""
        return [(each.name, text) for each in fields(self) if (text := getattr(self, each.name))]

    def missing(self) -> tuple[str, ...]:
        """The sections without which it can't be sent."""
        written = dict(self.filled())
        return tuple(each.name for each in fields(self) if each.name != "service" and each.name not in written)


def completed(text: str) -> Sections:
    """The sections in an agent's reply; what stands before the first is left out, and so are quoted lines."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    above = ""
    for line in text.splitlines():
        name, rest = _heading(line, after_blank=not above.strip(_MARKS))
        if name:
            current = found.setdefault(name, [])
            current += ["", rest] if rest else [""]
        elif line.rstrip() == "--":
            break  # a signature
        elif not line.startswith(">") and not (above and _heading(above)[0] and _UNDERLINE.fullmatch(line.strip())):
            current.append(line.rstrip())
        above = line
    return Sections(**{name: _tidy(lines) for name, lines in found.items()})


def _heading(line: str, *, after_blank: bool = True) -> tuple[str, str]:
    """(section, the words behind its name on that line); ("", "") for any other line."""
    bare = line.lstrip(_MARKS)
    marked = bare != line.lstrip(" \t")
    head = bare[:_LONGEST_NAME]
    end = min((at for colon in _COLONS if (at := head.find(colon)) >= 0), default=-1)
    if end >= 0:
        rest = "" if line.startswith(">") else bare[end + 1 :].lstrip("*_").strip()
        return _NAMES.get(_plain(bare[:end]), ""), rest
    return (_NAMES.get(_plain(bare), "") if marked or after_blank else ""), ""


def _plain(name: str) -> str:
    return " ".join(name.strip(_MARKS).lower().split()) if len(name) <= _LONGEST_NAME else ""


def _tidy(lines: list[str]) -> str:
    """Without empty lines at its ends, and never two in a row."""
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(kept).strip()


def too_long(sections: Sections) -> list[tuple[str, int]]:
    """(name, characters) of each section over LONGEST."""
    return [(name, len(text)) for name, text in sections.filled() if len(text) > LONGEST]


def mentions(sections: Sections, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """(section, name) wherever one of these names stands as whole words: other customers must not read them."""
    for name, text in sections.filled():
        words = f" {_words(text)} "
        yield from ((name, other) for other in names if _stands(_words(other), words))


def _stands(name: str, words: str) -> bool:
    # Not all alphabets part words by spaces.
    return bool(name) and (f" {name} " in words or (not name.isascii() and name in words))


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def listed(names: Sequence[str]) -> str:
    """Such as "cause, impact and resolution"; at least one name."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
