"""Stopping in order, reloading the configuration, and what systemd is told."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.audit import audit
from tests.acceptance.configuration import ADMIN
from tests.acceptance.desk import STOP_SECONDS, Desk
from tests.acceptance.sabotaged import sabotaged
from tests.corpus import mails
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink

pytestmark = pytest.mark.acceptance


def question(number: int) -> bytes:
    return (
        f"From: Cy <cy{number}@acme.example>\r\nTo: support@desk.example\r\nSubject: Question {number}\r\n"
        f"Message-ID: <{number}@acme.example>\r\n\r\nHow do I forward my calls?\r\n"
    ).encode()


# --- stopping -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_an_idle_daemon_takes_a_moment(
    tmp_path: Path, dovecot: Dovecot, sink: Sink, number: signal.Signals
) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot, mailbox={"poll_seconds": 60})
    dovecot.place("support", [question(1)])
    desk.start()
    desk.finish([question(1)])
    begun = time.monotonic()
    desk.signal(number)
    assert desk.wait_for_end(STOP_SECONDS) == 0
    assert time.monotonic() - begun < 3
    assert desk.log()[-1]["event"] == "stopped"
    assert desk.log("stopping")[0]["signal"] == number.name


def test_sigterm_in_the_middle_of_the_work_stops_within_ten_seconds_and_repeats_nothing(
    tmp_path: Path, dovecot: Dovecot, sink: Sink, database_url: str
) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot, database=database_url)
    samples = list(mails(120))
    dovecot.place("support", [sample.raw for sample in samples])
    sink.mode("slow", seconds=0.05)
    desk.start()
    sink.wait_for(5, seconds=20)
    assert desk.stop() < STOP_SECONDS
    assert 5 <= sink.count() < 100, "there was work in hand"

    sink.mode("ok")
    with desk.running_daemon():
        desk.finish(sample.raw for sample in samples)
    books = audit(desk, samples)
    assert books.problems == []
    assert books.repeats == []


def test_an_smtp_server_that_hangs_does_not_hold_up_the_stop(tmp_path: Path, sink: Sink) -> None:
    desk = Desk(tmp_path, sink=sink, changes={"smtp": {"timeout": "60s"}})
    sink.mode("slow", seconds=120)
    desk.ingest(question(1))
    desk.start()
    desk.wait_for_log("filed")
    time.sleep(0.5)
    assert desk.stop() < STOP_SECONDS


def test_a_second_daemon_on_the_same_configuration_is_refused(tmp_path: Path, sink: Sink) -> None:
    desk = Desk(tmp_path, sink=sink)
    with desk.running_daemon():
        desk.wait_for_log("started")
        done = desk.run("run", code=2)
    assert b"stop it first" in done.stderr


# --- reloading ------------------------------------------------------------------------------------------------


def test_sighup_reloads(tmp_path: Path, sink: Sink) -> None:
    desk = Desk(tmp_path, sink=sink)
    with desk.running_daemon():
        desk.wait_for_log("started")
        time.sleep(1)
        desk.signal(signal.SIGHUP)
        desk.wait_for_log("reloaded", seconds=5)


def test_an_edited_letter_and_an_edited_file_count_from_the_next_mail_on(
    tmp_path: Path, dovecot: Dovecot, sink: Sink
) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot)
    template = desk.config / "templates/acknowledgement.en.md"
    with desk.running_daemon():
        dovecot.place("support", [question(1)])
        desk.finish([question(1)])
        desk.write("templates/acknowledgement.en.md", template.read_text() + "\nOur hours are new.\n")
        desk.wait_for_log("reloaded")
        dovecot.place("support", [question(2)])
        desk.finish([question(2)])
        desk.write("accounts.yaml", {"accounts": [{"name": "Acme", "domains": ["acme.example"]}]})
        desk.wait_for_log("reloaded", count=2)
        dovecot.place("support", [question(3)])
        desk.finish([question(3)])
    first, second, third = (desk.letters(f"cy{number}@acme.example")[0] for number in (1, 2, 3))
    assert "Our hours are new." not in first.words
    assert "Our hours are new." in second.words
    assert second.subject == "Your request [TPBX-1002]"
    assert third.subject == "Re: Question 3 [TPBX-1003]"
    assert desk.ticket(1003)["account"] == "Acme"


def test_a_mailbox_that_is_added_is_opened(tmp_path: Path, dovecot: Dovecot, sink: Sink) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot)
    dovecot.place("billing", [question(1)])
    with desk.running_daemon():
        desk.wait_for_log("started")
        settings = desk.read("mail-daemon.yaml")
        [support] = settings["mailboxes"]
        settings["mailboxes"].append({**support, "name": "billing", "username": "billing"})
        time.sleep(1)
        desk.write("mail-daemon.yaml", settings)
        desk.wait_for_log("received", mailbox="billing")
        dovecot.place("support", [question(2)])
        desk.finish([question(1), question(2)])
    assert len(desk.tickets()) == 2


NO_DURATION = "levels:\n  1:\n    response: soon\n"
NO_END = "desk: {name: [}\n"
NO_SUCH_NAME = "---\nsubject: x\n---\nHello {{ tickt.ref }}\n"


@pytest.mark.parametrize(
    ("name", "broken", "line"),
    [
        ("policy.yaml", NO_DURATION, 3),
        ("mail-daemon.yaml", NO_END, 1),
        ("templates/acknowledgement.en.md", NO_SUCH_NAME, 4),
    ],
)
def test_a_broken_edit_keeps_the_last_good_version_and_the_admins_hear_of_it_once(
    tmp_path: Path, dovecot: Dovecot, sink: Sink, name: str, broken: str, line: int
) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot)
    good = (desk.config / name).read_text()
    with desk.running_daemon():
        desk.wait_for_log("started")
        time.sleep(1)
        desk.write(name, broken)
        refused = desk.wait_for_log("reload_refused")
        dovecot.place("support", [question(1)])
        desk.finish([question(1)])  # with the last good version
        seen = len(desk.log("reload_refused"))
        desk.write(name, broken + "\n")  # the same mistake once more
        desk.wait_for_log("reload_refused", count=seen + 1)
        dovecot.place("support", [question(2)])
        desk.finish([question(2)])
        desk.write(name, good)
        desk.wait_for_log("reloaded")
    assert f"/{name}:{line}: " in refused["problem"]
    assert refused["problem"].isprintable()
    [told] = desk.letters(ADMIN)
    assert "the last good one stays in force" in " ".join(told.words.split())
    assert f"{Path(name).name}:{line}" in told.words
    assert len(desk.letters("cy1@acme.example")) == len(desk.letters("cy2@acme.example")) == 1


def test_a_broken_edit_is_refused_while_the_database_is_away_too(
    tmp_path: Path, dovecot: Dovecot, sink: Sink, postgres: Postgres
) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot, database=postgres.url(postgres.database()))
    with desk.running_daemon():
        dovecot.place("support", [question(1)])
        desk.finish([question(1)])
        postgres.kill()
        try:
            desk.write("policy.yaml", NO_DURATION)
            desk.wait_for_log("reload_refused")
            time.sleep(1)
            assert desk.running
        finally:
            postgres.start()
        dovecot.place("support", [question(2)])
        desk.finish([question(2)])


def test_a_start_with_a_broken_configuration_says_file_and_line_and_exits_with_2(tmp_path: Path, sink: Sink) -> None:
    desk = Desk(tmp_path, sink=sink)
    desk.write("policy.yaml", NO_DURATION)
    done = desk.run("run", code=2)
    assert b"policy.yaml:3: " in done.stderr


# --- systemd --------------------------------------------------------------------------------------------------


@pytest.fixture
def notified(tmp_path: Path) -> Iterator[socket.socket]:
    """Systemd's end of NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(str(tmp_path / "notify"))
        end.settimeout(20)
        yield end


def test_systemd_hears_of_readiness_reload_life_and_the_end(
    tmp_path: Path, sink: Sink, notified: socket.socket
) -> None:
    desk = Desk(tmp_path, sink=sink, environ={"NOTIFY_SOCKET": str(tmp_path / "notify")})
    with desk.running_daemon():
        assert notified.recv(200) == b"READY=1"
        desk.signal(signal.SIGHUP)
        assert notified.recv(200).startswith(b"RELOADING=1")
        assert notified.recv(200) == b"READY=1"
        assert notified.recv(200) == b"WATCHDOG=1"
    assert notified.recv(200) == b"STOPPING=1"


def test_the_watchdog_is_not_fed_while_a_thread_hangs(tmp_path: Path, sink: Sink, notified: socket.socket) -> None:
    desk = Desk(
        tmp_path,
        sink=sink,
        command=sabotaged("stuck"),
        environ={"NOTIFY_SOCKET": str(tmp_path / "notify")},
    )
    desk.start()
    try:
        assert notified.recv(200) == b"READY=1"
        assert desk.wait_for_log("stuck")["worker"] == "filer"
        notified.settimeout(1)
        with pytest.raises(TimeoutError):
            notified.recv(200)
    finally:
        desk.kill()
