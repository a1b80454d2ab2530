"""One method per event of the log; `docs/operations.md` lists them all.

A line is an event name and key=value pairs on stderr, or one JSON object. What comes from mails is escaped,
so that no mail can write a line or a colour of its own.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

# structlog brings rich along, 45 ms and 5 MB, for tracebacks in colour that this log never has. It does without
# where there is no rich, so there is none while it is imported.
_hidden = "rich" not in sys.modules
if _hidden:
    sys.modules["rich"] = None  # type: ignore[assignment]

import structlog  # noqa: E402

if _hidden:
    del sys.modules["rich"]

_LONGEST = 500  # characters of one value
_LONGEST_TRACEBACK = 20_000


def configure(*, as_json: bool = False) -> None:
    """Sends the log to stderr. Call once, from the command line."""
    renderer = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.processors.LogfmtRenderer(key_order=("timestamp", "level", "event"))
    )
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            _escape,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=_Patient(sys.stderr)),  # type: ignore[arg-type]
        cache_logger_on_first_use=True,
    )


class _Patient:
    """Loses a line where stderr takes none (a full disk, a pipe without a reader): no thread may die of it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()


def _escape(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        longest = _LONGEST_TRACEBACK if key == "exception" else _LONGEST
        if isinstance(value, str) and not (value.isprintable() and len(value) <= longest):
            event[key] = "".join(c if c.isprintable() else repr(c)[1:-1] for c in value[:longest])
    return event


_log = structlog.get_logger()


# --- the daemon -------------------------------------------------------------------------------------------


def started(version: str, mailboxes: int, database: str) -> None:
    _log.info("started", version=version, mailboxes=mailboxes, database=database)


def stopping(signal: str) -> None:
    _log.info("stopping", signal=signal)


def stopped() -> None:
    _log.info("stopped")


def abandoned(worker: str) -> None:
    """A thread did not finish in time at the stop; its work is repeated at the next start."""
    _log.warning("abandoned", worker=worker)


def stuck(worker: str, seconds: float) -> None:
    """A thread reports no progress; the watchdog is no longer fed."""
    _log.error("stuck", worker=worker, seconds=round(seconds))


def recovered(worker: str, after: str) -> None:
    _log.info("recovered", worker=worker, after=after)


def waiting(worker: str, reason: str, pause: float) -> None:
    """Something that the thread needs is down; it tries again after the pause."""
    _log.warning("waiting", worker=worker, reason=reason, pause=round(pause, 1))


def crashed(worker: str, error: BaseException) -> None:
    """A defect of the program; the thread goes on after a pause. Its traceback follows."""
    _log.error("crashed", worker=worker, error=f"{type(error).__name__}: {error}", exc_info=error)


def clock_jumped(seconds: float) -> None:
    _log.warning("clock_jumped", seconds=round(seconds))


def brought_back(rows: int) -> None:
    """Mails and letters were put off while the clock was ahead; they are due now."""
    _log.warning("brought_back", rows=rows)


def reloaded(files: int) -> None:
    _log.info("reloaded", files=files)


def reload_refused(problem: str) -> None:
    """The configuration on disk is broken; the last good one stays in force."""
    _log.error("reload_refused", problem=problem)


def accounts_taken_over(accounts: int) -> None:
    """What `accounts import` has written is in force."""
    _log.info("accounts_taken_over", accounts=accounts)


def standing_changed(account: str, standing: str, tickets: int) -> None:
    """An account is past due, or no longer; so many of its tickets were held or released."""
    _log.info("standing_changed", account=account, standing=standing, tickets=tickets)


def warning(text: str) -> None:
    """Something in the configuration that works but is weak."""
    _log.warning("warning", text=text)


# --- a mail's way -----------------------------------------------------------------------------------------


def received(mailbox: str, mails: int, new: int) -> None:
    _log.info("received", mailbox=mailbox, mails=mails, new=new)


def uidvalidity_changed(mailbox: str, folder: str, old: int, new: int) -> None:
    """The IMAP server numbers the folder's mails anew, so all of them are looked at again."""
    _log.warning("uidvalidity_changed", mailbox=mailbox, folder=folder, old=old, new=new)


def filed(inbound: int, ref: str, match: str, priority: int) -> None:
    _log.info("filed", inbound=inbound, ref=ref, match=match, priority=priority)


def suppressed(inbound: int, ref: str, reason: str) -> None:
    """No acknowledgement goes out, and why."""
    _log.info("suppressed", inbound=inbound, ref=ref, reason=reason)


def retried(inbound: int, attempt: int, reason: str) -> None:
    """Reading or filing failed; the mail is tried again."""
    _log.warning("retried", inbound=inbound, attempt=attempt, reason=reason)


def quarantined(inbound: int, reason: str) -> None:
    _log.warning("quarantined", inbound=inbound, reason=reason)


def overtaken(what: str, number: int) -> None:
    """Another process has done this work in the meantime; ours is dropped."""
    _log.warning("overtaken", what=what, number=number)


# --- letters ----------------------------------------------------------------------------------------------


def sent(letter: int, name: str, to: str) -> None:
    _log.info("sent", letter=letter, name=name, to=to)


def letter_deferred(letter: int, name: str, attempt: int, reason: str) -> None:
    _log.warning("letter_deferred", letter=letter, name=name, attempt=attempt, reason=reason)


def letter_failed(letter: int, name: str, reason: str) -> None:
    """The letter is given up; the agents are told."""
    _log.error("letter_failed", letter=letter, name=name, reason=reason)


def swept(blobs: int) -> None:
    """Blobs without a row, left behind by a crash, were removed."""
    _log.info("swept", blobs=blobs)


# --- clocks -----------------------------------------------------------------------------------------------


def clock_fired(ref: str, clock: str) -> None:
    """A ticket's clock was due: a warning, a breach, a reminder, a page, a closing."""
    _log.info("clock_fired", ref=ref, clock=clock)


def clocks_failed(ref: str, error: BaseException) -> None:
    """A defect, or a template that fails on this ticket; its clocks are looked at again in some minutes."""
    _log.error("clocks_failed", ref=ref, error=f"{type(error).__name__}: {error}", exc_info=error)
