"""A desk for the bench: Dovecot, the sink, and installations of the daemon that work for it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.measured import ROOT, Usage, measure
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.sink import Sink

COMMAND = Path(sys.executable).parent / "mail-daemon"
USER = "support"
CONFIG = """
desk: {{name: Bench Desk, address: support@desk.example, timezone: America/New_York, tag: TPBX}}
mailboxes:
  - {{name: support, type: imap, host: 127.0.0.1, port: {imap}, security: none, username: {user},
     password: {password}, folder: INBOX, done: {{move: Processed}}, poll_seconds: 60, idle: true}}
smtp: {{host: 127.0.0.1, port: {smtp}, security: none}}
answers: {{unproven: 1000000, known: 1000000, overall: 1000000}}
"""
AGENT = "agents: [{name: ann, address: ann@agents.example, categories: [], admin: false}]\n"


class Desk:
    """The servers, and what runs between them."""

    def __init__(self, folder: Path, dovecot: Dovecot, sink: Sink) -> None:
        self.folder = folder
        self.dovecot = dovecot
        self.sink = sink

    def fill(self, mails: Sequence[bytes]) -> None:
        """Makes the inbox hold exactly these mails, as if nobody had ever opened it, and all disks quiet."""
        shutil.rmtree(self.dovecot.maildir(USER), ignore_errors=True)
        self.dovecot.place(USER, mails)
        os.sync()

    def run_reference(self, name: str) -> Usage:
        database = self.folder / f"{name}.db"
        ports = (str(self.dovecot.imap_port), USER, PASSWORD, str(self.sink.port))
        return measure([sys.executable, "-m", "tests.bench.reference", *ports, str(database)])

    def install(self, name: str, *, agent: bool = False) -> Installation:
        """A configuration of the daemon for this desk, with an empty database."""
        config = self.folder / name
        subprocess.run([COMMAND, "init", str(config)], check=True, capture_output=True)
        values = {"imap": self.dovecot.imap_port, "smtp": self.sink.port, "user": USER, "password": PASSWORD}
        (config / "mail-daemon.yaml").write_text(CONFIG.format(**values))
        (config / "mail-daemon.yaml").chmod(0o600)
        (config / "agents.yaml").write_text(AGENT if agent else "agents: []\n")
        return Installation(config)


class Installation:
    """The daemon with one configuration and the database that belongs to it."""

    def __init__(self, config: Path) -> None:
        self.config = config
        self.database = config / "var/mail-daemon.db"

    def run_once(self, *, memory: bool = False) -> Usage:
        """One pass over everything: mailbox, filing, delivery, exit."""
        return measure([str(COMMAND), "--config", str(self.config), "run", "--once"], memory=memory)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """The daemon as it runs for months."""
        log = (self.config / "log").open("wb")
        process = subprocess.Popen([COMMAND, "--config", str(self.config), "run"], cwd=ROOT, stdout=log, stderr=log)
        try:
            yield
            if process.poll() is not None:
                raise RuntimeError(f"the daemon ended by itself:\n{(self.config / 'log').read_text()[-4000:]}")
        finally:
            process.terminate()
            process.wait(20)
            log.close()


@contextlib.contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    with Dovecot() as dovecot, Sink(folder / "sink") as sink:
        yield Desk(folder, dovecot, sink)
