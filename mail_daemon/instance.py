"""One daemon for one configuration folder: what makes it safe to take over the claims of a dead one."""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path


class AlreadyRunning(Exception):
    """Another daemon runs on this configuration folder."""


class Instance:
    """Holds a lock on the folder itself, which the kernel drops when the process dies."""

    def __init__(self, folder: Path) -> None:
        self.name = f"{socket.gethostname()}:{folder.resolve()}"
        self._folder = folder
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Raises AlreadyRunning."""
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise AlreadyRunning(
                f"{self._folder}: a mail-daemon runs on this configuration already; stop it first"
            ) from None
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
