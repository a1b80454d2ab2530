"""The demo from beginning to end: real servers, the real daemon, its customers, and what they see of it."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from mail_daemon.app import App
from mail_daemon.demo import results
from mail_daemon.demo.customers import Sample, first_round, second_round
from mail_daemon.demo.daemon import Daemon
from mail_daemon.demo.installation import install
from mail_daemon.demo.narration import Story, is_settled, stories, table
from mail_daemon.demo.servers import HOST, Servers

_ROUND_SECONDS = 60.0  # two or three are usual; slow machines get their time
_LOOK_SECONDS = 0.05


def show(folder: Path, command: str, console: Console) -> None:
    """Leaves configuration, database, letters and log in the folder. `command` is how mail-daemon is called here.

    Raises Failed when the run does not end well, and ValueError for a folder that holds other things.
    """
    log = folder / "daemon.log"
    with Servers() as servers:
        config = install(folder, imap_port=servers.imap_port, smtp_port=servers.smtp_port)
        _print_beginning(console, servers, config, command)
        with Daemon(config, log) as daemon:
            counter = _Counter(App(config, environ={}), servers, daemon)
            told = counter.serve(first_round(now=_now()))
            console.print(table(told, "The customers write"))
            came = results.answers(results.read(servers.accepted), (story.sample for story in told))
            answered = counter.serve(second_round(came, now=_now()))
            console.print(table(answered, "What comes back to our letters"))
            stopped = daemon.stop()
            counter.close()
    letters = results.read(servers.accepted)
    pages = results.save(folder / "letters", [*told, *answered], letters)
    slowest = max(counter.waited(letters))
    console.print(
        f"The slowest acknowledgement left {slowest:.1f} s after its mail came in; "
        f"the daemon stopped {stopped:.1f} s after SIGTERM.\n",
        highlight=False,
    )
    console.print(_as_text(next(letter for letter in letters if letter.answers == told[0].sample.message_id)))
    _print_ending(console, pages, config, log, told[0].ref, command)


class _Counter:
    """Where customers hand in their mails, and we wait until each has been dealt with."""

    def __init__(self, app: App, servers: Servers, daemon: Daemon) -> None:
        self._app = app
        self._servers = servers
        self._daemon = daemon
        self._seen: set[int] = set()
        self._handed_in: dict[str, float] = {}  # by Message-ID, on the monotonic clock

    def serve(self, samples: Sequence[Sample]) -> list[Story]:
        self._wait(self._app.store.exists, "made no database")
        for sample in samples:
            self._handed_in.setdefault(sample.message_id, time.monotonic())
            self._servers.deliver(sample.raw)
        self._wait(lambda: self._servers.waiting() == 0 and self._settled(samples), "did not finish its mails")
        with self._app.store.read() as work:
            return stories(work, self._app.desk, samples, self._seen)

    def waited(self, letters: Sequence[results.Read]) -> Iterator[float]:
        """Seconds from a mail's arrival to its acknowledgement at the SMTP server."""
        for letter in letters:
            if letter.answers in self._handed_in:
                yield letter.accepted.at - self._handed_in[letter.answers]

    def close(self) -> None:
        self._app.store.close()

    def _settled(self, samples: Sequence[Sample]) -> bool:
        with self._app.store.read() as work:
            return is_settled(work, samples)

    def _wait(self, done: Callable[[], bool], otherwise: str) -> None:
        until = time.monotonic() + _ROUND_SECONDS
        while not done():
            self._daemon.check()
            if time.monotonic() > until:
                raise self._daemon.failed(f"the daemon {otherwise} within {_ROUND_SECONDS:.0f} s")
            time.sleep(_LOOK_SECONDS)


def _now() -> datetime:
    return datetime.now(UTC)


def _print_beginning(console: Console, servers: Servers, config: Path, command: str) -> None:
    console.print(
        "[bold]mail-daemon demo[/]: a support mailbox with real servers on this machine, and a dozen mails.\n\n"
        f"  IMAP    {HOST}:{servers.imap_port} (pymap), where customers' mail comes in\n"
        f"  SMTP    {HOST}:{servers.smtp_port} (aiosmtpd), which takes our letters\n"
        f"  daemon  [cyan]{escape(_on(command, config))} run[/]\n"
        "  agents  ann, who gets every notice, and ben, who gets those of broken service\n"
        "  known   Acme Dental, Globex and Nordwind Logistik are customers; all others are strangers\n",
        highlight=False,
    )


def _on(command: str, config: Path) -> str:
    return f"{command} --config {shlex.quote(str(config))}"


def _as_text(letter: results.Read) -> Panel:
    head = f"From: {letter.header('From')}\nTo: {letter.header('To')}\nSubject: {letter.subject}\n\n"
    # The words of a mail are no markup.
    return Panel(
        Text(head + letter.body("text/plain").replace("\r\n", "\n").strip()),
        title="The first acknowledgement, as text",
        title_align="left",
        border_style="dim",
    )


def _print_ending(console: Console, pages: Sequence[Path], config: Path, log: Path, ref: str, command: str) -> None:
    first = next(page for page in pages if ".acknowledgement" in page.name)
    look = _on(command, config)
    lines = (
        ("Open in a browser", f"{first}"),
        ("", f"and {len(pages) - 1} more letters beside it, each as .html and as .eml for a mail program"),
        ("Look around", f"{look} tickets"),
        ("", f"{look} ticket {ref}"),
        ("", f"{log} (the daemon's log)"),
        ("Your own mailbox", f"{command} init my-desk, then edit my-desk/mail-daemon.yaml,"),
        ("", f"{command} --config my-desk check --connect, and then run"),
    )
    for what, where in lines:
        console.print(Text.assemble((f"{what:<18}", "bold"), where), soft_wrap=True, highlight=False)
