"""The Maildir mailbox against a real Maildir, as Dovecot and other programs make it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mail_daemon.mailboxes.base import Arrival, MailboxDown
from mail_daemon.mailboxes.maildir import Maildir
from mail_daemon.settings.sections import MaildirMailbox

pytestmark = pytest.mark.integration

RECEIVED = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
MAIL = b"From: ann@acme.example\nSubject: hello\n\nbody\n"


class Desk:
    """A Maildir and the receive stage in miniature."""

    def __init__(self, folder: Path, **values: Any) -> None:
        self.path = folder / "Maildir"
        for part in ("tmp", "new", "cur"):
            (self.path / part).mkdir(parents=True)
        self.section = MaildirMailbox.model_validate({"name": "walk-in", "type": "maildir", "path": self.path} | values)
        self.spool = folder / "spool"
        self.known: set[str] = set()
        self.asked = 0
        self.restart()

    def restart(self, limit: int = 5_000_000) -> None:
        self.box = Maildir(self.section, mail_size=limit, batch=10, spool=self.spool)

    def deliver(self, name: str, raw: bytes = MAIL, *, part: str = "new", at: datetime = RECEIVED) -> None:
        temporary = self.path / "tmp" / name
        temporary.write_bytes(raw)
        os.utime(temporary, (at.timestamp(), at.timestamp()))
        temporary.rename(self.path / part / name)

    def ask(self, keys: Collection[str]) -> set[str]:
        self.asked += len(keys)
        return self.known & set(keys)

    def receive(self, *, crash_before_done: bool = False) -> list[Arrival]:
        taken: list[Arrival] = []
        for batch in self.box.batches(self.ask):
            taken += batch
            self.known |= {arrival.key for arrival in batch}
            if not crash_before_done:
                self.box.done(batch)
        return taken

    def files(self, part: str) -> list[str]:
        return sorted(path.name for path in (self.path / part).iterdir())


def test_new_and_current_mails_come_oldest_first(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.deliver("2.second", at=RECEIVED.replace(minute=40))
    desk.deliver("1.first:2,S", b"read by somebody", part="cur")
    first, second = desk.receive()
    assert (first.key, first.raw, first.received) == ("1.first", b"read by somebody", RECEIVED)
    assert (second.key, second.raw, second.size) == ("2.second", MAIL, len(MAIL))
    assert first.mailbox == "walk-in"


def test_in_batches(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for number in range(25):
        desk.deliver(f"{number:02}.mail")
    assert [len(batch) for batch in desk.box.batches(desk.ask)] == [10, 10, 5]


def test_hidden_files_folders_and_links_are_no_mails(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.deliver(".hidden")
    (desk.path / "new" / "folder").mkdir()
    (desk.path / "new" / "link").symlink_to("/etc/passwd")
    assert desk.receive() == []


def test_a_name_that_is_no_text_gives_a_clean_key(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.deliver(os.fsdecode(b"1.\xff.mail"))
    (taken,) = desk.receive()
    assert taken.key.encode() == rb"1.\udcff.mail"
    assert desk.receive() == []


class TestDone:
    def test_seen_marks(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path, done="seen")
        desk.deliver("1.mail")
        desk.deliver("2.mail:2,F", part="cur")
        desk.receive()
        assert desk.files("new") == []
        assert desk.files("cur") == ["1.mail:2,S", "2.mail:2,FS"]

    def test_move_makes_a_folder_beside(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path, done={"move": "Done/2026"})
        desk.deliver("1.mail")
        desk.receive()
        assert desk.files("new") == []
        assert desk.files(".Done.2026/cur") == ["1.mail:2,"]
        assert {"tmp", "new", "cur", "maildirfolder"} == set(desk.files(".Done.2026"))

    def test_a_folder_name_leads_nowhere_else(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path, done={"move": "../../away"})
        desk.deliver("1.mail")
        desk.receive()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["Maildir", "spool"]

    def test_delete_removes(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path, done="delete")
        desk.deliver("1.mail")
        desk.receive()
        assert desk.files("new") == desk.files("cur") == []

    @pytest.mark.parametrize("done", ["seen", "keep"])
    def test_what_stays_is_asked_about_once(self, tmp_path: Path, done: str) -> None:
        desk = Desk(tmp_path, done=done)
        for number in range(15):
            desk.deliver(f"{number}.mail")
        assert len(desk.receive()) == 15
        desk.restart()
        assert desk.receive() == []
        asked = desk.asked
        assert desk.receive() == []
        assert desk.asked == asked

    def test_a_mail_that_a_reader_has_moved_meanwhile_is_found(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path, done="delete")
        desk.deliver("1.mail")
        for batch in desk.box.batches(desk.ask):
            (desk.path / "new" / "1.mail").rename(desk.path / "cur" / "1.mail:2,S")
            desk.box.done(batch)
        assert desk.files("cur") == []

    def test_a_mail_that_is_gone_is_no_error(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path)
        desk.deliver("1.mail")
        for batch in desk.box.batches(desk.ask):
            (desk.path / "new" / "1.mail").unlink()
            desk.box.done(batch)

    def test_a_mail_that_could_not_be_stored_comes_again(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path, done="keep")
        desk.deliver("1.mail")
        assert len(list(desk.box.batches(desk.ask))) == 1
        assert len(desk.receive()) == 1

    def test_after_a_crash_what_was_stored_is_finished(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path, done={"move": "Done"})
        desk.deliver("1.mail")
        assert len(desk.receive(crash_before_done=True)) == 1
        desk.restart()
        assert desk.receive() == []
        assert desk.files(".Done/cur") == ["1.mail:2,"]


class TestLargeMails:
    def test_come_as_a_file_of_ours(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path)
        raw = MAIL + b"x" * 2_000_000
        desk.deliver("1.mail", raw)
        for (arrival,) in desk.box.batches(desk.ask):
            assert arrival.path and arrival.path.read_bytes() == raw
            assert arrival.path.is_relative_to(desk.spool)
            desk.box.done([arrival])
        assert not list((desk.spool / "walk-in").iterdir())

    def test_over_the_limit_are_refused_and_never_deleted(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path, done="delete")
        desk.deliver("1.mail", b"Subject: big\r\n\r\n" + b"x" * 6_000_000)
        (arrival,) = desk.receive()
        assert arrival.refused == "6 MB, the limit is 5 MB"
        assert arrival.raw == b"Subject: big\r\n\r\n"
        for limit in (5_000_000, 9_000_000):  # an admin raises it: we still hold the header alone
            desk.restart(limit)
            assert desk.receive() == []
            assert desk.files("cur") == ["1.mail:2,S"]


class TestWaiting:
    def test_a_mail_is_noticed_within_seconds(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path)
        desk.receive()
        threading.Timer(0.2, desk.deliver, ("1.mail",)).start()
        began = time.monotonic()
        assert desk.box.wait(30)
        assert time.monotonic() - began < 3

    def test_wake_ends_it(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path)
        desk.receive()
        threading.Timer(0.2, desk.box.wake).start()
        began = time.monotonic()
        assert not desk.box.wait(30)
        assert time.monotonic() - began < 2

    def test_nothing_arrives(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path)
        desk.receive()
        assert not desk.box.wait(0.2)


def test_a_maildir_that_is_missing_is_one_line(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (desk.path / "new").rmdir()
    with pytest.raises(MailboxDown, match="Maildir"):
        desk.receive()
    assert not desk.box.wait(0.1)


def test_where_mails_can_not_be_moved_new_ones_are_taken_in_all_the_same(tmp_path: Path) -> None:
    desk = Desk(tmp_path, done={"move": "Processed"})
    (desk.path / ".Processed").write_text("no folder can be made here")
    for number in range(12):  # more than one batch
        desk.deliver(f"{number:02}.old")
    with pytest.raises(MailboxDown):
        desk.receive()
    with pytest.raises(MailboxDown):
        desk.receive()
    desk.deliver("99.new")
    with pytest.raises(MailboxDown):
        desk.receive()
    assert len(desk.known) == 13
