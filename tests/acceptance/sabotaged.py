"""The real program with one fault built in, for faults that no server or signal can cause from outside.

    Desk(tmp_path, sink=sink, command=sabotaged("unreadable"))

A mail is the victim when its bytes hold MARK. Only what is named below differs from `mail-daemon`; a fault
is mended by starting the program itself.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

from parsers.mail import Mail
from parsers.sandbox import Job, Reader, read_mail

MARK = b"X-Poison: yes"


def sabotaged(name: str) -> tuple[str, ...]:
    """The command that starts the program with this fault."""
    return (sys.executable, "-m", "tests.acceptance.sabotaged", name)


# --- in the reading child: these are found there by name --------------------------------------------------


def _unreadable(raw: bytes, job: Job) -> Mail:
    if MARK in raw:
        raise RuntimeError("this parser has a defect\nand its message\x1b[31m two lines")
    return read_mail(raw, job)


def _hanging(raw: bytes, job: Job) -> Mail:
    if MARK in raw:
        time.sleep(60)
    return read_mail(raw, job)


def _deadly_to_the_child(raw: bytes, job: Job) -> Mail:
    if MARK in raw:
        os.kill(os.getpid(), signal.SIGSEGV)
    return read_mail(raw, job)


def _reading(read: Callable[[bytes, Job], Mail]) -> None:
    patch("mail_daemon.app.Reader", functools.partial(Reader, read=read)).start()


# --- in the daemon ----------------------------------------------------------------------------------------


def _unfilable() -> None:
    """Filing, rather than reading, raises."""

    def fail(*_arguments: Any, **_named: Any) -> None:
        raise RuntimeError("this stage has a defect")

    _when_filing(fail)


def _deadly() -> None:
    """Filing the mail ends the daemon."""
    _when_filing(lambda *_arguments, **_named: _die())


def _when_filing(do: Callable[..., Any]) -> None:
    from mail_daemon.pipeline import file_mail as real

    def file_mail(work: Any, desk: Any, claimed: Any, mail: Mail, **named: Any) -> Any:
        if "Poison" in mail.subject:
            do()
        return real(work, desk, claimed, mail, **named)

    patch("mail_daemon.filer.file_mail", file_mail).start()


def _dies_before_moving() -> None:
    """The mails are committed, and the mailbox never hears of it."""
    from mail_daemon.mailboxes.imap.mailbox import Imap

    patch.object(Imap, "done", lambda _self, _batch: _die()).start()


def _dies_before_sent() -> None:
    """The server accepted a letter, and its answer is never committed."""
    from mail_daemon.store.outbox import Outbox

    patch.object(Outbox, "sent", lambda _self, _waiting, **_named: _die()).start()


def _impatient() -> None:
    """A locked database is given up on after half a second instead of half a minute."""
    from mail_daemon.store import engine

    patch.object(engine, "BUSY_SECONDS", 0.5).start()


def _stuck() -> None:
    """The filer hangs at its first step, and that is noticed within seconds instead of minutes."""
    from mail_daemon import daemon, filer

    patch.object(daemon, "_STUCK_SECONDS", 3.0).start()
    patch.object(filer.Filer, "step", lambda _self: time.sleep(3600)).start()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


FAULTS: dict[str, Callable[[], None]] = {
    "unreadable": lambda: _reading(_unreadable),
    "hanging": lambda: _reading(_hanging),
    "deadly-to-the-child": lambda: _reading(_deadly_to_the_child),
    "unfilable": _unfilable,
    "deadly": _deadly,
    "dies-before-moving": _dies_before_moving,
    "dies-before-sent": _dies_before_sent,
    "impatient": _impatient,
    "stuck": _stuck,
}


def main(arguments: Sequence[str]) -> None:
    from tests.acceptance import (
        sabotaged as importable,
    )  # not __main__, so that the child finds its functions

    importable.FAULTS[arguments[1]]()
    sys.argv = ["mail-daemon", *arguments[2:]]
    from mail_daemon.cli.root import main as program

    program()


if __name__ == "__main__":
    main(sys.argv)
