"""The commands of the program, run in this process as a shell runs them, on a small config folder."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from mail_daemon import app as application
from mail_daemon.cli import root
from responders.renderer import Renderer
from tests.office import Office

FILES = {
    "mail-daemon.yaml": """
desk: {name: Support, address: support@desk.example, aliases: [help@desk.example], timezone: America/New_York}
smtp: {host: localhost, security: none}
""",
    "agents.yaml": "agents: [{name: ann, address: ann@desk.example}]\n",
    "accounts.yaml": "accounts: [{name: Acme, domains: [acme.example], timezone: Europe/Berlin}]\n",
    "priorities.yaml": "rules: [{name: all-down, category: outage, level: 1, phrases: everything is down}]\n",
    "secret.key": "a" * 64 + "\n",
}


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Shell:
    """Runs commands with `--config folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: object, stdin: bytes = b"", config: Path | None = None) -> Done:
        line = ["mail-daemon", "--config", str(config or self.folder), *map(str, arguments)]
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        given = io.TextIOWrapper(io.BytesIO(stdin))
        with (
            patch.object(sys, "argv", line),
            patch.object(sys, "stdin", given),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = _run()
        return Done(code, *(_printed(stream) for stream in (out, err)))


def _run() -> int:
    try:
        with patch.object(application, "Renderer", renderer):
            root.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def renderer(folders: Sequence[Path], *, language: str) -> Renderer:
    """Compiles the letters of the same folders once for all tests, which takes longer than most commands."""
    return _compiled(tuple(folders), language)


@cache
def _compiled(folders: tuple[Path, ...], language: str) -> Renderer:
    return Renderer(folders, language=language)


def _printed(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


def configured(folder: Path) -> Path:
    """Writes a config folder, without a database."""
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content)
        (folder / name).chmod(0o600)
    return folder


def at_work(folder: Path, empty_database: Path) -> Office:
    """The desk of a config folder, at work on a database of its own."""
    (folder / "var").mkdir()
    shutil.copy(empty_database, folder / "var" / "mail-daemon.db")
    with patch.object(application, "Renderer", renderer):
        app = application.App(folder, {})
    return Office(app.store, app.desk)
