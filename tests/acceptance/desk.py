"""One installation of the daemon for a test: its config folder, its process, its log and its commands.

    desk = Desk(tmp_path, sink=sink, dovecot=dovecot)
    desk.start()
    desk.wait_for_log("filed", count=3)
    assert [ticket["status"] for ticket in desk.tickets()] == ["new"] * 3
    desk.stop()

What a test does not care about is set so that it does not get in the way: short pauses, wide caps.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from mail_daemon.cli.root import app
from mail_daemon.settings import init
from mail_daemon.store.errors import StoreDown
from mail_daemon.store.rows import Message
from mail_daemon.store.rows_inbound import Inbound
from mail_daemon.store.store import Store
from parsers.fingerprint import fingerprint
from tests.acceptance.configuration import configuration
from tests.acceptance.sent import Sent
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink

ROOT = Path(__file__).parents[2]
COMMAND = (str(Path(sys.executable).parent / "mail-daemon"),)
AGENT = "ann@agents.example"
STOP_SECONDS = 10.0  # what SIGTERM may take


class Desk:
    """`changes` are sections of mail-daemon.yaml, laid over those below. `command` starts the program."""

    def __init__(
        self,
        folder: Path,
        *,
        sink: Sink,
        dovecot: Dovecot | None = None,
        database: str = "sqlite:///var/mail-daemon.db",
        agents: Iterable[str] = (AGENT,),
        accounts: Iterable[Mapping[str, Any]] = (),
        changes: Mapping[str, Mapping[str, Any]] | None = None,
        mailbox: Mapping[str, Any] | None = None,
        command: Iterable[str] = COMMAND,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.config = folder / "config"
        self.sink = sink
        self.command = tuple(command)
        self._log = folder / "log"  # not below the config folder, which the daemon watches
        self._log_read = 0
        self._logged: list[dict[str, Any]] = []
        self._environ = {**os.environ, **(environ or {})}
        self._process: subprocess.Popen[bytes] | None = None
        init.write(self.config)
        settings = configuration(sink, dovecot, database, mailbox or {})
        for name, section in (changes or {}).items():
            settings[name] = {**settings.get(name, {}), **section}
        self.write("mail-daemon.yaml", settings)
        people = [{"name": each.partition("@")[0], "address": each} for each in agents]
        self.write("agents.yaml", {"agents": people})
        self.write("accounts.yaml", {"accounts": list(accounts)})
        self._store = Store(database, base=self.config)

    def write(self, name: str, content: Any) -> None:
        """Replaces a file of the configuration in one step, as editors do; JSON is YAML, too."""
        new = self.config.parent / "new"
        new.write_text(content if isinstance(content, str) else json.dumps(content, indent=2) + "\n")
        new.chmod(0o600)
        new.rename(self.config / name)

    def read(self, name: str) -> Any:
        """A file that `write` has written."""
        return json.loads((self.config / name).read_text())

    # --- the process --------------------------------------------------------------------------------------

    @property
    def pid(self) -> int:
        assert self._process, "the daemon is not running"
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts `run`; returns at once. The log goes on in the same file."""
        assert not self.running, "the daemon runs already"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._line("run", "--json-log"), cwd=ROOT, env=self._environ, stdout=log, stderr=log
            )

    def stop(self) -> float:
        """Ends it by SIGTERM, in order; returns after how many seconds."""
        begun = time.monotonic()
        self.signal(signal.SIGTERM)
        code = self.wait_for_end(STOP_SECONDS)
        assert code == 0, f"exit code {code} after SIGTERM:\n{self._tail()}"
        return time.monotonic() - begun

    def kill(self) -> None:
        """Ends it by SIGKILL, if it runs."""
        if self._process:
            self._process.kill()
            self._process.wait(20)
            self._process = None

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait_for_end(self, seconds: float) -> int:
        """The exit code; fails when the process goes on."""
        assert self._process
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it still runs after {seconds} s:\n{self._tail()}") from None
        self._process = None
        return code

    @contextmanager
    def running_daemon(self) -> Iterator[None]:
        """The daemon for the length of a `with`, at whose end it must still be alive and stop in order."""
        before = len(self.log("started"))
        self.start()
        self.wait_for_log("started", count=before + 1)
        try:
            yield
            assert self.running, f"the daemon ended by itself:\n{self._tail()}"
            self.stop()
        finally:
            self.kill()

    # --- the log ------------------------------------------------------------------------------------------

    def log(self, event: str | None = None, **fields: Any) -> list[dict[str, Any]]:
        """The events of this name whose fields hold these values, of all runs so far, oldest first."""
        return [
            line
            for line in self._lines()
            if event in (None, line["event"]) and all(line.get(name) == value for name, value in fields.items())
        ]

    def wait_for_log(self, event: str, *, count: int = 1, seconds: float = 20.0, **fields: Any) -> dict[str, Any]:
        """Returns the `count`th such event once it is there."""

        def enough() -> bool:
            return len(self.log(event, **fields)) >= count

        self.wait_until(enough, f"{count} times {event} {fields or ''} in the log", seconds=seconds)
        return self.log(event, **fields)[count - 1]

    def wait_until(self, holds: Callable[[], bool], what: str, *, seconds: float = 20.0, every: float = 0.03) -> None:
        until = time.monotonic() + seconds
        while not holds():
            ended = self._process is not None and self._process.poll() is not None
            assert not ended, f"the daemon ended before there was any {what}:\n{self._tail()}"
            if time.monotonic() > until:
                raise AssertionError(f"after {seconds} s there is no {what}; the log ends:\n{self._tail()}")
            time.sleep(every)

    def _lines(self) -> list[dict[str, Any]]:
        """What has been logged, each line read once; a line that is being written is left for the next time."""
        if self._log.exists():
            with self._log.open("rb") as log:
                log.seek(self._log_read)
                while (line := log.readline()).endswith(b"\n"):
                    self._log_read = log.tell()
                    if line.startswith(b"{"):
                        self._logged.append(json.loads(line))
        return self._logged

    def _tail(self) -> str:
        return self._log.read_text(errors="replace")[-3000:] if self._log.exists() else "(no log)"

    # --- commands -----------------------------------------------------------------------------------------

    def run(self, *arguments: str, code: int = 0, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """A command of the program beside the daemon; fails when it ends with another exit code."""
        done = subprocess.run(
            self._line(*arguments), cwd=ROOT, env=self._environ, input=stdin, capture_output=True, timeout=120
        )
        words = done.stderr.decode(errors="replace")
        assert done.returncode == code, f"{arguments} ended with {done.returncode}:\n{words[-3000:]}"
        return done

    def json(self, *arguments: str) -> Any:
        return json.loads(self._within(*arguments, "--json"))

    def run_once(self) -> None:
        """One pass over all that is due."""
        done = self.run("run", "--once", "--json-log")
        with self._log.open("ab") as log:
            log.write(done.stderr)

    def ingest(self, *mails: bytes) -> None:
        """Hands in mails as an MTA does."""
        folder = self.config.parent / "ingest"
        folder.mkdir(exist_ok=True)
        paths = [folder / f"{number:04}.eml" for number in range(len(mails))]
        for path, raw in zip(paths, mails, strict=True):
            path.write_bytes(raw)
        self._within("ingest", *map(str, paths))

    def _within(self, *arguments: str) -> str:
        """What a command prints, run within this process, since tests use some very often."""
        done = CliRunner().invoke(app, ["--config", str(self.config), *arguments], catch_exceptions=False)
        assert done.exit_code == 0, f"{arguments} ended with {done.exit_code}:\n{done.output[-3000:]}"
        return done.stdout

    def tickets(self) -> list[dict[str, Any]]:
        return list(self.json("tickets"))

    def ticket(self, ref: str | int) -> dict[str, Any]:
        return dict(self.json("ticket", str(ref)))

    def outbox(self, letter: str | None = None) -> list[dict[str, Any]]:
        return [row for row in self.json("outbox") if letter in (None, row["letter"])]

    def quarantine(self) -> list[dict[str, Any]]:
        return list(self.json("quarantine", "list"))

    def _line(self, *arguments: str) -> list[str]:
        return [*self.command, "--config", str(self.config), *arguments]

    # --- what became of a mail ----------------------------------------------------------------------------

    def inbound(self, raw: bytes) -> Inbound | None:
        """The stored mail with these bytes, whatever headers a server has put on top; None if it was lost."""
        with self._store.read() as work:
            return work.inbound.by_fingerprint(fingerprint(raw))

    def inbounds(self, mails: Iterable[bytes]) -> list[Inbound | None]:
        with self._store.read() as work:
            return [work.inbound.by_fingerprint(fingerprint(raw)) for raw in mails]

    def finish(self, mails: Iterable[bytes], *, seconds: float = 120.0) -> None:
        """Waits until each of these mails is filed or in quarantine and no letter waits any more."""
        left = list(mails)

        def settled() -> bool:
            try:
                if not self._store.exists():
                    return False
                stored = zip(left, self.inbounds(left), strict=True)
                left[:] = [raw for raw, mail in stored if mail is None or mail.state == "received"]
                return not left and not self._waiting()
            except StoreDown:
                return False

        self.wait_until(settled, "end to the work", seconds=seconds, every=0.1)

    def _waiting(self) -> bool:
        with self._store.read() as work:
            return bool(work.outbox.list("waiting"))

    def messages(self, ticket_id: int) -> list[Message]:
        with self._store.read() as work:
            return list(work.tickets.messages(ticket_id))

    def ticket_of(self, raw: bytes) -> dict[str, Any]:
        """The ticket that a mail was filed in, as the command shows it."""
        stored = self.inbound(raw)
        assert stored is not None, "the mail was not stored"
        assert stored.ticket_id is not None, f"{stored.state}: {stored.reason}"
        return self.ticket(stored.ticket_id)

    # --- what left ----------------------------------------------------------------------------------------

    def letters(self, to: str | None = None) -> list[Sent]:
        """What the SMTP server accepted, in order; `to` leaves only letters to this address."""
        return [sent for sent in map(Sent, self.sink.letters()) if to in (None, sent.to)]
