"""Tables as CSV (RFC 4180), which a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

# What makes a spreadsheet take a cell for a formula, as OWASP lists it under "CSV Injection". The wide forms are
# what a Japanese or Chinese one reads alike.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001


def write_csv(target: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes a file, or to standard output where the target is -. Raises OSError."""
    if target == "-":
        _write(sys.stdout, columns, rows)
        return
    with Path(target).open("w", encoding="utf-8", newline="") as file:
        _write(file, columns, rows)


def _write(file: IO[str], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    table = csv.writer(file)
    table.writerow(columns)
    table.writerows([[_cell(value) for value in row] for row in rows])


def _cell(value: Any) -> Any:
    """Words that begin like a formula get an apostrophe before them; numbers stay numbers, below zero, too."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
