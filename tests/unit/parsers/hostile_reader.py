"""Stands in for the reading of a mail: the bytes say what happens, as a hostile mail would have it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

from parsers.mail import Address, Authentication, Mail, Unreadable
from parsers.sandbox import Job


def read(raw: bytes, job: Job) -> Mail:
    """Obeys `raw`; a mail that is none of the orders is read, and its subject is the mail itself."""
    order, _, argument = raw.decode().partition(" ")
    if order == "hang":
        time.sleep(3600)
    elif order == "hang-in-c":
        ctypes.PyDLL(None).sleep(3600)  # holds the interpreter's lock, so that no Python code can run
    elif order == "segfault":
        ctypes.string_at(0)
    elif order == "eat-memory":
        bytearray(8_000_000_000)
    elif order == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif order == "exit":
        sys.exit(3)
    elif order == "raise":
        raise ValueError(argument)
    elif order == "unreadable":
        raise Unreadable(argument)
    elif order == "shout":
        sys.stderr.write(argument)
        subprocess.run(["/bin/echo", argument], check=True)
    return _mail(subject=_answer(order, argument))


def _answer(order: str, argument: str) -> str:
    match order:
        case "pid":
            return str(os.getpid())
        case "environment":
            return " ".join(sorted(os.environ))
        case "loaded":
            return " ".join(sorted(sys.modules))
        case _:
            return f"{order} {argument}".strip()


def _mail(*, subject: str) -> Mail:
    return Mail(
        message_id="<1@customer.example>",
        sender=Address("Carla Customer", "carla@customer.example"),
        sender_defect=None,
        reply_to=(),
        to=(Address("", "support@desk.example"),),
        cc=(),
        subject=subject,
        date=datetime(2026, 11, 25, tzinfo=UTC),
        text="All phones are down.",
        quoted="",
        signature="",
        language="en",
        automatic=None,
        bounce=None,
        in_reply_to=None,
        references=(),
        thread_index=None,
        envelope_sender=None,
        importance=None,
        authentication=Authentication(),
        attachments=(),
    )
