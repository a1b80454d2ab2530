"""A Maildir that a mail server or another program delivers into (maildir(5); Maildir++ for its folders)."""

from __future__ import annotations

import os
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mail_daemon.mailboxes.base import Arrival, MailboxDown
from mail_daemon.mailboxes.size import HEADER, LARGE, grouped, sweep, too_large
from mail_daemon.settings.sections import Done, MaildirMailbox

LOOK_EVERY = 1.0  # seconds; a look costs two system calls, and works on network file systems too


@dataclass(frozen=True, slots=True)
class Found:
    """A file in new/ or cur/; `size` in bytes."""

    key: str
    path: Path
    size: int
    received: float


class Maildir:
    """One Maildir. A mail's key is its unique name, which stays the same when it moves from new/ to cur/."""

    def __init__(self, section: MaildirMailbox, *, mail_size: int, batch: int, spool: Path) -> None:
        """`mail_size` in bytes; large mails are copied to a folder of this mailbox's own below `spool`."""
        self.name = section.name
        self._section, self._mail_size, self._batch = section, mail_size, batch
        self._new, self._cur = section.path / "new", section.path / "cur"
        self._spool = spool / section.name
        self._paths: dict[str, Path] = {}  # of the mails in hand
        self._finished: set[str] = set()  # keys of mails that stay in the Maildir and need no second look
        self._listed_at: tuple[int, ...] = ()
        self._woken = threading.Event()

    def batches(self, known: Callable[[Collection[str]], set[str]]) -> Iterator[Sequence[Arrival]]:
        """See base.Mailbox. A batch holds at most `batch` mails, and 8 MB or one mail that is larger."""
        with self._reading():
            sweep(self._spool)
            mails = self._list()
        again: list[Found] = []
        for start in range(0, len(mails), self._batch):
            chunk = mails[start : start + self._batch]
            self._paths = {mail.key: mail.path for mail in chunk}
            stored = known(list(self._paths))
            for group in grouped(mail for mail in chunk if mail.key not in stored):
                with self._reading():
                    arrivals = [arrival for mail in group if (arrival := self._arrival(mail))]
                if arrivals:
                    yield arrivals
            again += [mail for mail in chunk if mail.key in stored]
        # Last, so that a folder that takes no more mails (full, or forbidden) keeps none from being taken in.
        self._paths = {mail.key: mail.path for mail in again}
        self._finish([(mail.key, self._refused(mail)) for mail in again])

    def done(self, batch: Sequence[Arrival]) -> None:
        """See base.Mailbox. Unlinks the spool files of the batch."""
        self._finish([(arrival.key, arrival.refused is not None) for arrival in batch])
        for arrival in batch:
            if arrival.path:
                arrival.path.unlink(missing_ok=True)

    def wait(self, seconds: float) -> bool:
        """See base.Mailbox."""
        until = time.monotonic() + seconds
        while self._changed() == self._listed_at:
            left = until - time.monotonic()
            if left <= 0 or self._woken.wait(min(left, LOOK_EVERY)):
                self._woken.clear()
                return False
        return True

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        """Nothing is held open."""

    def _list(self) -> list[Found]:
        """What is not finished with, oldest first."""
        self._listed_at = self._changed()
        entries = [entry for part in (self._new, self._cur) for entry in os.scandir(part)]
        self._finished &= {_key(entry.name) for entry in entries}
        found = [_found(entry) for entry in entries if _key(entry.name) not in self._finished]
        return sorted((mail for mail in found if mail), key=lambda mail: (mail.received, mail.key))

    def _changed(self) -> tuple[int, ...]:
        try:
            return tuple(part.stat().st_mtime_ns for part in (self._new, self._cur))
        except OSError:
            return self._listed_at  # the next listing tells what is wrong

    def _arrival(self, mail: Found) -> Arrival | None:
        received = datetime.fromtimestamp(mail.received, UTC)
        try:
            if mail.size > self._mail_size:
                reason = too_large(mail.size, self._mail_size)
                return Arrival(self.name, mail.key, received, mail.size, _header(mail.path), refused=reason)
            if mail.size > LARGE:
                copy = self._spool / f"{uuid.uuid4().hex}.eml"
                shutil.copyfile(mail.path, copy)
                return Arrival(self.name, mail.key, received, mail.size, path=copy)
            return Arrival(self.name, mail.key, received, mail.size, mail.path.read_bytes())
        except FileNotFoundError:  # somebody has moved or deleted it; if it is still there, the next look finds it
            return None

    def _refused(self, mail: Found) -> bool:
        """Whether a stored mail may have been refused: too large, or marked so when the limit was lower."""
        return mail.size > self._mail_size or "S" in mail.path.name.partition(":2,")[2]

    def _finish(self, mails: Sequence[tuple[str, bool]]) -> None:
        """Moves, marks or deletes mails: each its key, and whether it was refused (then never deleted)."""
        with self._reading():
            for key, refused in mails:
                with suppress(FileNotFoundError):
                    self._finish_one(key, refused)

    def _finish_one(self, key: str, refused: bool) -> None:
        path, done = self._path(key), self._section.done
        match done:
            case Done(move=folder):
                path.rename(self._folder(folder) / "cur" / _flagged(path.name, ""))
            case "delete" if not refused:
                path.unlink()
            case "seen" | "delete":
                path.rename(self._cur / _flagged(path.name, "S"))
                self._finished.add(key)
            case _:
                self._finished.add(key)

    def _path(self, key: str) -> Path:
        """Where a mail is now. Raises FileNotFoundError."""
        path = self._paths.get(key)
        if path and path.exists():
            return path
        for part in (self._new, self._cur):
            for entry in os.scandir(part):
                if _key(entry.name) == key:
                    return Path(entry.path)
        raise FileNotFoundError(key)

    def _folder(self, name: str) -> Path:
        """A Maildir++ folder, made if it is missing; it can't lie outside, since it is one name."""
        folder = self._section.path / ("." + name.replace("/", "."))
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "maildirfolder").touch()
        return folder

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise MailboxDown(f"{self._section.path}: {error}".replace("\n", " ")) from error


def _key(name: str) -> str:
    return name.partition(":")[0].encode("utf-8", "backslashreplace").decode()


def _found(entry: os.DirEntry[str]) -> Found | None:
    try:
        if entry.name.startswith(".") or not entry.is_file(follow_symlinks=False):
            return None
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return Found(_key(entry.name), Path(entry.path), status.st_size, status.st_mtime)


def _flagged(name: str, flag: str) -> str:
    unique, _, info = name.partition(":")
    flags = "".join(sorted(set(info.removeprefix("2,")) | set(flag)))
    return f"{unique}:2,{flags}"


def _header(path: Path) -> bytes:
    with path.open("rb") as file:
        start = file.read(HEADER)
    ends = (start.find(blank) + len(blank) for blank in (b"\n\n", b"\n\r\n") if blank in start)
    return start[: min(ends, default=HEADER)]
