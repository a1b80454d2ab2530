"""Read: each mail is read with what the desk knows of its own servers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import cast

from mail_daemon.stages.read import read
from mail_daemon.store.blobs import Blobs
from mail_daemon.store.rows_inbound import Claimed
from parsers.mail import Mail
from parsers.sandbox import Failure, Job, Reader, read_mail
from tests.office import HOUR, NOW, desk

RAW = b"""Received: from client.acme.example by mx.desk.example; Wed, 25 Nov 2026 11:32:00 +0000
Authentication-Results: mx.desk.example; dmarc=pass header.from=acme.example
From: cy@acme.example

Hello
"""


class InProcess:
    """Reads as the child does, without one."""

    def submit(self, batch: Sequence[Job]) -> Future[list[Mail | Failure]]:
        future: Future[list[Mail | Failure]] = Future()
        future.set_result([read_mail(Path(job.path or "").read_bytes(), job) for job in batch])
        return future


def test_our_own_servers_are_believed_and_nobody_else(tmp_path: Path) -> None:
    blobs = Blobs("file:blobs", tmp_path)
    claimed = Claimed(1, 1, blobs.put(RAW), len(RAW), NOW, "support", None, None)
    ours = {"authserv_ids": ("mx.desk.example",), "received_from": ("mx.desk.example",)}
    told = []
    for trusted in (desk({"trusted": ours}).trusted, desk().trusted):
        (mail,) = read(cast(Reader, InProcess()), blobs, [claimed], trusted=trusted).result()
        assert isinstance(mail, Mail)
        told.append((mail.dispatched, mail.authentication.dmarc))
    assert told == [(NOW - 3 * HOUR, "pass"), (None, "none")]
