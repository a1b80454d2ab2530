"""Faults of the mailbox and the SMTP server: each ends in the right state, and the log says in one line what it was."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import psutil
import pytest

from tests.acceptance.configuration import ADMIN
from tests.acceptance.desk import AGENT, COMMAND, Desk
from tests.acceptance.sabotaged import sabotaged
from tests.acceptance.samples import one_line, raws, some, whole
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink

pytestmark = pytest.mark.acceptance


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
        line = desk.wait_for_log("uidvalidity_changed")
    assert (line["mailbox"], line["folder"], line["new"]) == ("support", "INBOX", 4711)
    assert line["old"] not in (0, 4711)
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


def test_an_lmtp_port_that_is_taken_ends_it_with_one_line(tmp_path: Path, sink: Sink) -> None:
    desk = Desk(tmp_path, sink=sink)
    settings = desk.read("mail-daemon.yaml")
    with socket.create_server(("127.0.0.1", 0)) as other:
        listen = f"127.0.0.1:{other.getsockname()[1]}"
        desk.write("mail-daemon.yaml", {**settings, "mailboxes": [{"name": "mta", "type": "lmtp", "listen": listen}]})
        told = f"can't listen on {listen}: Address already in use; stop what listens there, or write another `listen`"
        ended = desk.run("run", "--json-log", code=1).stderr.decode().splitlines()
        assert [line for line in ended if not line.startswith("{")] == [f"mail-daemon: {told}"]
        shown = desk.run("check", "--connect", code=1).stdout.decode()
        assert f"error    mailbox mta: {told}" in shown
    with desk.running_daemon():
        assert (
            f"ok       mailbox mta: the running daemon listens on {listen}"
            in desk.run("check", "--connect").stdout.decode()
        )


# --- the SMTP server ------------------------------------------------------------------------------------------


TROUBLES = {
    "defer_rcpt": "451 4.7.1 greylisted, try again later",
    "defer_mail": "451 4.3.0 try again later",
    "defer_data": "451 4.3.0 try again later",
    "cut_data": "Connection unexpectedly closed",
    "lose_answer": "Connection unexpectedly closed",
}


def test_letters_that_are_not_taken_now_are_taken_later(tmp_path: Path, dovecot: Dovecot, sink: Sink) -> None:
    """An answer that was lost is the one case in which a letter arrives twice, with the same Message-ID."""
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot, agents=())
    samples = [sample for sample in some(6) if sample.answerable][: len(TROUBLES)]
    with desk.running_daemon():
        desk.wait_for_log("started")
        for sample, (mode, said) in zip(samples, TROUBLES.items(), strict=True):
            sink.mode(mode, times=1)
            seen = len(desk.log("letter_deferred"))
            dovecot.place("support", [sample.raw])
            line = desk.wait_for_log("letter_deferred", count=seen + 1)
            assert said in line["reason"] and one_line(line["reason"])
        desk.finish(raws(samples))
    copies = [letter.message_id for letter in desk.letters()]
    written = desk.outbox()
    assert len(copies) == len(written) + 1
    assert len(set(copies)) == len(written)
    assert {letter.to for letter in desk.letters()} >= {sample.sender for sample in samples}
    assert {row["state"] for row in written} == {"sent"}
    assert sum(row["attempts"] for row in written) == len(written) + len(TROUBLES)


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
    assert {each.to for each in rest} >= {sample.sender for sample in samples}
    assert [each.letter.content for each in rest if each.message_id == first.message_id] == [first.letter.content]
    assert len({each.message_id for each in rest}) == len(rest) == len(desk.outbox())


# --- the reading child ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ready", [False, True])
def test_a_stop_while_the_reading_child_hangs_is_quiet(tmp_path: Path, sink: Sink, ready: bool) -> None:
    """Whether it hangs before it could read at all or in the middle of a mail."""
    desk = Desk(tmp_path, sink=sink)
    first, second = raws(some(2))
    desk.start()
    desk.wait_until(lambda: bool(psutil.Process(desk.pid).children(recursive=True)), "child")
    if ready:
        desk.ingest(first)
        desk.finish([first])
    for child in psutil.Process(desk.pid).children(recursive=True):
        child.suspend()
    desk.wait_for_log("started")
    desk.ingest(second)
    if ready:
        desk.wait_until(lambda: [each.attempts for each in desk.inbounds([second]) if each] == [1], "attempt")
    desk.stop()
    assert [line["worker"] for line in desk.log("abandoned")] == ["filer"]
    assert desk.log("crashed") == []
    with desk.running_daemon():
        desk.finish([second])
