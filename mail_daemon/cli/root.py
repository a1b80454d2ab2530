"""The command line: one option for all, one command a file, and what each fault exits with.

Exit codes: 0 done, 1 the work failed, 2 usage or configuration error.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mail_daemon.changes.errors import ChangeError
from mail_daemon.instance import AlreadyRunning
from mail_daemon.mailboxes.base import MailboxDown
from mail_daemon.settings.document import ConfigError
from mail_daemon.store.errors import BlobsDown, DatabaseNewer, DatabaseUnfit, StoreDown
from responders.template_file import TemplateError

# In the order of `--help`; each is the name of a function or of a group within its module of this package.
_COMMANDS = {
    "init": "init.command",
    "check": "check.command",
    "run": "run.command",
    "ingest": "ingest.command",
    "explain": "explain.command",
    "tickets": "tickets.list_tickets",
    "ticket": "ticket.command",
    "outbox": "outbox.command",
    "quarantine": "quarantine.app",
    "report": "report.app",
    "preview": "preview.command",
    "rules": "rules.app",
    "accounts": "accounts.app",
    "maintenance": "maintenance.app",
    "demo": "demo.command",
}


_PLAIN: dict[str, Any] = {"add_completion": False, "pretty_exceptions_enable": False, "rich_markup_mode": None}


class _Commands(TyperGroup):
    """Imports what the command at hand needs, and for `--help` all of it.

    A mail server starts `ingest` for every mail, and the whole daemon takes three times as long to import.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"commands": dict.fromkeys(_COMMANDS)})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return _command(cmd_name) if cmd_name in _COMMANDS else None


def _command(name: str) -> Any:
    module, _, attribute = _COMMANDS[name].partition(".")
    found = getattr(import_module(f"mail_daemon.cli.{module}"), attribute)
    if not gc.isenabled():  # see __main__
        gc.freeze()
        gc.enable()
    alone = typer.Typer(**_PLAIN)
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        alone.command(name)(found)
    return typer.main.get_group(alone).commands[name]


app = typer.Typer(
    name="mail-daemon",
    cls=_Commands,
    help="A support mailbox that keeps its promises: mail becomes tickets, and the policy's clocks run.",
    no_args_is_help=True,
    **_PLAIN,
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


def main() -> None:
    """Runs the command and turns faults into one line each and an exit code."""
    try:
        app()
    except (ConfigError, TemplateError) as error:
        _fail(2, *error.problems)
    except (AlreadyRunning, DatabaseNewer, DatabaseUnfit, ValueError) as error:
        _fail(2, str(error))
    except (ChangeError, StoreDown, BlobsDown, MailboxDown, LookupError, OSError) as error:
        _fail(1, str(error))


def _fail(code: int, *lines: str) -> None:
    for line in lines:
        print(f"mail-daemon: {line}", file=sys.stderr)
    sys.exit(code)
