"""Bounds on what a batch holds, and how a refused size is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_daemon.mailboxes.base import MailboxDown
from mail_daemon.mailboxes.imap.fetch import uid_set
from mail_daemon.mailboxes.size import BATCH_BYTES, grouped, spooling, sweep, too_large


@dataclass(frozen=True)
class Mail:
    size: int


@given(st.lists(st.integers(0, 20_000_000).map(Mail)))
def test_groups_keep_every_mail_in_order_and_stay_in_bounds(mails: list[Mail]) -> None:
    groups = grouped(mails)
    assert [mail for group in groups for mail in group] == mails
    for group in groups:
        assert len(group) == 1 or sum(mail.size for mail in group) <= BATCH_BYTES


@given(st.sets(st.integers(1, 2**32)))
def test_a_uid_set_names_each_uid_once(uids: set[int]) -> None:
    named: list[int] = []
    for part in filter(None, uid_set(sorted(uids)).split(",")):
        first, _, last = part.partition(":")
        named.extend(range(int(first), int(last or first) + 1))
    assert named == sorted(uids)


def test_runs_of_uids_are_written_short() -> None:
    assert uid_set([1, 2, 3, 7, 9, 10]) == "1:3,7,9:10"


def test_a_size_is_told_in_megabytes() -> None:
    assert too_large(60_000_000, 50_000_000) == "60 MB, the limit is 50 MB"
    assert too_large(2_540_000_000, 50_000_000) == "2,540 MB, the limit is 50 MB"


def test_a_size_just_over_the_limit_is_told_in_bytes() -> None:
    assert too_large(50_000_001, 50_000_000) == "50,000,001 bytes, the limit is 50,000,000"


def test_a_spool_folder_is_private_and_emptied(tmp_path: Path) -> None:
    spool = tmp_path / "var" / "spool"
    sweep(spool)
    assert spool.stat().st_mode & 0o777 == 0o700
    (spool / "7-1.eml").touch()
    sweep(spool)
    assert not list(spool.iterdir())


def test_a_full_disk_is_named_by_its_folder(tmp_path: Path) -> None:
    def write() -> None:
        with spooling(tmp_path / "spool"), Path("/dev/full").open("wb") as file:
            file.write(b"x")

    with pytest.raises(MailboxDown) as down:
        write()
    assert str(down.value) == f"{tmp_path}/spool: No space left on device"
