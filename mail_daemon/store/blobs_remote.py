"""Blobs in an object store, durable when it has confirmed the PUT."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import fsspec


class Remote:
    """`root/ab/abcd....eml` behind any URL of fsspec whose store needs no folders to be made.

    Credentials come from where the store's own library looks for them.
    """

    faults: tuple[type[Exception], ...] = (Exception,)  # each store's library has its own

    def __init__(self, url: str) -> None:
        self._files, self._root = fsspec.core.url_to_fs(url.rstrip("/"))

    def write(self, blobs: Sequence[tuple[str, bytes | Path]]) -> None:
        # Also what is there is written again: this alone makes it young in every store.
        self._files.pipe({self._name(key): raw for key, raw in blobs if isinstance(raw, bytes)})
        for key, source in blobs:
            if isinstance(source, Path):
                self._files.put_file(f"{source}", self._name(key))

    def read(self, key: str) -> bytes:
        return bytes(self._files.cat_file(self._name(key)))

    def path(self, key: str) -> None:
        return None

    def delete(self, key: str) -> None:
        if self._files.exists(self._name(key)):
            self._files.rm_file(self._name(key))

    def older(self, than: datetime) -> Iterator[str]:
        self._files.invalidate_cache()
        for digit in "0123456789abcdef":
            for name in self._files.find(f"{self._root}/{digit}"):
                if self._files.modified(name) < than:
                    yield name.rpartition("/")[2].removesuffix(".eml")

    def delete_older(self, key: str, than: datetime) -> bool:
        """No store has a lock to hold: a write in the instant between the look and the deed is lost."""
        self._files.invalidate_cache()
        old = bool(self._files.modified(self._name(key)) < than)
        if old:
            self._files.rm_file(self._name(key))
        return old

    def tidy(self, than: datetime) -> None:
        """A PUT is whole or nothing."""

    def _name(self, key: str) -> str:
        return f"{self._root}/{key[0]}/{key}.eml"
