"""`mail-daemon init DIR`: a config folder to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mail_daemon.cli.output import print_lines
from mail_daemon.settings import init as settings


def command(folder: Annotated[Path, typer.Argument(help="A new or existing config folder.")]) -> None:
    """Writes a commented configuration and the letters to a folder; overwrites nothing."""
    print_lines(init(folder))


def init(folder: Path) -> list[str]:
    """Writes the folder and tells, line by line, what was written, what was left, and what to do next.

    Raises OSError where the folder can't be written.
    """
    done = settings.write(folder)
    return [
        *(f"wrote  {path}" for path in done.written),
        *(f"left   {path} (it was there already)" for path in done.left),
        f"Next: write your address and servers into {folder / 'mail-daemon.yaml'}, then try",
        f"  mail-daemon --config {folder} check",
    ]
