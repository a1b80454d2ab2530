"""Blobs are whole or not there, kept once, and outlive every sweep as long as anything uses them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import resource
import threading
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mail_daemon.store.blobs import Blobs
from mail_daemon.store.errors import BlobMissing, BlobsDown, StoreDown

HOUR = timedelta(hours=1)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs("file:var/blobs", tmp_path)


@pytest.fixture(params=["file", "memory"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """Blobs in a folder, and in an object store as fsspec shows it."""
    url = "file:var/blobs" if request.param == "file" else f"memory://{uuid.uuid4()}/mails"
    return Blobs(url, tmp_path)


def nothing(keys: Collection[str]) -> set[str]:
    return set()


def soon() -> datetime:
    """A moment after everything that the test has written."""
    return datetime.now(UTC) + HOUR


def age(path: Path) -> None:
    """Makes a file two hours old."""
    then = datetime.now(UTC).timestamp() - 7200
    os.utime(path, (then, then))


def files(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file() and path.name != "lock")


@contextmanager
def no_file_grows_beyond(size: int) -> Iterator[None]:
    """As on a full disk: a write beyond `size` bytes fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_bytes_come_back_by_the_sha256_of_them(either: Blobs) -> None:
    key = either.put(b"a mail\r\n")
    assert key == hashlib.sha256(b"a mail\r\n").hexdigest()
    assert either.get(key) == b"a mail\r\n"


def test_bytes_and_files_go_in_together(either: Blobs, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.write_bytes(b"x" * 3_000_000)
    one, other, again, empty = either.put_many([b"one", spool, b"one", b""])
    assert one == again
    assert (either.get(one), either.get(other), either.get(empty)) == (b"one", b"x" * 3_000_000, b"")
    assert either.put_file(spool) == other
    assert spool.exists()
    assert either.put_many([]) == []


def test_a_missing_blob_is_told_from_a_store_that_is_down(either: Blobs) -> None:
    key = either.put(b"x")
    either.delete(key)
    either.delete(key)
    with pytest.raises(BlobMissing, match=key):
        either.get(key)


def test_a_sweep_removes_what_is_old_and_unused(either: Blobs) -> None:
    used, unused = either.put(b"used"), either.put(b"unused")
    assert either.sweep(datetime.now(UTC) - HOUR, nothing) == 0
    assert either.sweep(soon(), lambda keys: {used} & set(keys)) == 1
    assert either.get(used) == b"used"
    with pytest.raises(BlobMissing):
        either.get(unused)


def test_a_sweep_of_nothing_is_no_fault(either: Blobs) -> None:
    assert either.sweep(soon(), nothing) == 0


def test_a_sweep_that_can_not_ask_the_database_removes_nothing(either: Blobs) -> None:
    def down(keys: Collection[str]) -> set[str]:
        raise StoreDown("database is locked")

    key = either.put(b"x")
    with pytest.raises(StoreDown):
        either.sweep(soon(), down)
    assert either.get(key) == b"x"


def test_a_folder_keeps_equal_bytes_once_in_a_file_to_be_read(blobs: Blobs, tmp_path: Path) -> None:
    key = blobs.put(b"a mail")
    blobs.put(b"a mail")
    path = blobs.path(key)
    assert path == tmp_path / "var/blobs" / key[0] / f"{key}.eml"
    assert path.read_bytes() == b"a mail"
    assert files(tmp_path) == [f"{key}.eml"]
    assert path.stat().st_mode & 0o077 == 0


def test_an_object_store_has_no_files(tmp_path: Path) -> None:
    remote = Blobs("memory://test/mails", tmp_path)
    assert remote.path(remote.put(b"x")) is None


def test_everything_is_synced_before_put_returns(blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file before it gets its name, and each folder once, after all names."""
    blobs.put(b"the folders are there now")
    synced: list[str] = []

    def fsync(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        synced.append("file" if path.parent.name == "tmp" else path.name)
        real(handle)

    real = os.fsync
    monkeypatch.setattr(os, "fsync", fsync)
    keys = blobs.put_many([b"one", b"two", b"three"])
    assert synced[:3] == ["file"] * 3
    assert sorted(synced[3:]) == sorted({key[0] for key in keys})
    synced.clear()
    blobs.put(b"one")
    assert synced == [keys[0][0]]


def test_a_full_disk_leaves_nothing_half_written_and_heals(blobs: Blobs, tmp_path: Path) -> None:
    small, large = b"small", b"x" * 200_000
    with no_file_grows_beyond(100_000), pytest.raises(BlobsDown, match=r"^[^\n]+$"):
        blobs.put_many([small, large])
    assert files(tmp_path) == []
    keys = blobs.put_many([small, large])
    assert [blobs.get(key) for key in keys] == [small, large]


def test_a_folder_that_was_taken_away_is_made_again(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put(b"x")
    (tmp_path / "var/blobs").rename(tmp_path / "elsewhere")
    with pytest.raises(BlobsDown):
        blobs.put(b"y")
    assert blobs.get(blobs.put(b"y")) == b"y"


def test_a_place_that_can_not_be_written_is_down(tmp_path: Path) -> None:
    (tmp_path / "var").write_bytes(b"a file, not a folder")
    with pytest.raises(BlobsDown):
        Blobs("file:var/blobs", tmp_path).put(b"x")


@pytest.mark.parametrize("url", ["", "var/blobs", "/var/blobs", "s3:bucket"])
def test_a_url_of_no_known_form_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ValueError, match=r"write file:var/blobs or s3://"):
        Blobs(url, Path())


@pytest.mark.parametrize("form", ["file:{}/b", "file://{}/b"])
def test_an_absolute_url_ignores_the_config_folder(form: str, tmp_path: Path) -> None:
    blobs = Blobs(form.format(tmp_path), Path("/nowhere"))
    path = blobs.path(blobs.put(b"x"))
    assert path is not None
    assert path.is_relative_to(tmp_path)


def test_a_sweep_clears_away_what_a_crash_left_half_written(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put(b"x")
    old, young = tmp_path / "var/blobs/tmp/old", tmp_path / "var/blobs/tmp/young"
    for path in (old, young):
        path.write_bytes(b"half")
    age(old)
    blobs.sweep(datetime.now(UTC) - HOUR, nothing)
    assert (old.exists(), young.exists()) == (False, True)


def test_putting_a_blob_again_makes_it_young(blobs: Blobs) -> None:
    path = blobs.path(blobs.put(b"x"))
    assert path
    age(path)
    blobs.put(b"x")
    assert blobs.sweep(datetime.now(UTC) - HOUR, nothing) == 0
    assert path.exists()


def test_a_blob_that_is_put_again_in_the_middle_of_a_sweep_survives_it(blobs: Blobs) -> None:
    """The sweep has found it old and the database has said that nothing uses it; then the same mail comes."""
    path = blobs.path(blobs.put(b"x"))
    assert path
    age(path)

    def mail_comes_meanwhile(keys: Collection[str]) -> set[str]:
        blobs.put(b"x")
        return set()

    assert blobs.sweep(datetime.now(UTC) - HOUR, mail_comes_meanwhile) == 0
    assert path.read_bytes() == b"x"


def test_a_put_that_finds_a_blob_and_its_removal_exclude_each_other(blobs: Blobs, tmp_path: Path) -> None:
    """While a sweep looks and removes, a put waits; it then finds nothing, and writes the blob anew."""
    path = blobs.path(blobs.put(b"x"))
    assert path
    with (tmp_path / "var/blobs/lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as the sweep holds it
        putting = threading.Thread(target=blobs.put, args=(b"x",))
        putting.start()
        putting.join(0.2)
        assert putting.is_alive()
        path.unlink()
    putting.join(5)
    assert path.read_bytes() == b"x"


def test_many_threads_put_the_same_and_other_mails_while_sweeps_run(blobs: Blobs) -> None:
    mails = [f"mail {number}".encode() for number in range(20)]
    missing: list[str] = []

    def put_all() -> None:
        for key in blobs.put_many(mails):
            path = blobs.path(key)
            if path is None or not path.exists():
                missing.append(key)

    threads = [threading.Thread(target=put_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        blobs.sweep(datetime.now(UTC) - HOUR, nothing)
    assert missing == []
