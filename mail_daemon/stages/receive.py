"""Receive: the bytes become durable, then their row; only after that may the mailbox be told anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mail_daemon.mailboxes.base import Arrival
from mail_daemon.store.blobs import Blobs
from mail_daemon.store.rows_inbound import NewInbound
from mail_daemon.store.store import Store
from parsers.fingerprint import fingerprint, fingerprint_file


def receive(store: Store, blobs: Blobs, batch: Sequence[Arrival], *, now: datetime) -> int:
    """Transaction 1. Returns how many of the mails were new; the others had come before.

    Raises BlobsDown or StoreDown, and then nothing is promised: the same mails are handed in again later.
    """
    keys = blobs.put_many([each.path if each.path else each.raw for each in batch])
    rows = [_row(arrival, blob) for arrival, blob in zip(batch, keys, strict=True)]
    with store.begin() as work:
        return work.inbound.add(rows, now=now)


def _row(arrival: Arrival, blob: str) -> NewInbound:
    return NewInbound(
        mailbox=arrival.mailbox,
        key=arrival.key,
        fingerprint=_fingerprint(arrival),
        blob=blob,
        size=arrival.size,
        received=arrival.received,
        envelope_sender=arrival.envelope_sender,
        refused=arrival.refused,
    )


def _fingerprint(arrival: Arrival) -> str:
    if arrival.path:
        return fingerprint_file(arrival.path, arrival.received)
    return fingerprint(arrival.raw, arrival.received)
