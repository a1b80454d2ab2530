"""`mail-daemon accounts`: who our customers are and how they stand, and the import of both from a table."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from mail_daemon.archive import Archive, real_clock
from mail_daemon.cli.output import print_json, print_lines, print_table, shown
from mail_daemon.settings import accounts_csv
from mail_daemon.settings.accounts_csv import Entry
from mail_daemon.settings.directory import merged
from mail_daemon.settings.loader import Configuration, load
from mail_daemon.settings.policy import Account, Delinquent
from mail_daemon.store import migrate
from mail_daemon.store.rows_duties import Done, ImportedAccount

_COLUMNS = ("name", "standing", "days past due", "disputed", "domains")
_MOST_TOLD = 20  # lines of one kind
_TICK = timedelta(microseconds=1)

app = typer.Typer(help="The customers: import, list.", no_args_is_help=True)

Known = dict[str, Account]


@app.command("import")
def import_csv(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="CSV", help="A table whose first line names its columns.")],
    rest_paid: Annotated[
        bool, typer.Option("--rest-paid", help="Accounts that the file does not name owe nothing.")
    ] = False,
) -> None:
    """Takes accounts from a table, all of them or, where a line is wrong, none; the daemon follows within a minute."""
    configuration = load(context.obj, os.environ)
    entries = accounts_csv.read(file)
    archive = Archive(configuration.settings, configuration.folder)
    migrate.upgrade(archive.store)
    with archive.store.begin() as work:
        stored = {row.name: row for row in work.accounts.all()}
        plan = _plan(configuration, entries, stored, rest_paid=rest_paid)
        public = configuration.settings.matching.public_domains
        accounts_csv.refuse(accounts_csv.clashes(plan.entries, plan.after.values(), str(file), public_domains=public))
        work.accounts.put(_stamped(plan.rows, work.accounts.newest(), real_clock()))
    print_lines(_told(file, plan))


@app.command("list")
def list_accounts(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Lists the accounts of accounts.yaml and those imported, with how they stand (policy section 12)."""
    configuration = load(context.obj, os.environ)
    archive = Archive(configuration.settings, configuration.folder)
    imported: list[ImportedAccount] = []
    done: Mapping[str, Done] = {}
    if archive.store.exists():
        with archive.store.read() as work:
            imported, done = work.accounts.all(), work.standings.all()
    times = {row.name: row.imported for row in imported}
    accounts = sorted(_known(configuration, imported).values(), key=lambda account: account.name.casefold())
    delinquent = configuration.policy.delinquent
    rows = [_row(a, delinquent, times.get(a.name), done.get(a.name, Done(a.name))) for a in accounts]
    if as_json:
        print_json(rows)
    else:
        print_table(_COLUMNS, map(_cells, rows))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an import does: `rows` are to be written; the accounts as they stand before and after it."""

    entries: Sequence[Entry]
    rows: Sequence[ImportedAccount]
    before: Known
    after: Known


def _plan(
    configuration: Configuration, entries: Sequence[Entry], stored: Mapping[str, ImportedAccount], *, rest_paid: bool
) -> _Plan:
    before = _known(configuration, stored.values())
    spelt = {name.casefold(): name for name in before}
    entries = [replace(entry, name=spelt.get(entry.name.casefold(), entry.name)) for entry in entries]
    given = {entry.name: entry.given for entry in entries}
    if rest_paid:
        given |= {name: {"days_past_due": 0} for name in _owing(before.values(), given)}
    rows = [_row_of(stored.get(name), name, columns) for name, columns in given.items()]
    after = _known(configuration, {**stored, **{row.name: row for row in rows}}.values())
    return _Plan(entries, [row for row in rows if row != stored.get(row.name)], before, after)


def _known(configuration: Configuration, imported: Iterable[ImportedAccount]) -> Known:
    accounts = merged(configuration.accounts, (row.given for row in imported))
    return {account.name: account for account in accounts}


def _owing(accounts: Iterable[Account], but: Mapping[str, Any]) -> list[str]:
    return [account.name for account in accounts if account.days_past_due and account.name not in but]


def _row_of(stored: ImportedAccount | None, name: str, given: Mapping[str, Any]) -> ImportedAccount:
    """The columns that the file leaves out keep what an earlier import has given."""
    columns: dict[str, Any] = {key: value.key if isinstance(value, ZoneInfo) else value for key, value in given.items()}
    return replace(stored or ImportedAccount(name), **columns)


def _stamped(rows: Sequence[ImportedAccount], newest: datetime | None, now: datetime) -> list[ImportedAccount]:
    """Later than every stored row, whatever the clock says: by that a running daemon sees what is new."""
    moment = max(now, newest + _TICK) if newest else now
    return [replace(row, imported=moment) for row in rows]


def _told(file: Path, plan: _Plan) -> Iterator[str]:
    added = [name for name in plan.after if name not in plan.before]
    changed = [name for name, account in plan.before.items() if plan.after[name] != account]
    same = len(plan.entries) - len(added) - sum(entry.name in changed for entry in plan.entries)
    if added or changed:
        yield f"{shown(file)}: {len(added)} added, {len(changed)} changed, {same} unchanged"
    else:
        yield f"{shown(file)}: nothing changed, {same} unchanged"
    nobody = [name for name in added if not (plan.after[name].domains or plan.after[name].contacts)]
    yield from _named(nobody, "matches no mail; write its domains or contacts, or the name that accounts.yaml has")
    named = {entry.name: entry for entry in plan.entries}
    owing = _owing(plan.after.values(), named)
    yield from _named(owing, "is not in the file and stays past due; --rest-paid means that it has paid")


def _named(names: Sequence[str], text: str) -> Iterator[str]:
    yield from (f"{shown(name)} {text}" for name in names[:_MOST_TOLD])
    if len(names) > _MOST_TOLD:
        yield f"... and so with {len(names) - _MOST_TOLD} more"


def _row(account: Account, rules: Delinquent, imported: datetime | None, done: Done) -> dict[str, Any]:
    return {
        "name": account.name,
        "standing": rules.standing(account).value,
        "days_past_due": account.days_past_due,
        "disputed": account.disputed,
        "domains": account.domains,
        "contacts": account.contacts,
        "telephones": account.telephones,
        "timezone": account.timezone.key if account.timezone else None,
        "language": account.language,
        "imported": imported,
        "held_since": done.held_since,
        "suspended_since": done.suspended_since,
    }


def _cells(row: dict[str, Any]) -> list[Any]:
    disputed = "yes" if row["disputed"] else ""
    return [row["name"], row["standing"], row["days_past_due"], disputed, " ".join(row["domains"])]
