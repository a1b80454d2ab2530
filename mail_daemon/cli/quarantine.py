"""`mail-daemon quarantine`: mails that were set aside, and what an admin does with them."""

from __future__ import annotations

from email.parser import BytesHeaderParser
from typing import Annotated, Any

import typer

from mail_daemon.archive import Archive, archive_to_look_at, real_clock
from mail_daemon.cli.output import print_json, print_lines, print_table, shown
from mail_daemon.store.errors import BlobMissing
from mail_daemon.store.rows_inbound import Inbound
from parsers import header

_COLUMNS = ("id", "received", "reason", "from", "subject")
_HEADER = 256_000  # bytes of a mail looked at for its From and Subject

app = typer.Typer(help="Mails that were set aside: list, show, retry, drop.", no_args_is_help=True)


@app.command("list")
def list_quarantined(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Lists what was set aside and why."""
    archive = archive_to_look_at(context.obj)
    with archive.store.read() as work:
        rows = [_row(archive, mail) for mail in work.inbound.quarantined()]
    if as_json:
        print_json(rows)
    else:
        print_table(_COLUMNS, ([row[name] for name in _COLUMNS] for row in rows))


@app.command()
def show(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="Print the mail's bytes instead.")] = False,
) -> None:
    """Shows one mail with its reason and traceback."""
    archive = archive_to_look_at(context.obj)
    mail = _get(archive, number)
    if raw:
        typer.get_binary_stream("stdout").write(archive.blobs.get(mail.blob))
        return
    row = _row(archive, mail) | {"mailbox": mail.mailbox, "size": mail.size, "traceback": mail.traceback or ""}
    if as_json:
        print_json(row)
    else:
        print_lines(f"{name:<10} {shown(value)}" for name, value in row.items() if name != "traceback")
        print_lines(shown(line) for line in row["traceback"].splitlines())


@app.command()
def retry(context: typer.Context, number: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Lets the daemon read and file the mail once more."""
    archive = archive_to_look_at(context.obj)
    with archive.store.begin() as work:
        done = work.inbound.retry(number, real_clock())
    if not done:
        raise LookupError(f"mail {number} is not in quarantine")
    print_lines([f"mail {number} will be filed at the next pass"])


@app.command()
def drop(context: typer.Context, number: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Ends the matter: the mail's bytes stay, but nobody is shown it again."""
    archive = archive_to_look_at(context.obj)
    with archive.store.begin() as work:
        done = work.inbound.drop(number)
    if not done:
        raise LookupError(f"mail {number} is not in quarantine")
    print_lines([f"mail {number} is dropped"])


def _get(archive: Archive, number: int) -> Inbound:
    with archive.store.read() as work:
        mail = work.inbound.get(number)
    if mail is None or mail.state != "quarantined":
        raise LookupError(f"mail {number} is not in quarantine")
    return mail


def _head(archive: Archive, mail: Inbound) -> bytes:
    """One blob that is missing must not hide the other mails."""
    try:
        return archive.blobs.get(mail.blob)[:_HEADER]
    except BlobMissing:
        return b""


def _row(archive: Archive, mail: Inbound) -> dict[str, Any]:
    message = BytesHeaderParser().parsebytes(_head(archive, mail))
    return {
        "id": mail.id,
        "received": mail.received,
        "from": header.text(message, "From"),
        "subject": header.text(message, "Subject"),
        "reason": mail.reason,
        "attempts": mail.attempts,
    }
