"""What we ask an IMAP folder for. Every answer is bounded by what was asked; nothing marks a mail as read."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imapclient.response_parser import parse_fetch_response

from mail_daemon.mailboxes.imap.connection import Client
from mail_daemon.mailboxes.size import HEADER, spooling

MOST = 1_000_000  # UIDs in one pass; beyond this a folder, or a server, is not sane
WINDOW = 10_000  # UIDs listed with one command: a line of 110 kB; imaplib takes 1 MB
PART = 256_000  # bytes of a large mail fetched with one command


@dataclass(frozen=True, slots=True)
class Facts:
    """What the server knows of a mail without its body; `size` in bytes may be an estimate."""

    uid: int
    size: int
    received: datetime | None
    flags: frozenset[bytes]  # in lower case


def select(client: Client, folder: str, *, readonly: bool) -> tuple[int, int]:
    """Opens a folder and returns its UIDVALIDITY and how many mails it holds."""
    client.wire.expect()
    said = client.select_folder(folder, readonly=readonly)
    client.wire.untagged_responses.pop("EXISTS", None)  # what comes later is news
    if b"UIDVALIDITY" not in said:
        raise client.wire.error(f"the server gives {folder} no UIDVALIDITY, so its mails can't be told apart")
    return int(said[b"UIDVALIDITY"]), int(said[b"EXISTS"])


def uids_after(client: Client, after: int, exists: int) -> list[int]:
    """The UIDs above `after`, in ascending order; read and unread mails alike.

    UIDs may lie far apart, so windows are cut by sequence number; from the top downwards, since a mail that
    somebody expunges meanwhile lowers the numbers above it, and none can slip past.
    """
    if not exists:
        return []
    found: set[int] = set()
    top: int | str = "*"
    for low in range(max(1, exists - WINDOW + 1), -WINDOW, -WINDOW):
        window = f"{max(1, low)}:{top}"
        listed = _search(client, window, f"UID {after + 1}:*")
        # RFC 3501 6.4.8: "n:*" always includes the last mail.
        part = {uid for uid in listed if uid > after}
        found |= part
        if len(found) > MOST:
            raise client.wire.error(f"more than {MOST:,} mails are new; move old ones to another folder")
        if len(part) < WINDOW or low <= 1:
            break
        top = low - 1
    return sorted(found)


def facts(client: Client, uids: Sequence[int]) -> list[Facts]:
    """What is known of these mails, in ascending order; those that have vanished are left out."""
    if not uids:
        return []
    client.wire.expect()
    answer = _fetch(client, uids, "(UID RFC822.SIZE INTERNALDATE FLAGS)")
    return [_facts(uid, answer[uid]) for uid in sorted(answer) if isinstance(answer[uid].get(b"RFC822.SIZE"), int)]


def bodies(client: Client, mails: Sequence[Facts]) -> dict[int, bytes]:
    """The raw bytes by UID; mails that have vanished, or that the server won't give, are left out."""
    if not mails:
        return {}
    client.wire.expect(sum(mail.size for mail in mails))
    answer = _fetch(client, [mail.uid for mail in mails], "(UID BODY.PEEK[])")
    return {uid: said[b"BODY[]"] for uid, said in answer.items() if isinstance(said.get(b"BODY[]"), bytes)}


def header(client: Client, uid: int) -> bytes | None:
    """The header of one mail, cut off at 256 kB; None if it has vanished."""
    return _part(client, uid, "HEADER", 0, HEADER)


def to_file(client: Client, mail: Facts, path: Path, *, limit: int) -> int | None:
    """Writes one mail to `path` in parts and returns its size; None if it has vanished.

    Stops once it is over `limit` bytes, whatever size the server had told before.
    """
    size = 0
    path.unlink(missing_ok=True)
    while size <= limit:
        part = _part(client, mail.uid, "", size, PART)
        if part is None and size < mail.size:
            return None
        if not part:  # a part that is merely short need not be the last
            break
        with spooling(path.parent), path.open("ab") as file:
            file.write(part)
        size += len(part)
    return size


def uid_set(uids: Iterable[int]) -> str:
    """Ascending UIDs as IMAP writes them: 1,2,3,7 is 1:3,7."""
    runs = []
    for _, run in itertools.groupby(enumerate(uids), lambda pair: pair[1] - pair[0]):
        numbers = [uid for _, uid in run]
        runs.append(f"{numbers[0]}:{numbers[-1]}" if len(numbers) > 1 else str(numbers[0]))
    return ",".join(runs)


def _search(client: Client, *criteria: str) -> list[int]:
    client.wire.expect()
    typ, lines = client.wire.uid("SEARCH", *criteria)
    if typ != "OK":
        raise client.wire.error(f"SEARCH failed: {lines[-1]!r}")
    return [int(word) for line in lines if line for word in line.split()]


def _part(client: Client, uid: int, section: str, offset: int, size: int) -> bytes | None:
    client.wire.expect(size)
    said = _fetch(client, [uid], f"(UID BODY.PEEK[{section}]<{offset}.{size}>)").get(uid, {})
    part = said.get(f"BODY[{section}]<{offset}>".encode())  # RFC 3501 7.4.2: the answer names only the origin
    return part[:size] if isinstance(part, bytes) else None


def _fetch(client: Client, uids: Sequence[int], items: str) -> dict[int, dict[bytes, Any]]:
    typ, data = client.wire.uid("FETCH", uid_set(uids), items)
    if typ != "OK":
        raise client.wire.error(f"FETCH failed: {data[-1]!r}")
    answer = parse_fetch_response(data, normalise_times=False)
    asked = set(uids)  # a server may tell of other mails too, when their flags change
    return {uid: said for uid, said in answer.items() if uid in asked}


def _facts(uid: int, said: dict[bytes, Any]) -> Facts:
    flags = frozenset(flag.lower() for flag in said.get(b"FLAGS") or () if isinstance(flag, bytes))
    return Facts(uid, said[b"RFC822.SIZE"], _utc(said.get(b"INTERNALDATE")), flags)


def _utc(moment: object) -> datetime | None:
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return None
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # in the year 1 or 9999
        return None
