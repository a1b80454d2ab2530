"""What becomes of a mail in its IMAP folder once it is stored; every step may be repeated after a crash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from imapclient import DELETED, SEEN

from mail_daemon.mailboxes.imap.connection import Client
from mail_daemon.mailboxes.imap.fetch import Facts
from mail_daemon.settings.sections import Done

What = Done | Literal["seen", "delete", "keep"]


def prepare(client: Client, done: What) -> None:
    """Makes the folder that mails are moved to, if it is missing."""
    client.wire.expect()
    if isinstance(done, Done) and not client.folder_exists(done.move):
        client.create_folder(done.move)


def finish(client: Client, done: What, uids: Sequence[int], *, refused: Sequence[int] = ()) -> None:
    """Moves, marks or deletes. `refused` mails, of which we hold the header alone, are never deleted."""
    match done:
        case Done(move=folder):
            _move(client, [*uids, *refused], folder)
        case "seen":
            _mark(client, [*uids, *refused], SEEN)
        case "delete":
            _mark(client, refused, SEEN)
            _remove(client, uids)


def finish_again(client: Client, done: What, mails: Sequence[Facts], *, mail_size: int) -> None:
    """Finishes with stored mails that are still in the folder, since a crash came in between."""
    marked = [mail.uid for mail in mails if DELETED.lower() in mail.flags]
    rest = [mail for mail in mails if DELETED.lower() not in mail.flags]
    if done == "seen":
        finish(client, done, [mail.uid for mail in mails if SEEN.lower() not in mail.flags])
        return
    _remove(client, marked)  # these were copied already; a second copy would only confuse people
    if done == "delete":
        rest = [mail for mail in rest if SEEN.lower() not in mail.flags]  # refused before, or read by somebody
        refused = [mail.uid for mail in rest if mail.size > mail_size]
        finish(client, done, [mail.uid for mail in rest if mail.size <= mail_size], refused=refused)
    else:
        finish(client, done, [mail.uid for mail in rest])


def _move(client: Client, uids: Sequence[int], folder: str) -> None:
    if not uids:
        return
    client.wire.expect()
    if client.offers("MOVE"):
        client.move(uids, folder)
    else:
        client.copy(uids, folder)
        _remove(client, uids)


def _remove(client: Client, uids: Sequence[int]) -> None:
    """Without UIDPLUS they stay, marked: a plain EXPUNGE would take along what other people have marked."""
    _mark(client, uids, DELETED)
    if uids and client.offers("UIDPLUS"):
        client.wire.expect()
        client.uid_expunge(uids)


def _mark(client: Client, uids: Sequence[int], flag: bytes) -> None:
    if uids:
        client.wire.expect()
        client.add_flags(uids, [flag], silent=True)
