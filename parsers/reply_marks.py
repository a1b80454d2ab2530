"""The lines by which mail programs set quoted text apart, in the languages that they speak.

Nothing here looks further than a few lines of a few hundred characters, so a text costs linear time.
"""

# ruff: noqa: RUF001

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parsers.reply_words import (
    ADDRESS,
    BEGINS_LIKE_DATE,
    DATE,
    DATE_AND_WRITER,
    DEVICE,
    FORWARDED,
    KIND_OF_KEY,
    LAST_WORDS,
    LEAD,
    LONGEST_KEY,
    ORIGINAL,
    SENT_FROM,
    WEEKDAY,
    WROTE,
)

_WINDOW = 4  # lines over which "On ..., ... wrote:" may be wrapped
_LONGEST = 400  # characters of such a window
_BLOCK = 14  # lines in which a header block shows what it is


_AROUND = " \t\r\f\v\u00a0\u200e\u200f\u202a\u202b\u202c"  # a line, where text runs from right to left too
_DECORATION = str.maketrans("", "", " *_|[\u00a0")  # around and inside the name of a header


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a quoted mail begins: the marking lines are `start` to `end` (excluded)."""

    start: int
    end: int
    kind: str  # attribution, headers, forward


def find_cut(lines: Sequence[str], start: int, end: int) -> Cut | None:
    """The first marking line in `lines[start:end]`, with those it is wrapped over; none begins with ">"."""
    for index in range(start, end):
        line = lines[index].strip(_AROUND)
        if line and (cut := _cut_at(lines, index, line, start, end)):
            return cut
    return None


def is_quote(line: str) -> bool:
    """Whether the line is quoted by ">"; the lonely tail of a wrapped "<address>:" is not."""
    stripped = line.lstrip()
    return stripped.startswith(">") and not _is_tail(stripped)


def is_phone_signature(line: str) -> bool:
    """Whether the line is what a phone or a mail program puts below each mail."""
    line = line.strip().strip("*_-[]()").lstrip().lower()
    if not line or len(line) > 100 or not line.startswith(SENT_FROM):
        return False
    return line.startswith("sent from my ") or bool(DEVICE.search(line))


def _cut_at(lines: Sequence[str], index: int, line: str, start: int, end: int) -> Cut | None:
    if (line[0] in "-_*=" or line[-1] in ":：-") and (kind := _delimiter(line)):
        return Cut(_with_rule(lines, index, start), index + 1, kind)
    if line[0] != ">" and _key(line) and (block_end := _header_block(lines, index, end)):
        return Cut(_with_rule(lines, index, start), block_end, "headers")
    if _may_end_attribution(line) and (line[0] != ">" or _is_tail(line)):
        begin = _attribution(lines, index, start, end)
        if begin is not None:
            return Cut(_with_rule(lines, begin, start), index + 1, "attribution")
    return None


def _is_tail(line: str) -> bool:
    return (
        len(line) < 40 and line[-1:] in ":：" and (line[1:].strip(" :：") == "" or bool(WROTE.match(line[1:].lstrip())))
    )


def _delimiter(line: str) -> str | None:
    if len(line) > 200:
        return None
    words = line.strip("-_=*#>~ :：\t\u2014\u2013\u00a0").lower()
    if words in FORWARDED or (words.startswith("forwarded by ") and line[0] == "-"):
        return "forward"
    if words in ORIGINAL and (line[0] in "-_=*#~" or line[-1] in "-:："):
        return "headers"
    return None


def _with_rule(lines: Sequence[str], index: int, start: int) -> int:
    """Takes in the rule that Outlook and others draw above the block, with the blank lines between."""
    for above in range(index - 1, max(start, index - 3) - 1, -1):
        line = lines[above].strip()
        if len(line) >= 4 and not line.strip("_-=*\u2014\u2013 "):
            return above
        if line:
            break
    return index


def _key(line: str) -> str | None:
    """Which header the line is: from, date, to, cc, subject or reply; None where it is none."""
    head = line[:LONGEST_KEY]
    end = head.find(":")
    if end < 0 and (end := head.find("：")) < 0:
        return None
    return KIND_OF_KEY.get(head[:end].translate(_DECORATION).lower())


def _header_block(lines: Sequence[str], index: int, end: int) -> int | None:
    """The line after a block of at least three different headers, From among them, or None."""
    kinds = set()
    last = index
    other = 0
    for number in range(index, min(index + _BLOCK, end)):
        line = lines[number].strip()
        if not line:
            continue
        kind = _key(line) if line[0] != ">" else None
        if kind:
            kinds.add(kind)
            last, other = number, 0
        elif (other := other + 1) > 2:
            break
    return last + 1 if "from" in kinds and len(kinds) >= 3 else None


def _may_end_attribution(line: str) -> bool:
    tail = line[-1]
    if tail in ":：" or DATE_AND_WRITER.fullmatch(line):
        return True
    if tail == ">":
        return "@" in line and _begins_with_date(line)
    if tail == "-":
        return line.endswith("--") and line.startswith("--") and WROTE.search(line[:_LONGEST]) is not None
    return line[-12:].rpartition(" ")[2] in LAST_WORDS


def _attribution(lines: Sequence[str], index: int, start: int, end: int) -> int | None:
    """The first line of the attribution that ends in line `index`, or None if it is none."""
    likely = None
    for begin in range(index, max(start, index - _WINDOW + 1) - 1, -1):
        first = lines[begin].strip()
        if not first or (begin < index and is_quote(first)):
            break
        window = " ".join(line.strip() for line in lines[begin : index + 1])
        if len(window) > _LONGEST:
            break
        if not _attributes(window):
            continue
        if LEAD.match(first):
            return begin
        if WEEKDAY.match(first) or (likely is None and window.count(">") <= window.count("<")):
            likely = begin
    if likely is None and len(lines[index]) <= 80 and WROTE.search(lines[index]):
        below = next((line for line in lines[index + 1 : min(index + 4, end)] if line.strip()), "")
        return index if is_quote(below) else None
    return likely


def _attributes(window: str) -> bool:
    """Whether the words name a writer and a time or an address, as "On 3 May 2026, Ann wrote:" does."""
    address = ADDRESS.search(window) is not None
    if DATE_AND_WRITER.fullmatch(window):
        return True
    if WROTE.search(window):
        return address or DATE.search(window) is not None
    return address and "<" in window and _begins_with_date(window)


def _begins_with_date(words: str) -> bool:
    return BEGINS_LIKE_DATE.match(words) is not None and DATE.search(words[:32]) is not None
