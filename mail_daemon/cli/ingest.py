"""`mail-daemon ingest`: stores mails as if they had come by mailbox, from files or standard input."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mail_daemon.archive import archive_of, real_clock
from mail_daemon.mailboxes.files import arrival
from mail_daemon.stages.receive import receive
from mail_daemon.store import migrate

_TRY_LATER = 75  # EX_TEMPFAIL of sysexits.h: the MTA keeps the mail and calls again


def command(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(help="Mail files, or - for standard input.")],
    sender: Annotated[str | None, typer.Option("--from", help="The envelope sender, where the MTA tells it.")] = None,
) -> None:
    """Stores mails durably; a running daemon files them. Exits with 75 when they could not be stored."""
    try:
        archive = archive_of(context.obj)
        migrate.upgrade(archive.store)
        limit, now = archive.settings.limits.mail_size, real_clock()
        arrivals = [arrival(name, limit=limit, received=now, envelope_sender=sender) for name in files]
        new = receive(archive.store, archive.blobs, arrivals, now=now)
    except Exception as error:
        # Whatever it was, the mail is not stored, and its sender must not believe that it is.
        print(f"mail-daemon: {error}", file=sys.stderr)
        raise typer.Exit(_TRY_LATER) from None
    print(f"stored {len(arrivals)}, of these {new} new")
