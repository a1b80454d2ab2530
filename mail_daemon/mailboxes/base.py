"""What every source of mail looks like to the receive stage."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


class MailboxDown(Exception):
    """The mailbox can't be reached or misbehaves; try again later. The message is one line for the log."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail as the mailbox hands it over, before anything is stored.

    `key` names it within its mailbox for ever (IMAP: "uidvalidity:uid:folder"; Maildir: the file name up to ":").
    `raw` holds the bytes, or `path` a spool file of ours that does; for a mail over the size limit `raw` is
    its header alone and `refused` says why. `received` is when our own server first saw it (INTERNALDATE).
    """

    mailbox: str
    key: str
    received: datetime
    size: int
    raw: bytes = b""
    path: Path | None = None
    envelope_sender: str | None = None
    refused: str | None = None


class Mailbox(Protocol):
    """One polled mailbox. Not thread-safe; each lives in the thread that polls it."""

    name: str

    def batches(self, known: Callable[[Collection[str]], set[str]]) -> Iterator[Sequence[Arrival]]:
        """Yields what is new, oldest first, in batches of bounded count and bytes.

        `known` returns those of the given keys that are stored already; these are passed over
        (and, where a crash came between storing and `done`, finished with now).
        Raises MailboxDown.
        """

    def done(self, batch: Sequence[Arrival]) -> None:
        """Moves, marks or deletes mails that are durably stored. Raises MailboxDown."""

    def wait(self, seconds: float) -> bool:
        """Sleeps until something may have arrived or the time is over; True if something may have."""

    def wake(self) -> None:
        """Ends a `wait` early; the one method that another thread may call."""

    def close(self) -> None:
        """Logs out; never raises."""
