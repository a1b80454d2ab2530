"""Faults from outside: each ends in the right state once it is gone, and the log says in one line what it was."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.audit import audit
from tests.acceptance.desk import ADMIN, AGENT, COMMAND, Desk
from tests.acceptance.sabotaged import sabotaged
from tests.corpus import Sample, mails
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink

pytestmark = pytest.mark.acceptance

SQLITE = "sqlite:///var/mail-daemon.db"


def some(count: int = 6, *, seed: int = 1) -> list[Sample]:
    return list(mails(count, seed=seed))


def raws(samples: list[Sample]) -> list[bytes]:
    return [sample.raw for sample in samples]


def one_line(said: str) -> bool:
    return said.isprintable() and 0 < len(said) <= 400


def whole(desk: Desk, samples: list[Sample]) -> None:
    """Every mail is filed and answered once, nothing is left over and no defect showed."""
    books = audit(desk, samples)
    assert books.problems == []
    assert books.repeats == []
    assert desk.log("crashed") == []


# --- the mailbox ----------------------------------------------------------------------------------------------


def test_the_imap_server_is_stopped_and_started(tmp_path: Path, dovecot: Dovecot, sink: Sink) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot)
    before, after = some(seed=1), some(seed=2)
    dovecot.place("support", raws(before))
    with desk.running_daemon():
        desk.finish(raws(before))
        dovecot.stop()
        line = desk.wait_for_log("waiting", worker="mailbox support")
        assert line["reason"].startswith(f"127.0.0.1:{dovecot.imap_port}: ")
        refused = desk.wait_for_log("waiting", count=2, worker="mailbox support")
        assert "Connection refused" in refused["reason"]
        assert one_line(line["reason"]) and one_line(refused["reason"])
        dovecot.place("support", raws(after))
        dovecot.start()
        desk.wait_for_log("recovered", worker="mailbox support")
        desk.finish(raws(after))
    whole(desk, before + after)
    assert dovecot.count("support") == 0


def test_a_new_uidvalidity_means_a_full_rescan_that_doubles_nothing(
    tmp_path: Path, dovecot: Dovecot, sink: Sink
) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot, mailbox={"done": "keep"})
    before, after = some(seed=1), some(2, seed=2)
    dovecot.place("support", raws(before))
    with desk.running_daemon():
        desk.finish(raws(before))
        dovecot.doveadm("mailbox", "update", "-u", "support", "--uid-validity", "4711", "INBOX")
        dovecot.place("support", raws(after))
        desk.finish(raws(after))
    seen = [(line["mails"], line["new"]) for line in desk.log("received")]
    assert seen[0] == (len(before), len(before))
    assert sum(mails for mails, _ in seen[1:]) >= len(before) + len(after), "all of them were looked at again"
    assert sum(new for _, new in seen[1:]) == len(after)
    whole(desk, before + after)
    assert dovecot.count("support") == len(before) + len(after)


def test_a_person_reads_the_mailbox_and_the_mails_are_taken_in_all_the_same(
    tmp_path: Path, dovecot: Dovecot, sink: Sink
) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot)
    samples = some()
    dovecot.place("support", raws(samples))
    dovecot.doveadm("flags", "add", "-u", "support", "\\Seen", "mailbox", "INBOX", "all")
    with desk.running_daemon():
        desk.finish(raws(samples))
    whole(desk, samples)
    assert dovecot.count("support") == 0


def test_a_crash_between_our_commit_and_the_move(
    tmp_path: Path, dovecot: Dovecot, sink: Sink, database_url: str
) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot, database=database_url, command=sabotaged("dies-before-moving"))
    samples = some()
    dovecot.place("support", raws(samples))
    desk.start()
    assert desk.wait_for_end(30) == -signal.SIGKILL
    assert dovecot.count("support") == len(samples)
    assert all(stored is not None for stored in desk.inbounds(raws(samples)))

    desk.command = COMMAND
    with desk.running_daemon():
        desk.finish(raws(samples))
        desk.wait_until(lambda: dovecot.count("support") == 0, "empty mailbox")
    whole(desk, samples)
    assert dovecot.count("support", "Processed") == len(samples)


# --- the SMTP server ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("defer_rcpt", "451 4.7.1 greylisted, try again later"),
        ("defer_mail", "451 4.3.0 try again later"),
        ("defer_data", "451 4.3.0 try again later"),
        ("cut_data", "Connection unexpectedly closed"),
        ("lose_answer", "Connection unexpectedly closed"),
    ],
)
def test_a_letter_that_is_not_taken_now_is_taken_later(tmp_path: Path, sink: Sink, mode: str, said: str) -> None:
    """An answer that was lost is the one case in which a letter arrives twice, with the same Message-ID."""
    desk = Desk(tmp_path, sink=sink, agents=())
    samples = [sample for sample in some(5) if sample.answerable]
    desk.ingest(*raws(samples))
    sink.mode(mode, times=2)
    with desk.running_daemon():
        desk.finish(raws(samples))
    deferred = desk.log("letter_deferred")
    assert len(deferred) == 2
    assert all(said in line["reason"] and one_line(line["reason"]) for line in deferred), deferred
    copies = [letter.message_id for letter in desk.letters()]
    assert len(copies) == len(samples) + (2 if mode == "lose_answer" else 0)
    assert len(set(copies)) == len(samples)
    assert {letter.to for letter in desk.letters()} == {sample.sender for sample in samples}
    rows = desk.outbox()
    assert {row["state"] for row in rows} == {"sent"}
    assert sorted(row["attempts"] for row in rows)[-1] >= 2


def test_an_smtp_server_that_is_away_costs_no_letter_an_attempt(tmp_path: Path, sink: Sink) -> None:
    desk = Desk(tmp_path, sink=sink)
    samples = some()
    sink.stop()
    desk.ingest(*raws(samples))
    with desk.running_daemon():
        line = desk.wait_for_log("waiting", worker="deliverer")
        assert f"127.0.0.1:{sink.port}" in line["reason"]
        assert "Connection refused" in line["reason"]
        assert one_line(line["reason"])
        sink.start()
        desk.wait_for_log("recovered", worker="deliverer")
        desk.finish(raws(samples))
    whole(desk, samples)
    assert {row["attempts"] for row in desk.outbox()} == {1}


def test_a_letter_that_is_refused_for_good_is_given_up_and_the_agents_are_told(tmp_path: Path, sink: Sink) -> None:
    desk = Desk(tmp_path, sink=sink)
    gone, fine = [sample for sample in some(5) if sample.answerable][:2]
    sink.mode("refuse_rcpt", only=gone.sender)
    desk.ingest(gone.raw, fine.raw)
    with desk.running_daemon():
        line = desk.wait_for_log("letter_failed")
        desk.finish([gone.raw, fine.raw])
    assert (line["name"], one_line(line["reason"])) == ("acknowledgement", True)
    assert "550 5.1.1 no such user" in line["reason"]
    assert len(desk.log("letter_failed")) == 1

    [failed] = [row for row in desk.outbox() if row["state"] == "failed"]
    assert (failed["to"], failed["attempts"]) == ([gone.sender], 1)
    assert "550" in failed["error"]
    ticket = desk.ticket_of(gone.raw)
    assert "letter failed" in [event["what"] for event in ticket["events"]]
    [warning] = [letter for letter in desk.letters(AGENT) if "could not be delivered" in letter.words]
    assert ticket["ref"] in warning.words
    assert gone.sender in warning.words
    assert [letter.to for letter in desk.letters() if letter.to in (gone.sender, fine.sender)] == [fine.sender]


def test_a_warning_that_is_refused_itself_starts_no_chain_of_warnings(tmp_path: Path, sink: Sink) -> None:
    desk = Desk(tmp_path, sink=sink, agents=())
    [sample] = [sample for sample in some(5) if sample.answerable][:1]
    sink.mode("refuse_rcpt")
    desk.ingest(sample.raw)
    with desk.running_daemon():
        desk.wait_for_log("letter_failed", count=2)
        desk.finish([sample.raw])
    assert [(row["letter"], row["to"]) for row in desk.outbox()] == [
        ("acknowledgement", [sample.sender]),
        ("warning", [ADMIN]),
    ]


def test_a_crash_after_the_server_accepted_repeats_that_letter_with_the_same_message_id(
    tmp_path: Path, sink: Sink, database_url: str
) -> None:
    desk = Desk(tmp_path, sink=sink, agents=(), database=database_url, command=sabotaged("dies-before-sent"))
    samples = [sample for sample in some(6) if sample.answerable]
    desk.ingest(*raws(samples))
    desk.start()
    assert desk.wait_for_end(30) == -signal.SIGKILL
    assert len(desk.letters()) == 1

    desk.command = COMMAND
    with desk.running_daemon():
        desk.finish(raws(samples))
    first, *rest = desk.letters()
    assert len(rest) == len(samples)
    assert [each.letter.content for each in rest if each.message_id == first.message_id] == [first.letter.content]
    assert len({each.message_id for each in rest}) == len(samples)


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
    if os.getuid() != 0 or mount("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)) != 0:
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
