"""Hostile bytes are read in a child process with limits, so that no mail can harm the daemon."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from parsers.child import Context, fence
from parsers.mail import NOBODY, Mail, Trusted, Unreadable

_SLACK = 10.0  # seconds that the pool is given beyond the limits of the mails, before it counts as stuck
_LONGEST_REASON = 500  # characters
_LONGEST_TRACEBACK = 20_000


@dataclass(frozen=True, slots=True)
class Job:
    """One mail to read: a file that the child opens itself, or the bytes."""

    id: int
    path: str | None = None
    raw: bytes | None = None
    envelope_sender: str | None = None
    trusted: Trusted = NOBODY


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one mail could not be read: one line, and the reader's traceback if it lived to tell."""

    reason: str
    traceback: str = ""


class ReadingDown(Exception):
    """No child can be started at all; no mail is to blame, so keep them and try again later."""


Read = Callable[[bytes, Job], Mail]


def read_mail(raw: bytes, job: Job) -> Mail:
    """What the child does with the bytes of one mail."""
    from parsers.message import read  # only the child pays for the import

    return read(raw, envelope_sender=job.envelope_sender, trusted=job.trusted)


class Reader:
    """Reads batches of mails, one batch at a time, in one long-lived child.

    A mail may take `seconds`; then the kernel kills the child, whatever it does. The child may
    address `memory` bytes. A batch whose child died is read again mail by mail, so that only the
    guilty mail fails. `read` must be importable by name in the child.
    """

    def __init__(self, *, seconds: float, memory: int, read: Read = read_mail) -> None:
        self._seconds = seconds
        self._memory = memory
        self._read = read
        self._closed = False
        self._task: Future[list[Mail | Failure]] | None = None
        self._pool = self._new_pool()
        # Linux ends a child with the thread that started it, so one thread lives as long as the Reader.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._thread.submit(lambda: self._pool.active)  # starts the child before the first mail comes

    def submit(self, batch: Sequence[Job]) -> Future[list[Mail | Failure]]:
        """A future of one result per job, in order.

        It raises ReadingDown when no child starts, CancelledError when the Reader is closed first; so does
        this method when it is closed already.
        """
        if self._closed:
            raise CancelledError
        return self._thread.submit(self._read_batch, tuple(batch))

    def wait_until_ready(self) -> None:
        """Returns when the child has started and could read. Raises ReadingDown."""
        self.submit(()).result()

    def close(self) -> None:
        """Kills the child, whatever it does; batches not yet read are cancelled."""
        self._closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._task:
            self._task.cancel()
        self._thread.shutdown(wait=True)
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _read_batch(self, batch: tuple[Job, ...]) -> list[Mail | Failure]:
        outcome = self._attempt(batch)
        if isinstance(outcome, list):
            return outcome
        if len(batch) == 1:
            return [outcome]
        return [result for job in batch for result in self._read_batch((job,))]

    def _attempt(self, batch: tuple[Job, ...]) -> list[Mail | Failure] | Failure:
        limit = self._seconds * len(batch) + _SLACK
        try:
            return self._in_child(batch, limit)
        except ProcessExpired as error:
            return Failure(self._cause_of_death(error.exitcode))
        except TimeoutError:
            self._renew_pool()
            return Failure(f"reading took longer than {limit:g} s")

    def _in_child(self, batch: tuple[Job, ...], limit: float) -> list[Mail | Failure]:
        """Tries a second child where the first broke down before it had taken the batch."""
        for _ in range(2):
            if self._closed:
                raise CancelledError
            try:
                self._task = self._pool.schedule(_read_jobs, (self._read, batch, self._seconds), timeout=limit)
                return self._task.result(limit + _SLACK)
            except RuntimeError:  # BrokenProcessPool is one too
                self._renew_pool()
        raise ReadingDown("the process that reads mails does not start; its last words are on stderr")

    def _cause_of_death(self, exit_code: int) -> str:
        if exit_code == -signal.SIGALRM:
            return f"reading took longer than {self._seconds:g} s"
        if exit_code < 0:
            return f"the reading process was killed by {signal.Signals(-exit_code).name}"
        return f"the reading process ended with exit code {exit_code}"

    def _renew_pool(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(1, initializer=_start, initargs=(os.getpid(), self._memory), context=Context())


def _start(parent: int, memory: int) -> None:
    """In the child, once. From here on nothing that a mail makes a library say reaches our stderr."""
    fence(parent, memory)
    import parsers.message  # noqa: F401 - so that no mail's time limit pays for the import

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _read_jobs(read: Read, jobs: Sequence[Job], seconds: float) -> list[Mail | Failure]:
    """In the child. The timer's signal is not handled, so it ends even a hang inside a C library."""
    results = []
    for job in jobs:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        results.append(_read_job(read, job))
    signal.setitimer(signal.ITIMER_REAL, 0)
    return results


def _read_job(read: Read, job: Job) -> Mail | Failure:
    try:
        raw = job.raw if job.path is None else Path(job.path).read_bytes()
        return read(raw or b"", job)
    except Unreadable as error:
        return Failure(_one_line(str(error)))
    except BaseException as error:  # Rust's panics are no Exceptions; any of them is this mail's own
        return Failure(_one_line(f"{type(error).__name__}: {error}"), traceback.format_exc()[-_LONGEST_TRACEBACK:])


def _one_line(words: str) -> str:
    return "".join(c if c.isprintable() else " " for c in words[:_LONGEST_REASON])
