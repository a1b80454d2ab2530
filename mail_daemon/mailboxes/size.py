"""How much of a mail is held where: in memory, in a file, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from mail_daemon.mailboxes.base import MailboxDown

LARGE = 1_000_000  # bytes; above this a mail goes to a file instead of into memory
BATCH_BYTES = 8_000_000  # a batch may hold these, or one mail that is larger
HEADER = 256_000  # bytes of the header kept of a refused mail


class Sized(Protocol):
    @property
    def size(self) -> int: ...


Mail = TypeVar("Mail", bound=Sized)


def grouped(mails: Iterable[Mail]) -> list[list[Mail]]:
    """Cuts mails, in their order, into groups of at most BATCH_BYTES, or of one mail."""
    groups: list[list[Mail]] = []
    size = 0
    for mail in mails:
        size += mail.size
        if not groups or size > BATCH_BYTES:
            groups.append([])
            size = mail.size
        groups[-1].append(mail)
    return groups


def too_large(size: int, limit: int) -> str:
    """E.g. "60 MB, the limit is 50 MB", from bytes."""
    told, allowed = _megabytes(size), _megabytes(limit)
    if told == allowed:
        told, allowed = f"{size:,} bytes", f"{limit:,}"
    return f"{told}, the limit is {allowed}"


@contextmanager
def spooling(spool: Path) -> Iterator[None]:
    """Names the folder when its disk is full, which the system's words about a write don't. Raises MailboxDown."""
    try:
        yield
    except OSError as error:
        raise MailboxDown(f"{spool}: {error.strerror or error}") from error


def sweep(spool: Path) -> None:
    """Makes a mailbox's spool folder, and removes the files that a crash or a failed store left in it."""
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in spool.glob("*.eml"):
        path.unlink(missing_ok=True)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.3g} MB" if size < 1e9 else f"{size / 1e6:,.0f} MB"
