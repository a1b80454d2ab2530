"""`mail-daemon demo`: servers of its own, sample customers, the real daemon, and a narrated run."""

from __future__ import annotations

import io
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer


def command(
    keep: Annotated[Path, typer.Option(help="The folder for configuration, letters and log.")] = Path("demo"),
) -> None:
    """Shows the daemon at work on a dozen mails, with mail servers of its own; nothing leaves this machine."""
    if find_spec("pymap") is None:
        raise ValueError("the demo needs its IMAP server; write: pip install mail-daemon[demo]")
    # Imported here since no other command needs these servers.
    from rich.console import Console

    from mail_daemon.demo.show import show

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows no umlaut shows a question mark
    show(keep, _called(), Console())


def _called() -> str:
    """How this program was called, for the commands that the demo proposes."""
    program = Path(sys.argv[0])
    if program.name == "__main__.py":
        return "python -m mail_daemon"
    if str(program.parent) in os.environ.get("PATH", "").split(os.pathsep):
        return program.name
    return str(program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else program)
