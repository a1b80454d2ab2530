"""What the daemon does beside its work: tidies up, mends what a wrong clock has put off, tells edits from logs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from watchfiles import DefaultFilter

from mail_daemon import maillog
from mail_daemon.store.blobs import Blobs
from mail_daemon.store.store import Store

# A log in the configuration folder would else cause a reload, whose line in the log causes the next.
EDITS = DefaultFilter(ignore_entity_patterns=(*DefaultFilter.ignore_entity_patterns, r"\.log$"))

_LEAST_AHEAD = timedelta(hours=1)  # no pause or claim that is shorter than this was made by a clock gone wrong
_ORPHAN_AGE = timedelta(days=1)  # of a blob without a row; longer than any receiving takes


def bring_back(store: Store, *, now: datetime, longest_pause: timedelta) -> bool:
    """What was put off while the clock was ahead would wait as long; whether there was any. Raises StoreDown."""
    beyond = now + max(2 * longest_pause, _LEAST_AHEAD)
    with store.begin() as work:
        back = work.inbound.bring_back(now=now, beyond=beyond) + work.outbox.bring_back(now=now, beyond=beyond)
    if back:
        maillog.brought_back(back)
    return bool(back)


def sweep(store: Store, blobs: Blobs, *, now: datetime) -> None:
    """Removes what a crash left without a row. Raises StoreDown or BlobsDown."""

    def in_use(keys: Collection[str]) -> set[str]:
        with store.read() as work:
            return work.inbound.blobs_in_use(keys)

    if removed := blobs.sweep(now - _ORPHAN_AGE, in_use):
        maillog.swept(removed)
