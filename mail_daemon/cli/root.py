"""The command line: one option for all, one command a file, and what each fault exits with.

Exit codes: 0 done, 1 the work failed, 2 usage or configuration error.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from mail_daemon.cli import (
    check,
    demo,
    explain,
    ingest,
    init,
    outbox,
    preview,
    quarantine,
    rules,
    run,
    tickets,
)
from mail_daemon.instance import AlreadyRunning
from mail_daemon.settings.loader import ConfigError
from mail_daemon.store.errors import BlobsDown, DatabaseNewer, StoreDown
from responders.template_file import TemplateError

app = typer.Typer(
    name="mail-daemon",
    help="A support mailbox that keeps its promises: mail becomes tickets, and the policy's clocks run.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="The config folder; else $MAIL_DAEMON_CONFIG, ./config or /etc/mail-daemon."),
    ] = None,
) -> None:
    context.obj = config or _default_folder()


def _default_folder() -> Path:
    if named := os.environ.get("MAIL_DAEMON_CONFIG"):
        return Path(named)
    return next((each for each in (Path("config"), Path("/etc/mail-daemon")) if each.is_dir()), Path("config"))


app.command("init")(init.command)
app.command("check")(check.command)
app.command("run")(run.command)
app.command("ingest")(ingest.command)
app.command("explain")(explain.command)
app.command("tickets")(tickets.list_tickets)
app.command("ticket")(tickets.show_ticket)
app.command("outbox")(outbox.command)
app.add_typer(quarantine.app, name="quarantine")
app.command("preview")(preview.command)
app.add_typer(rules.app, name="rules")
app.command("demo")(demo.command)


def main() -> None:
    """Runs the command and turns faults into one line each and an exit code."""
    try:
        app()
    except (ConfigError, TemplateError) as error:
        _fail(2, *error.problems)
    except (AlreadyRunning, DatabaseNewer, ValueError) as error:
        _fail(2, str(error))
    except (StoreDown, BlobsDown, LookupError, OSError) as error:
        _fail(1, str(error))


def _fail(code: int, *lines: str) -> None:
    for line in lines:
        print(f"mail-daemon: {line}", file=sys.stderr)
    sys.exit(code)
