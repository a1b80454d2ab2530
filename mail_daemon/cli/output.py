"""How commands print: one JSON document, or a table that a terminal can show safely."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import Any

WIDE = 200  # columns, where the output goes to a file or a pipe
_MOST_FIXED = 40  # columns of a cell that does not give way


def print_json(value: Any) -> None:
    json.dump(value, sys.stdout, default=_plain, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, numbers: Collection[str] = ()) -> None:
    """Each cell on one line; the last column is folded where the terminal is narrow. `numbers` stand to the right."""
    # Imported here since the daemon prints no tables.
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    cells = [[Text(shown(cell), overflow="fold") for cell in row] for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, name in enumerate(columns):
        longest = max([len(name), *(cell_row[index].cell_len for cell_row in cells)])
        fixed = index < len(columns) - 1
        width = min(longest, _MOST_FIXED) if fixed else None
        table.add_column(name, no_wrap=fixed, min_width=width, justify="right" if name in numbers else "left")
    for cell_row in cells:
        table.add_row(*cell_row)
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")


def shown(value: Any) -> str:
    """One line for a person; control characters from mails are spelled out."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}Z"
    text = str(value)
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)
