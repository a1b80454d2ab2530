"""Accounts from a table: CSV as spreadsheets and accounting programs write it, each row checked as accounts.yaml is."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mail_daemon.settings.document import ConfigError, Document, Place, Problem
from mail_daemon.settings.policy import Account
from mail_daemon.settings.problems import explain

COLUMNS = tuple(Account.model_fields)
LARGEST = 50_000_000  # bytes
MOST_ROWS = 200_000
_MOST_SHOWN = 200  # problems; who has more has the wrong file
_LISTS = frozenset({"domains", "contacts", "telephones"})
_EMPTY: Mapping[str, Any] = {"days_past_due": 0, "disputed": False, "timezone": None, "language": None}
_REMEDY = "save the table as CSV in UTF-8"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: the account's name and the values of the columns that the file has, as accounts.yaml types them."""

    line: int
    name: str
    given: Mapping[str, Any]


def read(path: Path) -> list[Entry]:
    """The rows of a file whose first line names its columns, in any order; `name` must be there.

    Commas, semicolons or tabs stand between cells; lists are parted by semicolons within a cell. An empty cell is
    an empty list, 0 or false; an empty timezone or language says nothing. Raises ConfigError with all problems at
    once, and OSError.
    """
    source = str(path)
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise ConfigError([f"{path}:1: is larger than {LARGEST // 1_000_000} MB; write a shorter file"])
    reading = _Reading(source)
    reading.table(_text(raw, source))
    return reading.finished()


def refuse(problems: Sequence[Problem]) -> None:
    """Raises ConfigError where there are any; who has thousands of them is shown the first."""
    if problems:
        more = len(problems) - _MOST_SHOWN
        shown = [str(problem) for problem in problems[:_MOST_SHOWN]]
        raise ConfigError([*shown, f"... and {more} more"] if more > 0 else shown)


def clashes(
    entries: Iterable[Entry], accounts: Iterable[Account], source: str, *, public_domains: Collection[str]
) -> list[Problem]:
    """What would belong to two accounts, or to everybody, once the entries are among `accounts`, as they are then."""
    lines = {entry.name: entry.line for entry in entries}
    public = frozenset(domain.lower() for domain in public_domains)
    owners: dict[str, str] = {}
    found: list[Problem] = []
    # Those of the file last: an account that stands elsewhere has its things already.
    for account in sorted(accounts, key=lambda account: lines.get(account.name, 0)):
        place = Place(source, lines.get(account.name, 0))
        for thing in (*account.domains, *account.contacts, *account.telephones):
            owner = owners.setdefault(thing, account.name)
            if place.line and owner != account.name:
                where = f"line {lines[owner]}" if owner in lines else "see `mail-daemon accounts list`"
                found.append(
                    Problem(place, f"{thing!r} belongs to {owner} already ({where}); write it for one of them")
                )
        for domain in account.domains if place.line else ():
            if domain in public:
                text = f"{domain!r} is a public mail domain, shared by strangers; write addresses under contacts"
                found.append(Problem(place, text))
    return found


def _text(raw: bytes, source: str) -> str:
    """UTF-8, or else the Windows code page of Western Europe, as Excel saves; Latin-1's letters are the same there."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw:
        line = raw.count(b"\n", 0, raw.find(b"\0")) + 1
        raise ConfigError([f"{source}:{line}: is UTF-16 or no text; {_REMEDY}"])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        first = error
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        line = raw.count(b"\n", 0, first.start) + 1
        raise ConfigError([f"{source}:{line}: is neither UTF-8 nor Latin-1; {_REMEDY}"]) from None


class _Reading:
    def __init__(self, source: str) -> None:
        self._source = source
        self._problems: list[Problem] = []
        self._columns: list[str] = []
        self._lines: dict[str, int] = {}  # of names, as they are compared
        self._entries: list[Entry] = []

    def finished(self) -> list[Entry]:
        refuse(self._problems)
        return self._entries

    def table(self, text: str) -> None:
        rows = self._rows(text)
        line, header = next(rows, (1, []))
        if not self._header(line, header):
            return
        for count, (line, cells) in enumerate(rows):
            if count == MOST_ROWS:
                self._problem(line, f"this is row {MOST_ROWS + 1:,}; write at most {MOST_ROWS:,} accounts a file")
                return
            self._row(line, cells)

    def _rows(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Each row that is not empty, with the line on which it begins."""
        first = text.lstrip("\r\n").splitlines()[:1]
        delimiter = max(",;\t", key=first[0].count) if first else ","
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        begins = 1
        try:
            for cells in reader:
                stripped = [cell.strip() for cell in cells]
                if any(stripped):
                    yield begins, stripped
                begins = reader.line_num + 1
        except csv.Error as error:
            self._problem(begins, _broken(str(error)))

    def _header(self, line: int, header: list[str]) -> bool:
        self._columns = [cell.lower() for cell in header]
        known = ",".join(COLUMNS)
        if "name" not in self._columns:
            self._problem(line, f"the first line has no column `name`; write one such as {known}")
            return False
        for number, column in enumerate(self._columns):
            if column not in COLUMNS:
                near = next(iter(get_close_matches(column, COLUMNS, 1, 0.6)), None)
                remedy = f"write {near}" if near else f"take it out, or write one of {known}"
                self._problem(line, f"column {header[number]!r:.80} is unknown; {remedy}")
            elif column in self._columns[:number]:
                self._problem(line, f"column {column} stands here twice; write it once")
        return not self._problems

    def _row(self, line: int, cells: list[str]) -> None:
        if len(cells) != len(self._columns):
            text = f"this row has {len(cells)} cells and the first line {len(self._columns)}; "
            self._problem(line, text + 'write as many, with quotes around a cell that holds "," or ";"')
            return
        values = dict(zip(self._columns, map(_value, self._columns, cells), strict=True))
        try:
            account = Account.model_validate(values)
        except ValidationError as error:
            document = Document(self._source)
            document.places.update({(column,): Place(self._source, line) for column in self._columns})
            self._problems += explain(error, Account, document)
            return
        first = self._lines.setdefault(account.name.casefold(), line)
        if first != line:
            self._problem(line, f"{account.name!r} stands here again, after line {first}; write it once")
            return
        given = {column: getattr(account, column) for column in self._columns if column != "name"}
        self._entries.append(Entry(line, account.name, given))

    def _problem(self, line: int, text: str) -> None:
        self._problems.append(Problem(Place(self._source, line), text))


def _value(column: str, cell: str) -> Any:
    if column in _LISTS:
        return tuple(part for part in map(str.strip, cell.split(";")) if part)
    return cell or _EMPTY.get(column, "")


def _broken(error: str) -> str:
    """The csv module's words in ours."""
    if "limit" in error:
        return "a cell begins here that is longer than 131,072 characters; write the closing quote"
    if "unexpected end" in error:
        return "a quote begins here and never ends; write the closing quote"
    return 'a quote stands within a cell; write "" for a quote within quotes'
