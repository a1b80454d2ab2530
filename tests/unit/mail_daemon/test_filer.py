"""The filer: batches in order, suspects alone, poison into quarantine, and nothing lost when something is down."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn, cast

import pytest

from mail_daemon import filer
from mail_daemon.filer import Filer
from mail_daemon.mailboxes.base import Arrival
from mail_daemon.stages.receive import receive
from mail_daemon.store.blobs import Blobs
from mail_daemon.store.errors import BlobsDown, StoreDown
from mail_daemon.store.rows_inbound import Claimed, Inbound
from parsers.mail import Mail
from parsers.sandbox import Failure, Reader, ReadingDown
from tests.fakes import FailingStore, FakeReader, as_written
from tests.office import DAY, HOUR, Office, desk
from tests.written import mail


class Away(Blobs):
    """Blobs that are not on this machine, and can't be reached while `down`."""

    down = True

    def path(self, key: str) -> Path | None:
        return None

    def get(self, key: str) -> bytes:
        if self.down:
            raise BlobsDown("the object store does not answer")
        return super().get(key)


class Bench:
    """A filer with what it works on; `office.now` is its clock."""

    def __init__(self, folder: Path, *, blobs: type[Blobs] = Blobs) -> None:
        self.store = FailingStore("sqlite:///mail-daemon.db", base=folder)
        self.office = Office(self.store, desk())
        self.blobs = blobs("file:blobs", folder)
        self.reader = FakeReader()
        self.filed: list[int] = []  # tickets in the database, after each commit
        self.filer = self.again()

    def again(self) -> Filer:
        """A filer as after a restart."""
        return Filer(
            self.store,
            self.blobs,
            cast(Reader, self.reader),
            desk=lambda: self.office.desk,
            clock=lambda: self.office.now,
            filed=lambda: self.filed.append(len(self.office.tickets())),
        )

    def receive(self, *texts: str) -> None:
        raws = [f"From: cy@acme.example\n\n{text}".encode() for text in texts]
        batch = [Arrival("support", str(hash(raw)), self.office.now, len(raw), raw) for raw in raws]
        receive(self.store, self.blobs, batch, now=self.office.now)

    def run(self) -> None:
        """Until nothing more is due."""
        while self.filer.step():
            pass

    def mail(self, number: int) -> Inbound:
        with self.store.read() as work:
            found = work.inbound.get(number)
        assert found is not None
        return found

    def states(self) -> list[str]:
        with self.store.read() as work:
            rows = [work.inbound.get(number) for number in range(1, 1000)]
        return [row.state for row in rows if row]

    def overtake(self) -> None:
        """Another process, for which the claim on the first mail has run out, finishes with it."""
        with self.store.begin() as work:
            first = work.inbound.get(1)
            assert first is not None
            held = Claimed(1, first.attempts, first.blob, first.size, first.received, "support", None, None)
            work.inbound.quarantine(held, reason="theirs")


@pytest.fixture
def bench(store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Files ten mails a commit."""
    monkeypatch.setattr(filer, "_BATCH", 10)
    return Bench(tmp_path)


def numbered(count: int) -> list[str]:
    return [f"mail {number}" for number in range(1, count + 1)]


def failing(raw: bytes) -> Mail | Failure:
    return Failure("ValueError: no", "Traceback: here") if raw.endswith(b"poison") else as_written(raw)


# --- the ordinary day -------------------------------------------------------------------------------------


def test_mails_are_filed_in_order_of_receipt(bench: Bench) -> None:
    bench.receive(*numbered(5))
    bench.run()
    assert [bench.office.messages(ticket.id)[0].text for ticket in bench.office.tickets()] == numbered(5)


def test_nothing_to_do_is_told(bench: Bench) -> None:
    assert bench.filer.step() is False
    bench.receive("a")
    assert bench.filer.step() is True
    assert bench.filer.step() is False
    assert bench.filed == [1]


def test_mails_share_a_commit_and_the_next_are_read_meanwhile(bench: Bench) -> None:
    bench.receive(*numbered(25))
    assert bench.filer.step()
    assert bench.filed == [10]
    assert [len(batch) for batch in bench.reader.batches] == [10, 10]
    bench.run()
    assert bench.filed == [10, 20, 25]


def test_the_deliverer_is_called_after_the_commit(bench: Bench) -> None:
    bench.receive("a", "b")
    bench.run()
    assert bench.filed == [2]


def test_a_desk_that_was_replaced_is_in_force_at_once(bench: Bench) -> None:
    bench.receive("a")
    bench.run()
    bench.office.desk = desk(agents=())
    bench.receive("b")
    bench.run()
    assert [letter.letter for letter in bench.office.letters()] == ["acknowledgement", "notice", "acknowledgement"]


# --- mails that can't be read or filed --------------------------------------------------------------------


def test_the_third_failure_ends_in_quarantine_with_its_traceback(bench: Bench) -> None:
    bench.reader.read = failing
    bench.receive("a", "poison", "b")
    for attempt in (1, 2, 3):
        bench.run()
        assert bench.mail(2).attempts == attempt
        bench.office.now += HOUR
    bench.run()
    assert bench.states() == ["filed", "quarantined", "filed"]
    poison = bench.mail(2)
    assert (poison.reason, poison.traceback) == ("ValueError: no", "Traceback: here")
    assert bench.reader.batches == [[1, 2, 3], [2], [2]]


def test_a_failure_is_tried_again_after_a_pause_only(bench: Bench) -> None:
    bench.reader.read = failing
    bench.receive("poison")
    bench.run()
    assert bench.filer.step() is False
    assert bench.mail(1).reason == "ValueError: no"
    bench.office.now += HOUR
    assert bench.filer.step() is True


def test_a_mail_that_can_be_read_at_the_second_try_is_filed(bench: Bench) -> None:
    bench.reader.read = failing
    bench.receive("poison")
    bench.run()
    bench.reader.read = as_written
    bench.office.now += HOUR
    bench.run()
    assert bench.states() == ["filed"]


def test_a_defect_in_filing_touches_its_own_mail_alone(bench: Bench) -> None:
    bench.reader.read = lambda raw: mail(text=None, message_id=None) if raw.endswith(b"poison") else as_written(raw)
    bench.receive("a", "poison", "b")
    for _ in range(3):
        bench.run()
        bench.office.now += HOUR
    assert bench.states() == ["filed", "quarantined", "filed"]
    assert len(bench.office.tickets()) == 2
    assert "Traceback (most recent call last)" in (bench.mail(2).traceback or "")


def test_a_mail_that_was_tried_before_is_read_alone(bench: Bench) -> None:
    bench.reader.read = failing
    bench.receive("poison")
    bench.run()
    bench.office.now += HOUR
    bench.receive(*numbered(3))
    bench.filer.step()
    assert bench.reader.batches == [[1], [1]]  # while it is read, no other mail is at stake
    bench.run()
    assert bench.reader.batches == [[1], [1], [2, 3, 4]]


def test_a_suspect_in_the_middle_parts_the_batch(bench: Bench) -> None:
    bench.reader.read = failing
    bench.receive("a", "poison")
    with bench.store.begin() as work:  # the first mail waits
        (first, _) = work.inbound.claim(now=bench.office.now, until=bench.office.now + DAY, limit=2)
        work.inbound.reclaim()
        work.inbound.release([first])
    bench.receive("b", "c")
    bench.run()
    assert bench.reader.batches == [[1], [2], [3, 4]]


def test_a_mail_that_ends_the_daemon_three_times_is_not_read_a_fourth_time(bench: Bench) -> None:
    bench.receive("killer", "after")

    def die() -> None:
        raise KeyboardInterrupt  # as good as SIGKILL: nothing in the filer catches it

    bench.reader.before = die
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            bench.again().step()
        with bench.store.begin() as work:
            work.inbound.reclaim()
    bench.reader.before = lambda: None
    bench.run()
    assert bench.mail(1).state == "quarantined"
    assert bench.mail(1).reason == "reading it ended the daemon 3 times"
    assert bench.mail(2).state == "filed"
    assert bench.reader.batches[3:] == [[2]]


# --- something is down ------------------------------------------------------------------------------------


def test_when_the_commit_fails_the_same_batch_is_filed_again_once(bench: Bench) -> None:
    bench.receive(*numbered(3))
    bench.filer.step()
    bench.receive("later")
    with bench.store.begin():
        pass
    bench.reader.before = lambda: setattr(bench.store, "failing", 1)  # the claim is committed, the filing is not
    with pytest.raises(StoreDown):
        bench.filer.step()
    bench.reader.before = lambda: None
    assert len(bench.office.tickets()) == 3
    bench.run()
    assert len(bench.office.tickets()) == 4
    assert bench.mail(4).attempts == 1
    assert bench.reader.batches == [[1, 2, 3], [4]]


def test_a_store_that_goes_down_in_the_middle_is_no_mails_fault(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object, **__: object) -> NoReturn:
        raise StoreDown("the server closed the connection")

    bench.receive(*numbered(3))
    with monkeypatch.context() as patch:
        patch.setattr(filer, "file_mail", down)
        for _ in range(5):
            with pytest.raises(StoreDown):
                bench.filer.step()
    bench.run()
    assert bench.states() == ["filed"] * 3
    assert bench.reader.batches == [[1, 2, 3]]


def test_mails_whose_claim_was_committed_without_our_hearing_of_it_are_claimed_again(bench: Bench) -> None:
    bench.receive(*numbered(3))
    bench.store.losing = 1
    with pytest.raises(StoreDown):
        bench.filer.step()
    bench.run()
    assert bench.states() == ["filed"] * 3
    assert len(bench.office.tickets()) == 3


def test_mails_whose_filing_was_committed_without_our_hearing_of_it_are_not_filed_twice(bench: Bench) -> None:
    bench.receive(*numbered(3))
    bench.reader.before = lambda: setattr(bench.store, "losing", 1)
    with pytest.raises(StoreDown):
        bench.filer.step()
    bench.reader.before = lambda: None
    bench.run()
    assert bench.states() == ["filed"] * 3
    assert len(bench.office.tickets()) == 3
    assert len(bench.office.letters()) == 6


def test_no_letter_is_announced_that_is_not_committed(bench: Bench) -> None:
    bench.receive("a")
    bench.reader.before = lambda: setattr(bench.store, "failing", 1)
    with pytest.raises(StoreDown):
        bench.filer.step()
    assert bench.filed == []
    assert bench.office.letters() == []


def test_when_no_child_starts_no_mail_is_to_blame(bench: Bench) -> None:
    def down(raw: bytes) -> Mail:
        raise ReadingDown("the process that reads mails does not start")

    bench.receive(*numbered(3))
    bench.reader.read = down
    for _ in range(5):
        with pytest.raises(ReadingDown):
            bench.filer.step()
    assert {bench.mail(number).attempts for number in (1, 2, 3)} == {0}
    bench.reader.read = as_written
    bench.run()
    assert bench.states() == ["filed"] * 3


def test_when_the_blobs_are_away_no_mail_is_to_blame(store: Any, tmp_path: Path) -> None:
    bench = Bench(tmp_path, blobs=Away)
    bench.receive(*numbered(3))
    for _ in range(5):
        with pytest.raises(BlobsDown):
            bench.filer.step()
    assert {bench.mail(number).attempts for number in (1, 2, 3)} == {0}
    cast(Away, bench.blobs).down = False
    bench.run()
    assert bench.states() == ["filed"] * 3


def test_one_blob_that_is_missing_fails_its_mail_alone(store: Any, tmp_path: Path) -> None:
    bench = Bench(tmp_path, blobs=Away)
    cast(Away, bench.blobs).down = False
    bench.receive("a", "b")
    bench.blobs.delete(bench.mail(1).blob)
    for _ in range(3):
        bench.run()
        bench.office.now += HOUR
    assert bench.states() == ["quarantined", "filed"]
    assert "No such file" in (bench.mail(1).reason or "")


@pytest.mark.parametrize("read", [as_written, failing])
def test_a_mail_that_another_process_has_taken_over_is_left_to_it(bench: Bench, read: Any) -> None:
    bench.receive("poison", "b")
    bench.reader.read = read
    bench.reader.before = bench.overtake
    assert bench.filer.step() is True
    bench.reader.before = lambda: None
    assert bench.filer.step() is False
    assert (bench.mail(1).state, bench.mail(1).reason) == ("quarantined", "theirs")
    assert bench.mail(2).state == "filed"
    assert len(bench.office.tickets()) == 1


def test_a_graceful_stop_gives_back_what_is_not_filed_uncounted(bench: Bench) -> None:
    bench.receive(*numbered(25))
    bench.filer.step()
    bench.filer.release()
    assert bench.states() == ["filed"] * 10 + ["received"] * 15
    assert {bench.mail(number).attempts for number in range(11, 26)} == {0}
    assert {bench.mail(number).claimed_until for number in range(11, 26)} == {None}
    bench.filer = bench.again()
    bench.run()
    assert bench.states() == ["filed"] * 25


def test_a_volume_of_blobs_that_is_not_mounted_is_no_mails_fault(bench: Bench, tmp_path: Path) -> None:
    bench.receive("one", "two")
    (tmp_path / "blobs").rename(tmp_path / "elsewhere")
    for _ in range(5):
        with pytest.raises(BlobsDown):
            bench.filer.step()
        bench.office.now += HOUR
    assert bench.states() == ["received", "received"]
    (tmp_path / "elsewhere").rename(tmp_path / "blobs")
    bench.run()
    assert bench.states() == ["filed", "filed"]
