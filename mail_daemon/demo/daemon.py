"""The real daemon in a process of its own, run as an admin would run it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

_STOP_SECONDS = 15.0  # it promises 10
_LINES_SHOWN = 10


class Failed(OSError):
    """The demo can't go on; says why, with the end of the daemon's log."""


class Daemon:
    """`mail-daemon run` on a configuration, between `__enter__` and `__exit__`; its log goes to a file."""

    def __init__(self, config: Path, log: Path) -> None:
        self._config = config
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "mail_daemon", "--config", str(self._config), "run"]
        # Settings and sockets of a real installation in the environment are not the demo's.
        own = {name: value for name, value in os.environ.items() if not name.startswith(("MAIL_DAEMON", "NOTIFY"))}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                command, env=own, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def check(self) -> None:
        """Raises Failed when the process has ended by itself."""
        if self._process is None or self._process.poll() is not None:
            raise self.failed("the daemon ended by itself")

    def stop(self) -> float:
        """Sends SIGTERM; returns how many seconds the daemon took to end. Raises Failed."""
        assert self._process, "the daemon was not started"
        began = time.monotonic()
        self._process.terminate()
        try:
            code = self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise self.failed(f"the daemon did not stop within {_STOP_SECONDS:.0f} s of SIGTERM") from None
        if code:
            raise self.failed(f"the daemon ended with exit code {code}")
        return time.monotonic() - began

    def failed(self, what: str) -> Failed:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LINES_SHOWN:]
        return Failed("\n".join([f"{what}; the end of {self._log}:", *(f"  {line}" for line in lines)]))
