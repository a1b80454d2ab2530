"""The raw mails, each kept once under the sha256 of its bytes: in a folder, or wherever fsspec reaches."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

from mail_daemon.store.engine import one_line
from mail_daemon.store.errors import BlobMissing, BlobsDown, StoreDown

_SWEEP = 500  # keys asked about at a time


class Place(Protocol):
    """Where blobs lie under their keys. Thread-safe; raises `faults` when it can't be reached or is full."""

    faults: tuple[type[Exception], ...]

    def write(self, blobs: Sequence[tuple[str, bytes | Path]]) -> None:
        """Makes blobs durable; one that is there becomes as young as a new one."""

    def read(self, key: str) -> bytes:
        """Raises FileNotFoundError."""

    def path(self, key: str) -> Path | None:
        """The file that holds the blob, where files do."""

    def delete(self, key: str) -> None:
        """Removes a blob, if it is there."""

    def older(self, than: datetime) -> Iterator[str]:
        """Keys of the blobs last written before then."""

    def delete_older(self, key: str, than: datetime) -> bool:
        """Removes a blob unless it was written again since; tells whether it did."""

    def tidy(self, than: datetime) -> None:
        """Removes what writes that never ended left before then."""


class Blobs:
    """The blobs behind `url`: `file:PATH`, where a relative path starts at `base`, or `s3://...` by fsspec.

    Thread-safe. Every method raises BlobsDown when they can't be reached or their disk is full.
    """

    def __init__(self, url: str, base: Path) -> None:
        self._place = _open(url, base)
        folder = base / url.removeprefix("file:").removeprefix("//")
        self._named = f"blobs in {folder}" if url.startswith("file:") else "blobs"  # another URL may hold a secret

    def put(self, raw: bytes) -> str:
        """Makes the bytes durable and returns their key."""
        return self.put_many([raw])[0]

    def put_file(self, path: Path) -> str:
        """Makes a copy of the file durable, read in parts, and returns its key."""
        return self.put_many([path])[0]

    def put_many(self, sources: Sequence[bytes | Path]) -> list[str]:
        """Makes bytes and copies of files durable and returns their keys in order."""
        with self._faults_named():
            keys = [_key(source) for source in sources]
            self._place.write([*dict(zip(keys, sources, strict=True)).items()])
            return keys

    def get(self, key: str) -> bytes:
        """The bytes. Raises BlobMissing."""
        with self._faults_named():
            try:
                return self._place.read(key)
            except FileNotFoundError as error:
                raise BlobMissing(f"the blob {key} is missing") from error

    def path(self, key: str) -> Path | None:
        """The file that holds the bytes, to be read only; None where they lie in no folder of ours."""
        with self._faults_named():
            return self._place.path(key)

    def delete(self, key: str) -> None:
        """Removes a blob; one that is not there is no error."""
        with self._faults_named():
            self._place.delete(key)

    def sweep(self, older_than: datetime, in_use: Callable[[Collection[str]], set[str]]) -> int:
        """Removes blobs that were last put before `older_than` and that nothing uses; returns how many.

        `in_use` tells which of the given keys are used. The age must exceed the longest time from a `put`
        to the commit of the row that uses it.
        """
        with self._faults_named():
            self._place.tidy(older_than)
            return sum(
                self._place.delete_older(key, older_than)
                for keys in _parts(self._place.older(older_than))
                for key in sorted(set(keys) - in_use(keys))
            )

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        try:
            yield
        except (BlobsDown, StoreDown):
            raise
        except self._place.faults as error:
            raise BlobsDown(f"{self._named}: {one_line(error)}") from error


def _open(url: str, base: Path) -> Place:
    if url.startswith("file:"):
        from mail_daemon.store.blobs_folder import Folder

        return Folder(base / url.removeprefix("file:").removeprefix("//"))
    if "://" in url:
        # Imported here since fsspec costs memory that most installations have no use for.
        from mail_daemon.store.blobs_remote import Remote

        return Remote(url)
    raise ValueError(f"{url!r} is no place for blobs; write file:var/blobs or s3://bucket/folder")


def _key(source: bytes | Path) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parts(keys: Iterator[str]) -> Iterator[list[str]]:
    while some := list(islice(keys, _SWEEP)):
        yield some
