"""Faults of the database and the disk: each ends in the right state once it is gone, and the log says what it was."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.audit import audit
from tests.acceptance.desk import Desk
from tests.acceptance.sabotaged import sabotaged
from tests.acceptance.samples import one_line, raws, some, whole
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink

pytestmark = pytest.mark.acceptance


# --- the database ---------------------------------------------------------------------------------------------


def test_postgresql_is_restarted_again_and_again(
    tmp_path: Path, dovecot: Dovecot, sink: Sink, postgres: Postgres
) -> None:
    url = postgres.url(postgres.database())
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot, database=url)
    samples = some(150)
    with desk.running_daemon():
        desk.wait_for_log("started")
        for part in (samples[:50], samples[50:100], samples[100:]):
            dovecot.place("support", raws(part))
            desk.wait_for_log("filed", count=len(desk.log("filed")) + 1)
            postgres.kill()
            time.sleep(1.2)
            postgres.start()
        desk.finish(raws(samples))
    lines = desk.log("waiting")
    assert lines
    assert all(one_line(line["reason"]) for line in lines)
    assert any("refused" in line["reason"] or "terminat" in line["reason"] for line in lines), lines
    books = audit(desk, samples)
    assert books.problems == []
    # An answer of the server that could not be committed at once is committed later, not sent again.
    assert books.repeats == []


def test_another_process_holds_the_database_locked(tmp_path: Path, dovecot: Dovecot, sink: Sink) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot, command=sabotaged("impatient"))
    before, after = some(seed=1), some(seed=2)
    dovecot.place("support", raws(before))
    with desk.running_daemon():
        desk.finish(raws(before))
        with locked(desk.config / "var/mail-daemon.db"):
            dovecot.place("support", raws(after))
            line = desk.wait_for_log("waiting", worker="mailbox support")
        assert "database is locked" in line["reason"]
        assert one_line(line["reason"])
        desk.finish(raws(after))
    whole(desk, before + after)


def test_ingest_waits_for_a_locked_database_and_says_try_again_when_that_takes_too_long(
    tmp_path: Path, sink: Sink
) -> None:
    desk = Desk(tmp_path, sink=sink, command=sabotaged("impatient"))
    [first, second] = some(2)
    desk.ingest(first.raw)
    with locked(desk.config / "var/mail-daemon.db"):
        done = desk.run("ingest", "-", stdin=second.raw, code=75)
    assert b"database is locked" in done.stderr
    assert desk.inbound(second.raw) is None


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """What a backup program that has gone mad does."""
    other = sqlite3.connect(database, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


# --- the disk -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("full", ["blobs", "database"])
def test_the_disk_is_full(tmp_path: Path, dovecot: Dovecot, sink: Sink, full: str) -> None:
    """The mails stay in the mailbox; with room again everything goes on by itself."""
    desk = Desk(
        tmp_path,
        sink=sink,
        dovecot=dovecot,
        database="sqlite:///database/mail-daemon.db",
        changes={"blobs": {"url": "file:blobs"}, "limits": {"spool": "spool"}},
    )
    before, after = some(4, seed=1), some(60, seed=2)
    folder = desk.config / full
    folder.mkdir()
    with small_disk(folder) as disk:
        dovecot.place("support", raws(before))
        with desk.running_daemon():
            desk.finish(raws(before))
            disk.fill(desk.pid)
            dovecot.place("support", raws(after))
            line = desk.wait_for_log("waiting", worker="mailbox support")
            assert one_line(line["reason"])
            assert any(words in line["reason"] for words in disk.words), line
            assert str(folder) in line["reason"], line
            assert dovecot.count("support") > 0
            assert desk.running
            disk.empty(desk.pid)
            desk.finish(raws(after))
        assert dovecot.count("support") == 0
        whole(desk, before + after)
        assert sound(desk.config / "database/mail-daemon.db")


class SmallDisk:
    """A file system of a few megabytes, filled up by another program."""

    words = ("No space left on device", "disk is full", "disk I/O error")

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def fill(self, _pid: int) -> None:
        with self._filler.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                pass

    def empty(self, _pid: int) -> None:
        self._filler.unlink()


class SmallFiles:
    """Without root, who alone can mount: the kernel lets the process write no file beyond a few bytes."""

    words = ("File too large", "disk is full", "disk I/O error")

    def __init__(self) -> None:
        self._before: tuple[int, int] = (0, 0)

    def fill(self, pid: int) -> None:
        self._before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (512, self._before[1]))

    def empty(self, pid: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, self._before)


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk | SmallFiles]:
    if os.getuid() != 0 or mount("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)) != 0:
        yield SmallFiles()
        return
    try:
        yield SmallDisk(folder)
    finally:
        mount("umount", "--lazy", str(folder))


def mount(*command: str) -> int:
    return subprocess.run(command, capture_output=True).returncode


def sound(database: Path) -> bool:
    with sqlite3.connect(database) as connection:
        found: Any = connection.execute("PRAGMA integrity_check").fetchone()
    return bool(found[0] == "ok")
