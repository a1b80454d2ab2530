"""The IMAP mailbox against a real Dovecot."""

from __future__ import annotations

import imaplib
import threading
import time
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mail_daemon.mailboxes.base import Arrival, MailboxDown
from mail_daemon.mailboxes.imap import Imap, check, fetch
from mail_daemon.settings.sections import ImapMailbox
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.integration

LIMIT = 5_000_000


class Known:
    """What the store would know."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.asked = 0

    def __call__(self, keys: Collection[str]) -> set[str]:
        self.asked += len(keys)
        return self.keys & set(keys)


class Desk:
    """A mailbox on Dovecot, and the receive stage in miniature."""

    def __init__(self, dovecot: Dovecot, spool: Path, **values: Any) -> None:
        given = {"name": "support", "host": "localhost", "port": dovecot.imaps_port, "username": "support"}
        self.section = ImapMailbox.model_validate(given | {"ca_file": dovecot.ca_file} | values)
        self.known = Known()
        self.spool = spool
        self.box = self.make()

    def make(self) -> Imap:
        return Imap(
            self.section,
            password=PASSWORD,
            mail_size=LIMIT,
            batch=10,
            spool=self.spool,
            clock=lambda: datetime.now(UTC),
        )

    def receive(self, *, crash_before_done: bool = False) -> list[Arrival]:
        """One pass; every mail is stored, and done unless the crash comes first."""
        taken: list[Arrival] = []
        for batch in self.box.batches(self.known):
            taken += batch
            self.known.keys |= {arrival.key for arrival in batch}
            if crash_before_done:
                break
            self.box.done(batch)
        return taken

    def restart(self) -> None:
        self.box.close()
        self.box = self.make()


@pytest.fixture
def desk(dovecot: Dovecot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(dovecot, tmp_path)
    yield made
    made.box.close()


def mail(number: int, *, size: int = 0) -> bytes:
    head = b"From: ann@acme.example\r\nSubject: %d\r\n\r\n" % number
    lines, rest = divmod(size, 72)
    return head + (b"x" * 70 + b"\r\n") * lines + b"y" * rest + b"\r\n"


def flags(dovecot: Dovecot, folder: str = "INBOX", user: str = "support") -> list[str]:
    said = dovecot.doveadm("-f", "tab", "fetch", "-u", user, "uid flags", "mailbox", folder, "all")
    return [line.partition("\t")[2] for line in said.splitlines()[1:]]


class TestTaking:
    def test_all_mails_oldest_first_with_their_bytes(self, dovecot: Dovecot, desk: Desk) -> None:
        mails = [mail(number) for number in range(25)]
        dovecot.place("support", mails)
        taken = desk.receive()
        assert [arrival.raw for arrival in taken] == mails
        assert {arrival.size for arrival in taken[:10]} == {len(mails[0])}
        assert len({arrival.key for arrival in taken}) == 25
        assert abs((datetime.now(UTC) - taken[0].received).total_seconds()) < 60
        assert taken[0].received.tzinfo is UTC

    def test_in_batches_of_the_size_asked_for(self, dovecot: Dovecot, desk: Desk) -> None:
        dovecot.place("support", [mail(number) for number in range(25)])
        assert [len(batch) for batch in desk.box.batches(desk.known)] == [10, 10, 5]

    def test_in_batches_of_bounded_bytes(self, dovecot: Dovecot, desk: Desk) -> None:
        dovecot.place("support", [mail(number, size=900_000) for number in range(10)])
        assert [len(batch) for batch in desk.box.batches(desk.known)] == [8, 2]

    def test_what_a_person_has_read_already(self, dovecot: Dovecot, desk: Desk) -> None:
        dovecot.place("support", [mail(1)])
        dovecot.doveadm("flags", "add", "-u", "support", "\\Seen", "mailbox", "INBOX", "all")
        assert len(desk.receive()) == 1

    def test_over_several_windows_of_uids(self, dovecot: Dovecot, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetch, "WINDOW", 7)
        dovecot.place("support", [mail(number) for number in range(29)])
        assert [int(arrival.raw.split()[3]) for arrival in desk.receive()] == list(range(29))

    def test_passes_over_those_that_vanish_meanwhile(self, dovecot: Dovecot, desk: Desk) -> None:
        dovecot.place("support", [mail(number) for number in range(5)])

        def somebody_expunges(keys: Collection[str]) -> set[str]:
            dovecot.doveadm("expunge", "-u", "support", "mailbox", "INBOX", "uid", "2:3")
            return set()

        (batch,) = desk.box.batches(somebody_expunges)
        assert [arrival.key.split(":")[1] for arrival in batch] == ["1", "4", "5"]

    def test_from_a_folder_of_another_name(self, dovecot: Dovecot, tmp_path: Path) -> None:
        dovecot.doveadm("mailbox", "create", "-u", "support", 'Zurück & "mehr"')
        desk = Desk(dovecot, tmp_path, folder='Zurück & "mehr"', done="keep")
        assert desk.receive() == []
        desk.box.close()


class TestLargeMails:
    def test_are_fetched_in_parts_to_a_file(self, dovecot: Dovecot, desk: Desk) -> None:
        large = [mail(1, size=3_000_000), mail(2, size=1_024_000), mail(3)]
        dovecot.place("support", large)
        for batch in desk.box.batches(desk.known):
            for arrival, raw in zip(batch, large, strict=True):
                assert (arrival.path.read_bytes() if arrival.path else arrival.raw) == raw
                assert arrival.size == len(raw)
            desk.box.done(batch)
        assert not list((desk.spool / "support").iterdir())

    def test_over_the_limit_are_refused_with_their_header(self, dovecot: Dovecot, desk: Desk) -> None:
        dovecot.place("support", [mail(1, size=6_000_000), mail(2)])
        refused, taken = desk.receive()
        assert refused.refused == "6 MB, the limit is 5 MB"
        assert refused.raw == b"From: ann@acme.example\r\nSubject: 1\r\n\r\n"
        assert refused.path is None and refused.size > 6_000_000
        assert taken.refused is None
        assert dovecot.count("support", "Processed") == 2

    def test_over_the_limit_are_never_deleted(self, dovecot: Dovecot, tmp_path: Path) -> None:
        desk = Desk(dovecot, tmp_path, done="delete")
        dovecot.place("support", [mail(1, size=6_000_000), mail(2)])
        assert len(desk.receive()) == 2
        for _ in range(2):
            desk.restart()
            assert desk.receive() == []
            assert flags(dovecot) == ["\\Seen"]

    def test_what_a_crash_left_in_the_spool_is_removed(self, dovecot: Dovecot, desk: Desk) -> None:
        (desk.spool / "support").mkdir()
        (desk.spool / "support" / "1-1.eml").write_bytes(b"half")
        desk.receive()
        assert not list((desk.spool / "support").iterdir())


class TestDone:
    def test_move_makes_the_folder(self, dovecot: Dovecot, tmp_path: Path) -> None:
        desk = Desk(dovecot, tmp_path, done={"move": "Erledigt & später"})
        dovecot.place("support", [mail(1), mail(2)])
        desk.receive()
        assert dovecot.count("support") == 0
        assert len(flags(dovecot, "Erledigt & später")) == 2

    def test_seen_marks_and_does_not_take_again(self, dovecot: Dovecot, tmp_path: Path) -> None:
        desk = Desk(dovecot, tmp_path, done="seen")
        dovecot.place("support", [mail(1), mail(2)])
        assert len(desk.receive()) == 2
        assert flags(dovecot) == ["\\Seen", "\\Seen"]
        assert desk.receive() == []

    def test_delete_expunges(self, dovecot: Dovecot, tmp_path: Path) -> None:
        desk = Desk(dovecot, tmp_path, done="delete")
        dovecot.place("support", [mail(1), mail(2)])
        desk.receive()
        assert dovecot.count("support") == 0

    def test_keep_changes_nothing_and_asks_about_old_mails_once(self, dovecot: Dovecot, tmp_path: Path) -> None:
        desk = Desk(dovecot, tmp_path, done="keep")
        dovecot.place("support", [mail(number) for number in range(15)])
        assert len(desk.receive()) == 15
        assert not any("\\Seen" in each for each in flags(dovecot))
        desk.restart()
        assert desk.receive() == []
        asked = desk.known.asked
        dovecot.place("support", [mail(99)])
        assert len(desk.receive()) == 1
        assert desk.known.asked == asked + 1

    def test_a_mail_that_could_not_be_stored_comes_again(self, dovecot: Dovecot, tmp_path: Path) -> None:
        desk = Desk(dovecot, tmp_path, done="keep")
        dovecot.place("support", [mail(number) for number in range(15)])
        first, second = desk.box.batches(desk.known)
        desk.known.keys |= {arrival.key for arrival in second}
        desk.box.done(second)
        assert [arrival.key for arrival in desk.receive()] == [arrival.key for arrival in first]

    @pytest.mark.parametrize("done", [{"move": "Processed"}, "delete", "seen"])
    def test_after_a_crash_what_was_stored_is_finished_and_not_taken_again(
        self, dovecot: Dovecot, tmp_path: Path, done: Any
    ) -> None:
        desk = Desk(dovecot, tmp_path, done=done)
        dovecot.place("support", [mail(1), mail(2)])
        assert len(desk.receive(crash_before_done=True)) == 2
        desk.restart()
        assert desk.receive() == []
        assert dovecot.count("support") == (2 if done == "seen" else 0)
        assert dovecot.count("support", "Processed") == (2 if isinstance(done, dict) else 0)
        assert flags(dovecot) == (["\\Seen", "\\Seen"] if done == "seen" else [])


class TestServersThatOfferLess:
    def test_without_move_copies_and_expunges_ours_alone(self, tmp_path: Path) -> None:
        with Dovecot(extra="imap_capability = IMAP4rev1 AUTH=PLAIN IDLE UIDPLUS") as dovecot:
            desk = Desk(dovecot, tmp_path)
            dovecot.place("support", [mail(1)])
            batch = next(desk.box.batches(desk.known))
            dovecot.place("support", [mail(2)])
            dovecot.doveadm("flags", "add", "-u", "support", "\\Deleted", "mailbox", "INBOX", "uid", "2")
            desk.box.done(batch)
            assert flags(dovecot) == ["\\Deleted"]
            assert dovecot.count("support", "Processed") == 1
            desk.box.close()

    def test_without_uidplus_marks_and_copies_once(self, tmp_path: Path) -> None:
        with Dovecot(extra="imap_capability = IMAP4rev1 AUTH=PLAIN") as dovecot:
            desk = Desk(dovecot, tmp_path)
            dovecot.place("support", [mail(1)])
            assert len(desk.receive()) == 1
            desk.restart()
            assert desk.receive() == []
            assert flags(dovecot) == ["\\Deleted"]
            assert dovecot.count("support", "Processed") == 1
            assert "no IDLE, no MOVE, no UIDPLUS" in check(desk.section, PASSWORD)
            desk.box.close()

    def test_an_expunge_lost_in_a_crash_is_made_up_for(self, tmp_path: Path) -> None:
        with Dovecot(extra="imap_capability = IMAP4rev1 AUTH=PLAIN UIDPLUS") as dovecot:
            desk = Desk(dovecot, tmp_path)
            dovecot.place("support", [mail(1)])
            desk.receive(crash_before_done=True)
            dovecot.doveadm("copy", "-u", "support", "Processed", "mailbox", "INBOX", "all")
            dovecot.doveadm("flags", "add", "-u", "support", "\\Deleted", "mailbox", "INBOX", "all")
            desk.restart()
            assert desk.receive() == []
            assert dovecot.count("support") == 0
            assert dovecot.count("support", "Processed") == 1
            desk.box.close()


def test_a_new_uidvalidity_means_a_full_rescan(dovecot: Dovecot, tmp_path: Path) -> None:
    desk = Desk(dovecot, tmp_path, done="keep")
    dovecot.place("support", [mail(1), mail(2)])
    before = desk.receive()
    dovecot.doveadm("mailbox", "update", "-u", "support", "--uid-validity", "4711", "INBOX")
    with pytest.raises(MailboxDown):  # Dovecot ends the session
        desk.receive()
    after = desk.receive()
    assert [arrival.raw for arrival in after] == [arrival.raw for arrival in before]
    assert all(arrival.key.startswith("4711:") for arrival in after)
    desk.box.close()


class TestSecurity:
    def test_an_unknown_certificate_is_refused(self, dovecot: Dovecot, tmp_path: Path) -> None:
        desk = Desk(dovecot, tmp_path, ca_file=None)
        with pytest.raises(MailboxDown, match="certificate verify failed"):
            desk.receive()
        assert "Login" not in dovecot.log()

    def test_a_certificate_of_another_name_is_refused(self, dovecot: Dovecot, tmp_path: Path) -> None:
        desk = Desk(dovecot, tmp_path, host="127.0.0.2")
        with pytest.raises(MailboxDown):
            desk.receive()

    def test_starttls(self, dovecot: Dovecot, tmp_path: Path) -> None:
        desk = Desk(dovecot, tmp_path, port=dovecot.imap_port, security="starttls")
        dovecot.place("support", [mail(1)])
        assert len(desk.receive()) == 1
        assert "TLS, session" in dovecot.log()
        desk.box.close()

    def test_a_wrong_password_is_one_line_without_it(self, dovecot: Dovecot, tmp_path: Path) -> None:
        desk = Desk(dovecot, tmp_path)
        with pytest.raises(MailboxDown) as down:
            check(desk.section, "not this")
        assert "AUTHENTICATIONFAILED" in str(down.value) and "not this" not in str(down.value)

    def test_check_tells_what_it_saw(self, dovecot: Dovecot, tmp_path: Path) -> None:
        dovecot.place("support", [mail(1)])
        desk = Desk(dovecot, tmp_path)
        assert check(desk.section, PASSWORD) == (
            f"localhost:{dovecot.imaps_port}: TLSv1.3, IDLE, MOVE, UIDPLUS; INBOX holds 1 mails"
        )

    def test_check_of_a_folder_that_is_missing(self, dovecot: Dovecot, tmp_path: Path) -> None:
        desk = Desk(dovecot, tmp_path, folder="Nowhere")
        with pytest.raises(MailboxDown, match="Nowhere"):
            check(desk.section, PASSWORD)


class TestWaiting:
    def test_idle_notices_a_mail_at_once(self, dovecot: Dovecot, desk: Desk) -> None:
        desk.receive()
        threading.Timer(0.3, dovecot.deliver, ("support", mail(1))).start()
        began = time.monotonic()
        assert desk.box.wait(30)
        assert time.monotonic() - began < 3
        assert len(desk.receive()) == 1

    def test_a_mail_that_arrived_before_the_wait_is_not_slept_over(self, dovecot: Dovecot, desk: Desk) -> None:
        dovecot.place("support", [mail(1)])
        batches = desk.box.batches(desk.known)
        batch = next(batches)
        dovecot.deliver("support", mail(2))
        desk.box.done(batch)
        assert list(batches) == []
        began = time.monotonic()
        assert desk.box.wait(30)
        assert time.monotonic() - began < 3

    def test_nothing_arrives(self, dovecot: Dovecot, desk: Desk) -> None:
        desk.receive()
        assert not desk.box.wait(0.5)
        assert desk.receive() == []

    def test_wake_ends_it_from_another_thread(self, dovecot: Dovecot, desk: Desk) -> None:
        desk.receive()
        threading.Timer(0.3, desk.box.wake).start()
        began = time.monotonic()
        assert not desk.box.wait(30)
        assert time.monotonic() - began < 2

    def test_a_server_that_goes_away_is_noticed_and_found_again(self, dovecot: Dovecot, desk: Desk) -> None:
        desk.receive()
        killing = threading.Timer(0.3, dovecot.kill)
        killing.start()
        with pytest.raises(MailboxDown):
            desk.box.wait(30)
        killing.join()
        with pytest.raises(MailboxDown):
            desk.receive()
        dovecot.start()
        dovecot.place("support", [mail(1)])
        assert len(desk.receive()) == 1


def test_a_person_reading_meanwhile_is_not_disturbed(dovecot: Dovecot, desk: Desk) -> None:
    dovecot.place("support", [mail(1)])
    person = imaplib.IMAP4("127.0.0.1", dovecot.imap_port)
    person.login("support", PASSWORD)
    person.select("INBOX")
    person.store("1", "+FLAGS", "\\Flagged")
    assert len(desk.receive()) == 1
    assert "\\Flagged" in flags(dovecot, "Processed")[0]
    assert "\\Seen" not in flags(dovecot, "Processed")[0]
    person.logout()


def test_where_mails_can_not_be_moved_new_ones_are_taken_in_all_the_same(dovecot: Dovecot, tmp_path: Path) -> None:
    desk = Desk(dovecot, tmp_path, done={"move": "Full"})
    for number in range(12):  # more than one batch
        dovecot.deliver("support", mail(number))
    with pytest.raises(MailboxDown):
        for batch in desk.box.batches(desk.known):
            desk.known.keys |= {arrival.key for arrival in batch}
            dovecot.doveadm("mailbox", "delete", "-u", "support", "Full")
            desk.box.done(batch)
    for _ in range(2):
        with pytest.raises(MailboxDown):
            with_the_folder_gone(desk, dovecot)
    desk.box.close()
    assert len(desk.known.keys) == 12


def with_the_folder_gone(desk: Desk, dovecot: Dovecot) -> None:
    """A pass in which every move fails."""
    for batch in desk.box.batches(gone(desk, dovecot)):
        desk.known.keys |= {arrival.key for arrival in batch}
        desk.box.done(batch)


def gone(desk: Desk, dovecot: Dovecot) -> Known:
    """What is known, asked for after the folder was removed again."""

    class Asked(Known):
        def __call__(self, keys: Collection[str]) -> set[str]:
            folders = dovecot.doveadm("mailbox", "list", "-u", "support").split()
            if "Full" in folders:
                dovecot.doveadm("mailbox", "delete", "-u", "support", "Full")
            return desk.known(keys)

    return Asked()
