"""Read: hands stored mails to the reading child."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

from mail_daemon.store.blobs import Blobs
from mail_daemon.store.errors import BlobMissing
from mail_daemon.store.rows_inbound import Claimed
from parsers.mail import Mail, Trusted
from parsers.sandbox import Failure, Job, Reader


def read(reader: Reader, blobs: Blobs, batch: Sequence[Claimed], *, trusted: Trusted) -> Future[list[Mail | Failure]]:
    """One result per mail, in order. A local blob is opened by the child; others go through the pipe."""
    return reader.submit([_job(blobs, claimed, trusted) for claimed in batch])


def _job(blobs: Blobs, claimed: Claimed, trusted: Trusted) -> Job:
    path, raw = blobs.path(claimed.blob), None
    if path is None:
        try:
            raw = blobs.get(claimed.blob)
        except BlobMissing:
            path = Path(claimed.blob)  # the child can't open it, so this mail fails alone, and the queue moves
    return Job(
        id=claimed.id,
        path=str(path) if path else None,
        raw=raw,
        envelope_sender=claimed.envelope_sender,
        trusted=trusted,
    )
