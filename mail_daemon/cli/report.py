"""`mail-daemon report`: what is to be billed, and how the promises were kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from mail_daemon.archive import Archive, archive_to_look_at, real_clock
from mail_daemon.cli import report_billing, report_sla
from mail_daemon.cli.csv_file import write_csv
from mail_daemon.cli.output import print_json, print_lines, shown
from mail_daemon.settings.loader import load
from mail_daemon.store.promises import Opened
from mail_daemon.store.store import Work

app = typer.Typer(help="Reports: billing, sla.", no_args_is_help=True)

_DAY = timedelta(days=1)

From = Annotated[str | None, typer.Option("--from", metavar="DATE", help="The first day, such as 2026-11-01.")]
To = Annotated[str | None, typer.Option("--to", metavar="DATE", help="The last day.")]
Account = Annotated[str | None, typer.Option(help="Of this account alone.")]
Csv = Annotated[str | None, typer.Option("--csv", metavar="FILE", help="Write a CSV file; - is standard output.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command()
def billing(
    context: typer.Context,
    first: From = None,
    last: To = None,
    account: Account = None,
    csv: Csv = None,
    as_json: Json = False,
) -> None:
    """Lists the time that agents put down, and what of it is billed (policy sections 3, 4 and 13)."""
    configuration = load(context.obj, os.environ)
    archive = Archive(configuration.settings, configuration.folder)
    archive.require_database()
    desk = configuration.settings.desk
    since, until = _period(first, last, desk.timezone)
    with archive.store.read() as work:
        _check(work, account)
        entries = work.time.worked(since=since, until=until, account=account)
    bill = report_billing.reckon(entries, configuration.policy.billing.rate, desk, since=since, until=until)
    told = _head(first, last, account, desk.timezone) | bill.told()
    _put(told, report_billing.COLUMNS, bill.rows(), lambda: report_billing.show(bill), csv, as_json=as_json)


@app.command()
def sla(
    context: typer.Context,
    first: From = None,
    last: To = None,
    account: Account = None,
    by: Annotated[
        list[str] | None, typer.Option(help="priority, account or month; may be repeated. All three if left out.")
    ] = None,
    csv: Csv = None,
    as_json: Json = False,
) -> None:
    """Counts the promises that were met and broken, of tickets opened in these days (policy sections 5, 6 and 8)."""
    chosen = by or list(report_sla.BY)
    if unknown := [each for each in chosen if each not in report_sla.BY]:
        raise ValueError(f"there is no report by {unknown[0]!r}; write one of {', '.join(report_sla.BY)}")
    archive = archive_to_look_at(context.obj)
    zone = archive.settings.desk.timezone
    with archive.store.read() as work:
        _check(work, account)
        opened = Opened(*_period(first, last, zone), account)
        found = {each: report_sla.groups(work, each, opened, zone, now=real_clock()) for each in chosen}
    told = _head(first, last, account, zone) | report_sla.told(found)
    _put(told, report_sla.COLUMNS, report_sla.rows(found), lambda: report_sla.show(found), csv, as_json=as_json)


def _put(
    told: dict[str, Any],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    show: Callable[[], None],
    csv: str | None,
    *,
    as_json: bool,
) -> None:
    if csv and as_json:
        raise ValueError("--csv and --json are two forms of the report; write one of them")
    if as_json:
        print_json(told)
    elif csv:
        write_csv(csv, columns, rows)
        if csv != "-":
            print_lines([f"wrote {shown(csv)}"])
    else:
        show()


def _head(first: str | None, last: str | None, account: str | None, zone: ZoneInfo) -> dict[str, Any]:
    return {"from": first, "to": last, "account": account, "timezone": zone.key}


def _check(work: Work, account: str | None) -> None:
    if account is not None and work.promises.first_and_last(Opened(account=account)) is None:
        raise LookupError(f"no ticket is of the account {account!r}; `accounts list` shows how they are written")


def _period(first: str | None, last: str | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """The days as moments: from the first one's beginning to the last one's end."""
    begins, ends = _day(first), _day(last)
    if begins and ends and begins > ends:
        raise ValueError(f"{first} is after {last}; write --from the first day and --to the last")
    return _midnight(begins, zone) if begins else None, _midnight(ends + _DAY, zone) if ends else None


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no day; write it like 2026-11-01") from None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
