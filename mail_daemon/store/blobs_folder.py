"""Blobs in a folder, durable when `write` returns; fsspec's own local files are never synced."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

_AT_ONCE = 100  # files written before the first is synced, so that one flush of the disk serves them all
_CHUNK = 1_000_000  # bytes copied at a time


class Folder:
    """`root/a/abcd....eml`: 16 folders by the key's first digit; `root/tmp` for what is not whole.

    Each folder that gained a file costs a sync, so a batch shares a few; file systems hold millions in one.
    """

    faults: tuple[type[Exception], ...] = (OSError,)

    def __init__(self, root: Path) -> None:
        self._root = root
        self._ready = False
        self._mark = uuid4().hex  # no other process writes under our temporary names
        self._number = count()

    def write(self, blobs: Sequence[tuple[str, bytes | Path]]) -> None:
        try:
            self._prepare()
            for start in range(0, len(blobs), _AT_ONCE):
                self._write(blobs[start : start + _AT_ONCE])
        except OSError:
            self._ready = False  # perhaps somebody removed the folders
            raise

    def _prepare(self) -> None:
        """Makes the folders once, so that later only the folder of a new file needs a sync."""
        if self._ready:
            return
        for name in ("tmp", *"0123456789abcdef"):
            (self._root / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        (self._root / "lock").touch(mode=0o600)
        _sync(self._root)
        _sync(self._root.parent)
        self._ready = True

    def _write(self, blobs: Sequence[tuple[str, bytes | Path]]) -> None:
        with self._locked(fcntl.LOCK_SH):
            missing = [(key, source) for key, source in blobs if not self._renew(key)]
        self._write_new(missing)
        # Also of those that were there: another thread may have named one and not synced its folder yet.
        for folder in {self._path(key).parent for key, _ in blobs}:
            _sync(folder)

    def _renew(self, key: str) -> bool:
        """Makes a blob that is there as young as a new one, so that a sweep spares it."""
        try:
            os.utime(self._path(key))
        except FileNotFoundError:
            return False
        return True

    def _write_new(self, blobs: Sequence[tuple[str, bytes | Path]]) -> None:
        """Writes all, syncs all, names all: what bears a key is whole, whenever the power goes."""
        with ExitStack() as broken, ExitStack() as opened:
            written = []
            for key, source in blobs:
                temporary = self._root / "tmp" / f"{self._mark}-{next(self._number)}"
                handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                opened.callback(os.close, handle)
                broken.callback(temporary.unlink, missing_ok=True)
                written.append((handle, temporary, self._path(key)))
                _copy(source, handle)
            for handle, _, _ in written:
                os.fsync(handle)
            for _, temporary, target in written:
                temporary.rename(target)
            broken.pop_all()

    def read(self, key: str) -> bytes:
        return self._path(key).read_bytes()

    def path(self, key: str) -> Path:
        (self._root / "lock").stat()  # a volume that is not mounted must not look like a mail that is lost
        return self._path(key)

    def _path(self, key: str) -> Path:
        return self._root / key[0] / f"{key}.eml"

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def older(self, than: datetime) -> Iterator[str]:
        return (path.stem for path in self._root.glob("[0-9a-f]/*.eml") if _older(path, than))

    def delete_older(self, key: str, than: datetime) -> bool:
        # Under the lock, since a `write` that finds the blob between our look and our deed relies on it.
        with self._locked(fcntl.LOCK_EX):
            if not _older(self._path(key), than):
                return False
            self._path(key).unlink()
            return True

    def tidy(self, than: datetime) -> None:
        for path in self._root.glob("tmp/*"):
            if _older(path, than):
                path.unlink(missing_ok=True)

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Shared among those who write, exclusive for a sweep; across threads and processes alike."""
        with (self._root / "lock").open("rb") as file:
            fcntl.flock(file, how)
            yield


def _copy(source: bytes | Path, handle: int) -> None:
    if isinstance(source, bytes):
        _write(handle, source)
    else:
        with source.open("rb", buffering=0) as file:
            while chunk := file.read(_CHUNK):
                _write(handle, chunk)


def _write(handle: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _older(path: Path, than: datetime) -> bool:
    try:
        return path.stat().st_mtime < than.timestamp()
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
