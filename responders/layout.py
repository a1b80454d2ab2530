"""Lays out the text form of a letter: paragraphs wrapped, tables as aligned columns. One pass, linear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

WIDTH = 76
GAP = "  "  # between the columns of a table

RECORD, FIELD, CELL, LINE = "\x1e", "\x1f", "\x1d", "\x1c"


class Kind(Enum):
    PARAGRAPH = "p"
    ITEM = "i"  # of a list without blank lines
    HEADING = "h"
    ROW = "t"
    RULE = "r"


# Those that stand close together; between all others comes a blank line.
CLOSE = frozenset({"i", "t"})


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item, heading, line across or table row; LF inside a text is somebody's line break."""

    kind: Kind
    text: str = ""
    mark: str = ""  # what stands before it: a bullet, a number, a quote's ">"
    cells: tuple[str, ...] = ()  # of a row


def blocks(filled: str) -> Iterator[Block]:
    """Records one by one, for forms that lay out for themselves; rows without any words are left out."""
    for record in filled.split(RECORD)[1:]:
        kind, first, _, text = record.split(FIELD)
        cells = tuple(cell.replace(LINE, "\n").strip(" \n") for cell in text.split(CELL))
        if kind != "t":
            yield Block(Kind(kind), cells[0], first.strip())
        elif any(cells):
            yield Block(Kind.ROW, cells=cells)


def lay_out(filled: str) -> str:
    """Records (see responders.plain_form) to lines that end in LF."""
    lines: list[str] = []
    rows: list[list[str]] = []
    previous = ""
    for record in filled.split(RECORD)[1:]:
        kind, first, rest, text = record.split(FIELD)
        if rows and kind != "t":
            lines += _table(rows)
            rows = []
        if previous and not (kind == previous and kind in CLOSE):
            lines.append("")
        if kind == "t":
            rows.append([cell.replace(LINE, " ").strip() for cell in text.split(CELL)])
        else:
            lines += _block(kind, text.strip(" \n"), first, rest)
        previous = kind
    lines += _table(rows)
    return "\n".join(lines).rstrip() + "\n"


def _block(kind: str, text: str, first: str, rest: str) -> list[str]:
    if kind == "h":
        return [text, "-" * min(len(text), WIDTH)]
    if kind == "r":
        return ["-" * (WIDTH // 2)]
    parts = text.split(LINE)
    # Lines broken by somebody keep their whole width beside a quote's "> ": broken twice they read badly.
    width = WIDTH + len(rest) if len(parts) > 1 else WIDTH
    lines: list[str] = []
    for part in parts:
        lines += wrap(part, rest if lines else first, rest, width)
    return lines


def wrap(text: str, first: str, rest: str, width: int = WIDTH) -> list[str]:
    """Lines of at most `width` where the words allow it. What fits keeps its spaces: columns stay columns."""
    if len(first) + len(text) <= width:
        return [(first + text).rstrip()]
    lines: list[str] = []
    line = first
    empty = True
    for word in text.split():
        if not empty and len(line) + 1 + len(word) > width:
            lines.append(line)
            line, empty = rest, True
        line += word if empty else " " + word
        empty = False
    return [*lines, line]


def _table(rows: list[list[str]]) -> list[str]:
    """Columns as wide as their longest cell; a line that gets too long breaks inside its last column."""
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    for row in rows:
        if not any(row):
            continue
        padded = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        start = GAP.join([*padded, ""])
        hanging = " " * min(len(start), WIDTH * 2 // 3)
        lines += wrap(row[-1], start, hanging)
    return lines
