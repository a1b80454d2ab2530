"""A private PostgreSQL for tests, on a free loopback port, as durable as a real one.

    with Postgres() as server:
        store = Store(server.url(server.database()))
        server.kill()
        server.start()

Runs as root (then the server is user postgres) or as an ordinary user. `close` (the end of `with`) removes
all of it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "16MB",
    "max_connections": "50",
    "autovacuum": "off",  # its timing would only make tests differ
    "log_min_messages": "fatal",
}


def installed() -> bool:
    """Whether this machine has PostgreSQL's server; integration tests are skipped where it hasn't."""
    return _programs() is not None


class Postgres:
    """A running PostgreSQL. The port and what was committed stay the same over `stop`, `kill` and `start`."""

    def __init__(self) -> None:
        programs = _programs()
        assert programs, "PostgreSQL is missing: apt install postgresql"
        self._programs = programs
        self._root = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))  # socket paths must be short
        self._as: dict[str, Any] = {}
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            owner = pwd.getpwnam("postgres")
            os.chown(self._root, owner.pw_uid, owner.pw_gid)
            self._as = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self._process: subprocess.Popen[bytes] | None = None
        self._names = (f"test{number}" for number in count(1))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._run(
            "initdb",
            "-D",
            f"{self._root}/data",
            "-U",
            "desk",
            "-A",
            "trust",
            "-N",
            "-E",
            "UTF8",
            "--no-locale",
        )
        self.start()

    def url(self, name: str) -> str:
        """The URL of the database `name` as mail-daemon.yaml has it."""
        return f"postgresql://desk@127.0.0.1:{self.port}/{name}"

    def database(self, template: str = "template1", *, encoding: str = "UTF8") -> str:
        """Makes a new database, empty or a copy of another, and returns its name."""
        name = next(self._names)
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING '{encoding}'")
        return name

    def start(self) -> None:
        """Starts the server and returns when it answers."""
        settings = [f"-c{name}={value}" for name, value in {**SETTINGS, "port": self.port}.items()]
        self._process = subprocess.Popen(
            [f"{self._programs}/postgres", "-D", f"{self._root}/data", "-k", f"{self._root}", *settings],
            stdin=subprocess.DEVNULL,
            stdout=(self._root / "log").open("ab"),
            stderr=subprocess.STDOUT,
            cwd=self._root,
            **self._as,
        )
        self._await_answer()

    def stop(self) -> None:
        """Stops the server in order, cutting off whoever is connected."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Ends the server as a crash would: nothing is written that was not, and a start recovers."""
        self._end(signal.SIGQUIT)

    def close(self) -> None:
        self._end(signal.SIGQUIT)
        shutil.rmtree(self._root, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _end(self, how: signal.Signals) -> None:
        if self._process:
            self._process.send_signal(how)
            self._process.wait(timeout=30)
            self._process = None

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(host="127.0.0.1", port=self.port, user="desk", dbname="postgres", autocommit=True)

    def _await_answer(self) -> None:
        assert self._process
        for _ in range(600):
            assert self._process.poll() is None, (self._root / "log").read_text()
            try:
                self._connect().close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError((self._root / "log").read_text())

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [f"{self._programs}/{program}", *arguments],
            check=True,
            capture_output=True,
            cwd=self._root,
            **self._as,
        )


def _programs() -> Path | None:
    """The folder of initdb and postgres: Debian keeps one for each version outside PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    folders = [*versions[::-1], *([Path(on_path).parent] if on_path else [])]
    return next((folder for folder in folders if (folder / "postgres").exists()), None)
