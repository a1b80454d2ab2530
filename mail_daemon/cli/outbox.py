"""`mail-daemon outbox`: what waits, what went out, what failed and why."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mail_daemon.archive import archive_to_look_at
from mail_daemon.cli.output import print_json, print_table
from mail_daemon.settings.sections import Desk
from mail_daemon.store.rows import Posted

_COLUMNS = ("id", "state", "letter", "ref", "to", "attempts", "next_attempt", "error")
_STATES = ("waiting", "sent", "failed")


def command(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="Only waiting, sent or failed letters.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Lists the letters of the outbox."""
    if state is not None and state not in _STATES:
        raise ValueError(f"--state {state}: no such state; write one of {', '.join(_STATES)}")
    archive = archive_to_look_at(context.obj)
    with archive.store.read() as work:
        rows = [_row(archive.settings.desk, letter) for letter in work.outbox.list(state)]
    if as_json:
        print_json(rows)
    else:
        print_table(_COLUMNS, ([row[name] for name in _COLUMNS] for row in _joined(rows)))


def _row(desk: Desk, letter: Posted) -> dict[str, Any]:
    return {
        "id": letter.id,
        "letter": letter.letter,
        "ref": desk.ref(letter.ticket_id) if letter.ticket_id else None,
        "to": list(letter.recipients),
        "message_id": letter.message_id,
        "state": letter.state,
        "attempts": letter.attempts,
        "queued": letter.queued,
        "next_attempt": letter.next_attempt if letter.state == "waiting" else None,
        "sent": letter.sent_at,
        "error": letter.error,
    }


def _joined(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"to": ", ".join(row["to"])} for row in rows]
