"""`mail-daemon run`: the daemon, or one pass over everything that is due."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from mail_daemon import maillog
from mail_daemon.app import App
from mail_daemon.archive import real_clock
from mail_daemon.cli.check import warnings


def command(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="One pass over everything that is due, then exit.")] = False,
    at: Annotated[str | None, typer.Option(help="With --once: as of this time, ISO 8601 with a zone.")] = None,
    json_log: Annotated[bool, typer.Option("--json-log", help="One JSON object a line on stderr.")] = False,
) -> None:
    """Runs the daemon until SIGTERM; SIGHUP reloads the configuration."""
    maillog.configure(as_json=json_log)
    folder: Path = context.obj
    moment = _moment(at) if at else None
    if moment and not once:
        raise ValueError("--at goes with --once; write both")
    app = App(folder, clock=(lambda: moment) if moment else real_clock)
    instance = app.instance()
    instance.acquire()
    settings = app.configuration.settings
    daemon = app.daemon()
    if not once:
        daemon.listen()  # whoever reads "started" may end us in order
    maillog.started(version("mail-daemon"), len(settings.mailboxes), app.store.url.render_as_string())
    for line in warnings(app.configuration):
        maillog.warning(line)
    if not once:
        daemon.run()
        return
    faults = daemon.run_once()
    for fault in faults:
        print(f"mail-daemon: {fault}", file=sys.stderr)
    raise typer.Exit(1 if faults else 0)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"--at {text}: no time; write it like 2026-11-25T14:32:00-05:00") from None
    if moment.tzinfo is None:
        raise ValueError(f"--at {text}: a time needs its zone; write {moment.isoformat(timespec='minutes')}Z for UTC")
    return moment.astimezone(UTC)
